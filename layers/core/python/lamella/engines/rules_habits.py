"""Habits and possessions: what people do, use and have side by side, and how they end it.

Two things said of one habit are both true, so they share its slot; "I gave it up" ends them all
(see `lamella.slots`).
"""

from __future__ import annotations

import re

from lamella.engines.rules_grammar import OWNABLE, SAYS, WHAT, rule
from lamella.engines.rules_keys import owned, thing
from lamella.regex import regex
from lamella.slots import ENDS

_GERUND = r"[a-z]{2,}ing"
_BY_ITSELF = (
    r"smoke|vape|jog|run|swim|cycle|bike|drink|meditate|gamble|surf|ski|climb|knit|paint|commute"
    r"|dance|fish|garden|box|row|skate|hike|camp|sing|bake"
)
_DONE = (
    r"(?:drink|eat|use|play|smoke|watch|wear|practi[cs]e|attend|collect|teach|coach|rent|drive"
    r"|ride|learn|chew|follow)(?:s|es)?"
)
_HAD = r"subscription|membership|account|season ticket|gym pass|licen[cs]e"
_QUIT = (
    r"(?:have\s|has\s|had\sto\s|finally\s|just\s)*(?:quit|quitting|stopp?(?:ed|ing)?|gave\sup"
    r"|giv(?:en|e|ing)\sup|dropped|ditched|cancell?ed|(?:got|gotten)\srid\sof|cut\sout|sworn?\soff"
    r"|returned|sold|lost)"
)
_TAIL = regex(
    r"(?i)\s+(?:every|each|daily|once|twice|almost|in|on|at|from|during|after|before|about|like"
    r"|most|all|several|a few|two|three|four|five|six|\d+|altogether|completely|entirely|last|this"
    r"|yesterday|today|years|months|weeks|ages|long|for good|anymore|any more|any longer|again"
    r"|pretty|around|regularly)\b.*$"
)
_NEGATED = regex(r"(?i)\b(?:no longer|don't|doesn't|do not|does not|not|never|hardly)\b")


def _stem(verb: str) -> str:
    """One form for "smoke" and "smoking", "run" and "running"."""
    plain = verb.casefold().removesuffix("ing") if verb.endswith("ing") else verb.casefold()
    plain = plain.removesuffix("e")
    return plain[:-1] if len(plain) > 3 and plain[-1] == plain[-2] else plain


def _what(phrase: str) -> str | None:
    """What a habit is of: the thing, or for a bare gerund its verb."""
    short = re.sub(r"(?i)^(?:my|our|the|using|on)\s", "", _TAIL.sub("", f" {phrase}").strip())
    first, *rest = short.split() or [""]
    if re.fullmatch(_GERUND, first):
        return thing(" ".join(rest)) if rest else _stem(first)
    return thing(short)


def _done(match: re.Match[str]) -> str | None:
    what = _what(match["value"])
    return what and (f"{what}{ENDS}" if _NEGATED.search(match[0]) else what)


def _alone(match: re.Match[str]) -> str:
    verb = _stem(match["verb"])
    return f"{verb}{ENDS}" if _NEGATED.search(match[0]) else verb


def _ended(match: re.Match[str]) -> str | None:
    what = _what(match["value"])
    return what and f"{what}{ENDS}"


RULES = (
    rule(
        "owns",
        "owns",
        rf"\b(?:[Mm]y|[Oo]ur)\s(?:\w+\s)?(?P<thing>{OWNABLE})\b[\w', ]{{0,30}}?\s(?:passed\saway"
        r"|died|was\s(?:stolen|totall?ed|put\s(?:down|to\ssleep))|got\sstolen|ran\saway)\b",
        owned,
    ),
    rule(
        "habit",
        "does no longer",
        rf"{SAYS}(?:{_QUIT})\s(?!my\s(?:old\s)?job|working|living|trying|to\b){WHAT}",
        _ended,
    ),
    rule(
        "habit",
        "does no longer",
        rf"{SAYS}(?:switched|changed|migrated|upgraded|moved\sover|switching|went)\s(?:over\s)?from"
        rf"\s(?P<value>[^.,;!?()]{{1,40}}?)\sto\s",
        _ended,
    ),
    rule(
        "habit",
        "does no longer",
        rf"{SAYS}(?:swapped|replaced|traded|exchanged)\s(?P<value>[^.,;!?()]{{1,40}}?)\s(?:for|with"
        r"|by)\s",
        _ended,
    ),
    rule(
        "habit",
        "has",
        rf"{SAYS}(?:have|has|got|bought|pay\sfor)\s(?:a|an|the|my)\s"
        rf"(?P<value>(?:[\w'\-]+\s){{0,3}}?(?:{_HAD}))\b",
        _done,
    ),
    rule("habit", "is a member of", rf"{SAYS}(?:a\s)?members?\s(?:of|at)\s(?:the\s)?{WHAT}", _done),
    rule("habit", "does", rf"{SAYS}{_DONE}\s(?!to\b|it\b){WHAT}", _done),
    rule(
        "habit",
        "does",
        rf"{SAYS}(?:go|goes)\s(?P<verb>{_GERUND})\b",
        _alone,
    ),
    rule(
        "habit",
        "does",
        rf"{SAYS}(?P<verb>{_BY_ITSELF})s?(?=\s(?:about|around|every|each|daily|on|at|regularly|most"
        r"|twice|once|several|to\swork|a\s(?:lot|pack|bit)|\d|two|three|ten|anymore|any\smore|any"
        r"\slonger|at\sall)\b|\s*[.,;!?]|\s*$)",
        _alone,
    ),
)
