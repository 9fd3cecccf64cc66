"""Whether a sentence may put an end to another: it tells of a change, or a value, and means it.

English, and the commonest words of change in German and Spanish.
"""

from __future__ import annotations

from functools import lru_cache

from lamella.engines.rules_change import beside
from lamella.engines.rules_clauses import Read, read
from lamella.engines.rules_lasting import (
    hypothetical,
    intends,
    not_now,
    of_the_moment,
    temporary,
    unmeant,
)
from lamella.engines.rules_measures import WEEKDAY
from lamella.engines.rules_topics import LONGEST
from lamella.engines.rules_verbs import begun, happened
from lamella.engines.rules_wording import clauses, heard
from lamella.regex import regex
from lamella.text import length
from lamella.wordlists import MONTHS

_CHANGE = regex(
    r"(?i)\b(?:(?<!years )(?<!months )(?<!weeks )(?<!days )now|no longer|any ?more"
    r"|instead|again|once more|these days|nowadays|as of|at last"
    r"|from (?:now|here|today|this \w+) on|from (?:today|this \w+)\b"
    r"|(?:an?|my|our|the) (?:brand )?new(?! \w+'s\b)|for good|after all|actually|lately|recently"
    r"|officially|back|out of|over|done|up to"
    r"|down to(?= (?:\d|one|two|three|four|five|six|just|an?)\b)"
    r"|turn(?:s|ed)? out|scrap that|correct(?:ion|ed)|mis(?:read|spoke|remembered|heard|counted)"
    r"|switch\w*|chang(?:ed|ing)|mov(?:ed|ing)|relocated"
    r"|stop(?:ped|ping)?|g[ai]ve(?:n)? (?:up|away)|giving up|quit|sold|finished|dropped"
    r"|(?<!getting )(?<!get )lost"
    r"|left (?:the|my|our|in|on|for|behind|[A-Z])"
    r"|ended|settled|swapped|replaced|upgraded|broke up|split up|got rid|cancell?ed|pushed"
    r"|postponed|rescheduled|bumped|became|turned|graduated|promoted|retired|hired|returned"
    r"|reverted|renamed|transferred|raised|lowered|shifted|deleted|folded|divorced?|laid off"
    r"|handed (?:in|back|over)|(?:put|went|gone) (?:up|down|back|over)|(?:'m|am|is|are|c[ao]me) off"
    r"|have to|come to|not|can't(?! wait)|cannot|don't|haven't|doesn't|isn't"
    r"|since (?:last|this|the|new|yesterday|today|mon|tues|wednes|thurs|fri|satur|sun|jan|feb|mar"
    r"|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
    r"|jetzt|nicht mehr|aufgehört|wieder|kein\w* (?:\w+ )?mehr|statt|inzwischen|mittlerweile"
    r"|neue?[rsn]?|abgewöhnt|abgegeben|umgezogen|gekündigt|verkauft|verhört"
    r"|seit (?:letzte|diese|gestern|heute|januar|februar|märz|april|mai|juni|juli|august"
    r"|september|oktober|november|dezember)\w*"
    r"|ya no|ahora|dej[eé]|dejado|desde|nuev[oa]|otra vez|de nuevo|me fui|se fue"
    r"|me (?:mud|cambi)[eé]|hemos (?:vuelto|pasado)|vendí|perdí)\b"
)
_WRONG = (
    r"\b(?:(?:been|remember(?:ed)?|heard|got|had|read|said|told (?:you|it))"
    r" (?:it |that |this |you )?wrong|(?:I was|that's|that was|is|was) (?:wrong|mistaken)"
    r"|mix(?:ed)? (?:\w+ )?up|misspoke|my mistake|a typo|forget what I (?:said|told)"
    r"|correct(?:ion|ed)|vertan|verwechselt|geirrt|me equivoqué|me confundí)\b"
)
_CORRECTS = regex(f"(?i){_WRONG}")
_CORRECTING = regex(f"(?i)[^,.;!?]*{_WRONG}[^,.;!?]*")
_STILL = regex(
    r"(?i)\b(?:also|another|(?:a|my|our) second|as well|both|besides|still|on top|auch"
    r"|noch ein\w*|außerdem|también|además|otr[oa](?! vez)|only for|just for|tomorrow"
    r"|(?<!as of )tonight|(?<!since )(?<!as of )(?<!from )this (?:week|weekend|time|month)"
    r"|(?:didn't|did not|'m|'re|am|are) .*(?<!as of )(?<!since )\btoday)\b"
)
_IN_JEST = regex(
    r"(?i)\b(?:scherz|obviously|jok(?:e|ed|es|ing)|kidding|jk|haha|lol|sarcas\w+|very funny"
    r"|apparently|rumou?r)\b|!!!|[\U0001f600-\U0001f64f]"
)
_NUMBER = regex(
    r"(?i)\d[\d.,:]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty"
    r"|thirty|forty|fifty|first|second|third|fourth|fifth|half|zwei|drei|vier|fünf|dritte|vierte"
    r"|dos|tres|cuatro|cinco)\b"
)
_DAY = regex(f"(?i){WEEKDAY}")
_MONTH = regex(rf"\b(?:{'|'.join(map(str.capitalize, MONTHS))})\b")
_VALUES = (_NUMBER, _DAY, _MONTH)


@lru_cache(maxsize=1024)
def may_end_another(plain: str) -> bool:
    """Whether what it says, as it is `spelled`, may take the place of what was said."""
    told = changes(plain) or (any(values(plain)) and not event(_read(plain)))
    return told and not stands_apart(plain)


def changes(plain: str) -> bool:
    """Whether it says of itself that something is different now."""
    return _CHANGE.search(plain) is not None or corrects(plain)


def corrects(plain: str) -> bool:
    """Whether it says that what was said was wrong."""
    return _CORRECTS.search(plain) is not None


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
    plain = _CORRECTING.sub("", plain) if corrects(plain) else plain
    aside = (temporary, hypothetical, unmeant, intends, not_now, beside)
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
