"""What a sentence says, as far as it takes to tell whether it puts an end to another.

Much is guessed from a few words: whom it is about, what they do, that something has changed, and
which numbers, days, months and names it tells. English, and the commonest words of change in German
and Spanish.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lamella.engines.rules_change import beside
from lamella.engines.rules_clauses import Read, read
from lamella.engines.rules_grammar import RELATIONS
from lamella.engines.rules_lasting import hypothetical, intends, of_the_moment, temporary, unmeant
from lamella.engines.rules_lasting import unquoted as plainly
from lamella.engines.rules_topics import LONGEST
from lamella.engines.rules_verbs import begun, happened, many, stem
from lamella.engines.rules_wording import clauses, heard, spelled
from lamella.regex import regex
from lamella.text import content_words, length, names

_CHANGE = regex(
    r"(?i)\b(?:now|no longer|any ?more|instead|again|once more|these days|nowadays|as of"
    r"|from (?:now|here|today|this \w+) on|(?:an?|my|our|the) (?:brand )?new|switch\w*"
    r"|chang(?:ed|ing)|mov(?:ed|ing)|relocated|turn(?:s|ed)? out|actually"
    r"|mis(?:read|spoke|remembered)|correct(?:ion|ed)"
    r"|scrap that|stop(?:ped|ping)?|g[ai]ve(?:n)? up|giving up|quit|sold|finished|lost|dropped"
    r"|ended|over|done|out of|back|settled|lately|recently|officially|swapped|replaced|upgraded"
    r"|broke up|split up|got rid|cancell?ed|pushed|postponed|rescheduled|bumped|became|turned"
    r"|graduated|promoted|retired|hired|have to|come to|after all|at last|not"
    r"|can't(?! wait)|cannot|don't|haven't|doesn't|isn't"
    r"|since (?:last|this|the|new|yesterday|today|mon|tues|wednes|thurs|fri|satur|sun|jan|feb|mar"
    r"|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
    r"|jetzt|nicht mehr|aufgehört|wieder|kein\w* mehr|statt|inzwischen|mittlerweile|neue?[rsn]?"
    r"|seit (?:letzte|diese|gestern|heute|januar|februar|märz|april|mai|juni|juli|august"
    r"|september|oktober|november|dezember)\w*"
    r"|ya no|ahora|dej[eé]|desde|nuev[oa]|otra vez|de nuevo|se fue|me mud[eé])\b"
)
_NOT = regex(
    r"(?i)\b(?:\w+n't|not|no longer|never|no|any ?more|cannot|stop(?:ped)?|quit|g[ai]ve(?:n)? up"
    r"|without|kein\w*|nicht|nie|nunca)\b"
)
_STILL = regex(
    r"(?i)\b(?:also|another|second|as well|both|besides|still|on top|auch|noch ein\w*|außerdem"
    r"|también|además|otr[oa]|only for|just for|this (?:week|weekend|time|month)|tonight|today"
    r"|tomorrow)\b"
)
_IN_JEST = regex(
    r"(?i)\b(?:scherz|obviously|jk|haha|lol|apparently|rumou?r)\b|!!!|[\U0001f600-\U0001f64f]"
)
_NUMBER = regex(
    r"(?i)\d[\d.,:]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty"
    r"|thirty|forty|fifty|first|second|third|fourth|fifth|half|zwei|drei|vier|fünf|dritte|vierte"
    r"|dos|tres|cuatro|cinco)\b"
)
_DAY = regex(
    r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag|lunes|martes|miércoles|jueves|viernes|sábado|domingo)s?\b"
)
_MONTH = regex(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
_OF_A_THING = regex(
    r"(?i)^(?:(?:so|and|but|well|now)\s)*(?:my|our|the|mein\w*|unser\w*|mi|nuestr[oa]|el|la)\s"
    r"(?:\w+\s){0,2}?(?P<subject>\w+)\s(?:is|are|has|will|\w+s|\w+ed|ist|hat|\w+t|es|\w+a)\b"
)
_OF_SOMEBODY = regex(r"(?P<subject>(?!I\b|We\b)[A-Z]\w+) (?:\w+n't|does|is|has|was|will)\b")
_ONESELF = regex(r"(?:I|[Ww]e|[Ii]ch|[Ww]ir)\b")
_RELATION = regex(rf"(?i)(?:{RELATIONS})")


class Statement(NamedTuple):
    """A sentence as it was heard: whom and what it speaks of, and what it says of them."""

    text: str
    words: frozenset[str]
    acts: frozenset[str]
    objects: frozenset[str]
    mine: bool
    others: frozenset[str]
    things: frozenset[str]
    values: tuple[frozenset[str], ...]
    names: frozenset[str]
    length: int
    changes: bool
    denies: bool
    past: bool
    event: bool
    stands_apart: bool

    @property
    def only_many(self) -> bool:
        """Whether all it tells of are acts that people do with several things at once."""
        return bool(self.acts) and all(many(act) for act in self.acts)


@lru_cache(maxsize=1024)
def stated(text: str) -> Statement:
    """The sentence taken apart."""
    plain = plainly(spelled(text))
    parts = clauses(heard(plain))
    found = [read(part) for part in parts]
    told = [one for one in found if one]
    subjects = [*(one.who for one in told if one.who), *_subjects(parts, found)]
    others = {who.casefold() for who in subjects if who[:1].isupper() or _RELATION.fullmatch(who)}
    return Statement(
        text=text.casefold(),
        words=frozenset(content_words(text)),
        acts=frozenset(stem(one.act) for one in told),
        objects=frozenset(content_words(" ".join(one.rest for one in told))),
        mine=any(one.who is None for one in told) or _ONESELF.match(plain) is not None,
        others=frozenset(others),
        things=frozenset(thing.casefold() for thing in subjects) - others,
        values=tuple(frozenset(map(str.casefold, v.findall(text))) for v in _VALUES),
        names=frozenset(names(text)),
        length=length(text),
        changes=_CHANGE.search(plain) is not None,
        denies=_NOT.search(plain) is not None,
        past=bool(found) and all(map(_over, found)),
        event=bool(found) and all(one and (_over(one) or begun(one.act)) for one in found),
        stands_apart=length(text) > LONGEST or _stands_apart(plain),
    )


_VALUES = (_NUMBER, _DAY, _MONTH)


def _subjects(parts: list[str], found: list[Read | None]) -> Iterator[str]:
    for part, told in zip(parts, found, strict=True):
        if told is None and (match := _OF_A_THING.match(part) or _OF_SOMEBODY.match(part)):
            yield match["subject"]


def _over(told: Read | None) -> bool:
    return told is not None and happened(told.act, told.before)


def _stands_apart(plain: str) -> bool:
    """Whether it is asked, wished, joked, holds for once, or is true beside what was said."""
    aside = (temporary, hypothetical, unmeant, intends, beside)
    return (
        "?" in plain.split(",")[0]
        or any(check(plain) for check in aside)
        or of_the_moment(plain, False)
        or _STILL.search(plain) is not None
        or _IN_JEST.search(plain) is not None
    )
