"""Whether a sentence may put an end to another: it tells of a change, or a value, and means it.

English, and the commonest words of change in German and Spanish.
"""

from __future__ import annotations

from functools import lru_cache

from lamella.engines.rules_change import beside
from lamella.engines.rules_clauses import Read, read
from lamella.engines.rules_lasting import hypothetical, intends, of_the_moment, temporary, unmeant
from lamella.engines.rules_topics import LONGEST
from lamella.engines.rules_verbs import begun, happened
from lamella.engines.rules_wording import clauses, heard
from lamella.regex import regex
from lamella.text import length

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
_STILL = regex(
    r"(?i)\b(?:also|another|second|as well|both|besides|still|on top|auch|noch ein\w*|außerdem"
    r"|también|además|otr[oa]|only for|just for|this (?:week|weekend|time|month)(?! on\b)"
    r"|tonight|(?<!as of )(?<!arrived )(?<!came )today|tomorrow)\b"
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
_VALUES = (_NUMBER, _DAY, _MONTH)


@lru_cache(maxsize=1024)
def may_end_another(plain: str) -> bool:
    """Whether what it says, as it is `spelled`, may take the place of what was said."""
    told = changes(plain) or (any(values(plain)) and not event(_read(plain)))
    return told and not stands_apart(plain)


def changes(plain: str) -> bool:
    """Whether it says of itself that something is different now."""
    return _CHANGE.search(plain) is not None


def values(plain: str) -> tuple[frozenset[str], ...]:
    """The numbers, the days and the months that it tells."""
    return tuple(frozenset(map(str.casefold, kind.findall(plain))) for kind in _VALUES)


def over(told: Read | None) -> bool:
    """Whether the clause tells of what has happened."""
    return told is not None and happened(told.act, told.before)


def event(told: list[Read | None]) -> bool:
    """Whether all that its clauses tell of has happened, or begun."""
    return bool(told) and all(one and (over(one) or begun(one.act)) for one in told)


def stands_apart(plain: str) -> bool:
    """Whether it is asked, wished, joked or a story, holds for once, or is true beside others."""
    aside = (temporary, hypothetical, unmeant, intends, beside)
    return (
        length(plain) > LONGEST
        or "?" in plain.split(",")[0]
        or any(check(plain) for check in aside)
        or of_the_moment(plain, False)
        or _STILL.search(plain) is not None
        or _IN_JEST.search(plain) is not None
    )


def _read(plain: str) -> list[Read | None]:
    return [read(part) for part in clauses(heard(plain))]
