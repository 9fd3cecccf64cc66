"""What a sentence says, as far as it takes to tell whether it puts an end to another.

Much is guessed from a few words: whom it is about, what they do, and what with.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from lamella.engines import rules_news
from lamella.engines.rules_change import returned
from lamella.engines.rules_clauses import Read, read
from lamella.engines.rules_grammar import RELATIONS
from lamella.engines.rules_lasting import unquoted
from lamella.engines.rules_verbs import stem
from lamella.engines.rules_wording import clauses, heard, spelled
from lamella.regex import regex
from lamella.text import content_words, length, names, sentences

_NOT = regex(
    r"(?i)\b(?:\w+n't|not|no longer|never|no|any ?more|cannot|stop(?:ped)?|quit|g[ai]ve(?:n)? up"
    r"|without|kein\w*|nicht|nie|nunca)\b"
)
_OF_A_THING = regex(
    r"(?i)^(?:(?:so|and|but|well|now)\s)*(?:my|our|the|mein\w*|unser\w*|mi|nuestr[oa]|el|la)\s"
    r"(?P<subject>(?:[\w\-]+\s){0,2}?[\w\-]+)\s(?:is|are|has|will|\w+s|\w+ed|ist|hat|\w+t|es|\w+a)\b"
)
_OF_SOMEBODY = regex(r"(?P<subject>(?!I\b|We\b)[A-Z]\w+) (?:\w+n't|does|is|has|was|will)\b")
_ONESELF = regex(r"(?:I|[Ww]e|[Ii]ch|[Ww]ir|Been|Just|Got|Moved|Started|Still)\b")
_SOMEBODY = regex(r"(?i)(?:he|she|they|his|her|their)\b")
_RELATION = regex(rf"(?i)(?:\w+ )*(?:{RELATIONS})")


class Statement(NamedTuple):
    """A sentence as it was heard: whom and what it speaks of, and what it says of them."""

    text: str
    words: frozenset[str]
    acts: frozenset[str]
    objects: frozenset[str]
    mine: bool
    others: frozenset[str]
    somebody: bool
    things: frozenset[str]
    values: tuple[frozenset[str], ...]
    names: frozenset[str]
    length: int
    several: bool
    changes: bool
    corrects: bool
    returns: bool
    denies: bool
    past: bool
    event: bool


def plainly(text: str) -> str:
    """The sentence spelled right, without what it quotes."""
    return unquoted(spelled(text))


@lru_cache(maxsize=1024)
def stated(text: str) -> Statement:
    """The sentence taken apart."""
    plain = plainly(text)
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
        somebody=any(_SOMEBODY.match(part) for part in parts),
        things=frozenset(thing.casefold() for thing in subjects) - others,
        values=rules_news.values(plain),
        names=frozenset(names(text)),
        length=length(text),
        several=len(sentences(text)) > 1,
        changes=rules_news.changes(plain),
        corrects=rules_news.corrects(plain),
        returns=returned(plain),
        denies=_NOT.search(plain) is not None,
        past=bool(found) and all(map(rules_news.over, found)),
        event=rules_news.event(found),
    )


def _subjects(parts: list[str], found: list[Read | None]) -> Iterator[str]:
    for part, told in zip(parts, found, strict=True):
        if told is None and (match := _OF_A_THING.match(part) or _OF_SOMEBODY.match(part)):
            yield match["subject"]
