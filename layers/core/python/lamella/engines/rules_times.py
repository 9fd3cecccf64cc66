"""When things are and how much they come to: what is put off, raised, or done at another hour."""

from __future__ import annotations

import re

from lamella.engines.rules_grammar import SAYS, rule
from lamella.engines.rules_keys import singular
from lamella.regex import regex

DAY = (
    r"(?:(?:next|this|the)\s)?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March"
    r"|April|May|June|July|August|September|October|November|December|\d|tomorrow|noon|midnight)"
)
_CHANGED = (
    r"(?:mov|postpon|push|reschedul|delay|shift|chang|extend|brought|rais|increas|lower|reduc|cut"
    r"|bump|set|updat|put|switch|drop|doubl|trimm)(?:e|ed|ing)?"
)
_THING = r"(?:the|our|my)\s(?P<noun>(?:[\w']+\s){0,2}?\w+)"
_ROUTINES = (
    (regex(r"(?i)get|got|wake|woke|up\b|awake|rise|out of bed"), "waking"),
    (regex(r"(?i)bed|sleep|asleep|turn in"), "bed"),
    (regex(r"(?i)start|begin"), "start"),
    (regex(r"(?i)finish|stop|end|leave|clock"), "end"),
)


def _noun(match: re.Match[str]) -> str:
    *before, last = match["noun"].casefold().replace("'s", "").split()
    if before and last in ("deadline", "date", "time"):
        last = before.pop()
    skipped = ("new", "whole", "the", "my", "our")
    return " ".join([*(word for word in before if word not in skipped), singular(last)])


def _routine(match: re.Match[str]) -> str:
    value = match["value"]
    for pattern, name in _ROUTINES:
        if pattern.match(value):
            return name
    return singular(value.split()[-1])


RULES = (
    rule(
        "when",
        "is on",
        rf"\b{_CHANGED}\s{_THING}\s(?:\w+\s)?(?:to|until|till|for|on)\s(?P<value>{DAY}[^.,;!?]*)"
        r"(?<!euros)(?<!dollars)(?<!pounds)",
        lambda m: (
            None if re.match(r"\d[\d.,]*\b(?!\s?(?:am|pm|:|o'clock))", m["value"]) else _noun(m)
        ),
    ),
    rule(
        "own",
        "has as its own",
        rf"\b{_CHANGED}\s{_THING}\s(?:(?:up|down|back)\s)?(?:from\s[^.,;!?]*?\s)?(?:to|at)\s"
        r"(?P<value>[$€£]?\d[^;!?]*)",
        _noun,
    ),
    rule(
        "own",
        "has as its own",
        r"\b(?:[Mm]y|[Oo]ur|[Tt]he)\s(?P<noun>(?:[\w']+\s){0,2}?\w+)\s(?:went|has\sgone|rose|dropped|fell"
        r"|jumped|increased|is\sup|is\sdown)\s(?:up\s|down\s)?to\s(?P<value>[$€£]?\d[^;!?]*)",
        _noun,
    ),
    rule(
        "when",
        "is on",
        rf"(?:\bthe|\bour|\bmy|^)\s?(?P<noun>(?:[\w']+\s){{0,2}}?\w+)\s(?:got\s|was\s|has\s|have\s|been\s)*(?:moved"
        rf"|switched|changed|rescheduled|postponed|shifted|pushed|slipped|delayed|brought\sforward)\s(?:back\s|forward\s)?(?:to|until)\s(?P<value>{DAY}[^.,;!?]*)",
        _noun,
    ),
    rule(
        "routine",
        "has its time",
        rf"{SAYS}(?:usually\s|now\s)?(?P<value>get(?:s|ting)?\sup|got\sup|wak(?:e|es|ing)\sup|up|awake|go(?:es|ing)?\sto\s(?:bed|sleep)"
        r"|went\sto\sbed|in\sbed|sleep|asleep|(?:start|finish|begin|leave|stop|end)(?:s|ing|ed)?\s(?:work|school|the\sday)|(?:have|has|eat|eats|having|eating)\s(?:dinner|lunch|breakfast))"
        r"\s(?:around\s|at\s|about\s|by\s|before\s)+(?:\d|noon|midnight|six|seven|eight|nine|ten|eleven)",
        _routine,
    ),
)
