"""A clause taken apart by its grammar: whom it is about, what they do, and what with."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lamella.engines.rules_grammar import RELATIONS, SAYS, WHO
from lamella.engines.rules_verbs import auxiliary_in, participle
from lamella.regex import regex
from lamella.wordlists import NOT_NAMES, words

PREPOSITIONS = words(
    "in on at with from for to into about of by as up out off under through over down"
)
_A_THING = regex(r"(?:[Tt]he|[Oo]ur|[Mm]y)\s")
_EARLY = 40
_FIRST = regex(rf"{WHO}(?!\w|'s (?:\w+ ){{1,2}}(?:is|are|has)\b)")
_ACT = regex(rf"{SAYS}(?:\w+ly\s)*(?P<act>[a-zA-Z][\w'\-]*)(?P<rest>(?:[\s.].*)?)$")
_ORDER = regex(
    r"(?i)^(?:please |always |never |only |just |kindly )*(?P<not>don't |do not |stop )?"
    r"(?P<act>use|reach"
    r"|contact|text|ping|email|message|notify|answer|write|call|send|keep"
    r"|reply|speak|format|give|avoid|address|respond|indent|name|put|show|start|end|make|wrap|limit"
    r"|prefix|skip|include|sort|round|convert|store|save|run|commit|log|sign|list|remind)\b"
    r"(?P<rest>\s.*)$"
)
_RELATIONS = frozenset(RELATIONS.replace("fianc[eé]e?", "fiancée").split("|"))
_DETERMINER = regex(
    r"(?i)an?|the|my|our|two|three|four|five|six|seven|eight|nine|ten|some|no|several|many|one"
)


class Read(NamedTuple):
    """Whom it is about, what they do, and with what."""

    who: str | None
    act: str
    rest: str
    before: str
    negated: bool = False


@lru_cache(maxsize=64)
def read(clause: str) -> Read | None:
    """The clause taken apart, if it is about somebody or asks for something."""
    for first in islice(_FIRST.finditer(clause[:_EARLY]), 2):
        who = _who(first)
        if (who is None and not first["me"]) or (first["name"] and _A_THING.match(clause)):
            continue
        match = _ACT.match(clause, first.start())
        if match and not _calls_nobody(first, match):
            before = clause[first.end() : match.start("act")]
            told = _as_verb(Read(who, match["act"], match["rest"], before))
            return told._replace(who=None) if _introduces(told) else told
    order = _ORDER.match(clause)
    if order is None:
        return None
    return Read(None, order["act"], order["rest"].strip(), "", bool(order["not"]))


def _calls_nobody(first: re.Match[str], match: re.Match[str]) -> bool:
    """Whether a capital letter only begins an order or a thing: "Forget the tea"."""
    if first["name"] is None:
        return False
    act, before = match["act"], match.string[first.end() : match.start("act")]
    return not auxiliary_in(before) and not participle(act) and not act.endswith("s")


def _introduces(told: Read) -> bool:
    """Whether it tells who somebody's relation is, which is about the speaker."""
    return told.act == "be" and told.rest[:1].isupper() and told.who in _RELATIONS


def _as_verb(read: Read) -> Read:
    """The clause with its auxiliary as its verb, where there is no other: "I have two kids"."""
    auxiliary = auxiliary_in(read.before)
    bare = _DETERMINER.fullmatch(read.act) or (auxiliary and not participle(read.act))
    if not bare or read.act.casefold() in PREPOSITIONS:
        return read._replace(rest=read.rest.strip())
    return read._replace(act=auxiliary or "be", rest=f"{read.act}{read.rest}".strip())


def _who(first: re.Match[str]) -> str | None:
    name = first["named"] or first["name"]
    if name and ("'" in name or name.split()[0].casefold() in NOT_NAMES):
        return None
    return name or first["relation"]
