"""Frames: what a statement says of a thing, but for the value, so that another value replaces it.

"Client calls happen on Zoom" and "Client calls happen on Google Meet" are one sentence with two
values, and no word of change. A frame is the words of the thing's name, in any order, and how the
value belongs to it (`rules_sorts`); what can have many values at a time makes no frame. English.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from lamella.engines.rules_grammar import RELATIONS
from lamella.engines.rules_keys import singular
from lamella.engines.rules_sorts import KEPT, sorts, sorts_after_a_move
from lamella.engines.rules_verbs import happened, many, stem
from lamella.regex import regex
from lamella.wordlists import STOP_WORDS, words

MOST_WORDS = 6
"""Words of a thing's name: a longer subject tells a story."""

_BETWEEN = r"(?:of|for|in|on|at|to|with|from|over|and|near|by|between)\s"
_NOBODY = (
    r"(?!(?:[Ii]|[Ww]e|[Yy]ou|[Ii]t|[Tt]h(?:is|at|ere|ey)|[Hh]e|[Ss]he|still|now|also|just)\b)"
)
_WORD = r"[\w'&/.\-]+\s"
_OWN = r"(?:[Tt]he|[Mm]y|[Oo]ur|[Hh]er|[Hh]is|[Tt]heir)\s"
_OF_ANOTHER = rf"{_BETWEEN}(?:{_OWN})?{_WORD}"
_THING = rf"(?P<thing>(?:[Aa]ll\s)?(?:{_OWN})?(?:{_OF_ANOTHER}|(?!{_OWN}){_NOBODY}{_WORD}){{1,8}}?)"
_SAID = r"(?:^|.*\b(?:says|said|told me|means|think|sure|so|that|and)\s)"
_STILL = r"(?:(?:now|still|currently|only|exactly|about|around|finally|already|actually)\s)*"
_BE = r"(?:(?:is|are) going to be|is|are|will be|has been|have been|'s)"
_HAS_A_NUMBER = r"(?:costs?|weighs?|lasts?|measures?)"
_TAKES = r"(?:takes?|holds?)"
_IS_SOMEWHERE = (
    r"(?:(?:starts?|begins?|ends?|opens?|closes?|meets?|happens?|takes? place|leaves?|arrives?"
    r"|runs?|goes|comes?|works?|stands?|sits?|hangs?|lives?|sleeps?|stays?|belongs?|reports?"
    r"|talks?|lies?|grazes?|eats?|plays?|trains?|studies|commutes?|travels?|(?:is|are)\s\w+ed)"
    r"(?=\s(?:now\s)?(?:in|on|at|under|behind|next|by|with|to|from|near|above|below|between|off"
    r"|out|every|once|twice|daily|hourly|weekly|inside|outside)\b))"
)
_DOES = (
    r"(?:maintains|leads|runs|owns|manages|teaches|handles|reviews|cooks|hosts|chairs|organi[sz]es"
    r"|coaches|edits|moderates|approves|supervises|directs|walks|feeds|waters|cleans|mows"
    r"|looks after|takes care of|is responsible for|is in charge of|signs off(?: on)?)"
)
_OCCASION = (
    r"(?:(?:[Aa]fter|[Ss]ince|[Ww]ith|[Ff]rom|[Dd]ue to|[Bb]ecause of|[Tt]hanks to)\s"
    r"(?:[\w'\-]+\s){1,5}?)?"
)
_SOMEBODY = r"(?:[A-Z][\w\-]+(?:\s[A-Z][\w\-]+)?|(?:[Mm]y|[Oo]ur)\s[\w\-]+(?:\s[\w\-]+)?)"
_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_SET = (
    r"(?:set|changed|moved|raised|lowered|cut|bumped|pushed|put|reset|increased|reduced|shifted"
    r"|brought|upped|turned)"
)
_SLID = (
    r"(?:moved|slipped|changed|switched|pushed|postponed|brought|shifted|rescheduled|raised"
    r"|lowered|went|rose|dropped|fell|increased|reduced)"
)
_TO = r"(?:(?:back|up|down|forward|over)\s)*(?:from\s.+?\s)?(?:back\s)?to\s(?P<value>.+)$"
_TAIL = regex(
    r"(?i)[.!\s]+$|,? (?:now|these days|nowadays|instead|again|any ?more|though|after all"
    r"|from now on|at the moment|lately|since .+|as of .+|believe it or not|this year|too)[.!]*$"
)
_THIS_TIME = regex(
    r"(?i)\s(?:this|next) (?:year|month|week|summer|winter|spring|autumn|season|term)\b"
)
_IS_SHORT = regex(
    r"(?<=\w)'s(?=\s(?:now|in|on|at|under|up|upstairs|downstairs|behind|an?|the|called)\b)"
)
_ON_A_DAY = regex(r"(?i)\s(?:on|at|this|next)\s(?:\w+days?|\d.*)$")
_RELATION = regex(rf"(?!baby\b)(?:{RELATIONS})")
_ONE = regex(r"(?i)\b(?:favou?rite|preferred|default|main|first language|mother tongue)\b")
_TELLS_LITTLE = words(
    """
    thing problem point question idea reason way part rest side one time day week year life job
    people everything everyone something lot kind sort bit other plan goal dream hope first last
    weather world food place news fact case
    """
)
_GIVEN = " | "


class Frame(NamedTuple):
    """A thing, as the words of its name, and how a value belongs to it."""

    thing: frozenset[str]
    sort: str

    @property
    def key(self) -> str:
        """The frame as a topic."""
        return f"{' '.join(sorted(self.thing))}{_GIVEN}{self.sort}"


def is_frame(topic: str) -> bool:
    """Whether the topic is a frame's key."""
    return _GIVEN in topic


class _Way(NamedTuple):
    """One way to give a thing a value."""

    pattern: re.Pattern[str]
    sorts: Callable[[re.Match[str]], Iterable[str]]
    names_somebody: bool = False


_WAYS = (
    _Way(
        regex(rf"^{_SOMEBODY}\s(?:now\s)?(?P<act>{_DOES})\s(?P<thing>(?:the|our|my|all)\s[^;]+)$"),
        lambda told: [f"by {stem(told['act'].split()[-1])}"],
        names_somebody=True,
    ),
    _Way(
        regex(
            rf"^{_SOMEBODY}\s(?:is|will be)\s{_STILL}(?P<thing>(?:the|our|my)\s[\w \-]+?"
            r"\s(?:of|for|on|at|in)\s[^;]+)$"
        ),
        lambda _: ["is"],
        names_somebody=True,
    ),
    _Way(
        regex(rf"^{_OCCASION}(?:I|[Ww]e|they)\s{_SET}\s(?P<thing>(?:my|our|the)\s.+?)\s{_TO}"),
        lambda told: sorts_after_a_move(told["value"]),
    ),
    _Way(
        regex(rf"{_SAID}{_THING}(?:has\s|have\s|had\s|was\s|were\s|got\s|been\s)*{_SLID}\s{_TO}"),
        lambda told: sorts_after_a_move(told["value"]),
    ),
    _Way(
        regex(
            r"(?i)^(?:there(?:'s|\sare|\sis)|it's|we're|we are|(?:I|we)\s(?:have|own|keep|get"
            rf"|need|grow|run))\s{_STILL}{_NUMBER}\s(?P<thing>[a-z][^;]+)$"
        ),
        lambda _: ["count"],
    ),
    _Way(
        regex(
            rf"^{_OCCASION}(?:I|[Ww]e)\s(?:now\s)?(?P<act>[a-z]+)\s(?P<thing>{_OWN}(?:[\w'\-]+\s){{1,5}}?)"
            r"(?P<value>(?:in|on|at|under|behind|with|from|near|via|through|to)\s.+)$"
        ),
        lambda told: _put(told["act"], told["value"]),
    ),
    _Way(
        regex(
            rf"^{_OCCASION}(?:I|[Ww]e)\s(?:now\s)?(?P<act>prefer|want|use)\s.+?\s(?P<thing>"
            r"(?:for|as|in(?=\s(?:all|my|our|the)\b))\s(?:(?:my|our|the|all)\s)*[\w'\-]+"
            r"(?:\s[\w'\-]+){0,3})$"
        ),
        lambda told: [stem(told["act"])],
    ),
    _Way(
        regex(
            r"^(?:I|[Ww]e)\s(?:now\s)?(?P<act>like|take|drink|want|eat|prefer)\s(?:my|our)\s"
            r"(?P<thing>\w+)\s(?!to\b|for\b|so\b)\w.*$"
        ),
        lambda _: ["taste"],
    ),
    _Way(
        regex(r"^(?:I|[Ww]e)\s(?:now\s)?(?P<thing>park)\s(?:my car\s)?(?P<value>.+)$"),
        lambda told: sorts("park", told["value"]),
    ),
    _Way(
        regex(
            r"^(?:please )?(?P<act>[Ss]end|[Gg]ive|[Ww]rite|[Ss]how|[Ff]ormat|[Aa]nswer)\s"
            r"(?:me\s|us\s)?(?P<thing>(?:my|the|our|all)?\s?[a-z][\w ]+?)\s"
            r"(?P<how>as|in|by|via|with)\s.+$"
        ),
        lambda told: [told["how"]],
    ),
    _Way(
        regex(
            rf"^(?:{_SOMEBODY}\s(?:eats|gets|wears|drinks)|(?:[Bb]uy|[Gg]et|[Oo]rder)(?:\s(?:me|us))?)"
            r"\s(?:the\s|an?\s)?(?P<value>[\w\-]+)\s(?P<thing>[a-z]+)$"
        ),
        lambda _: ["which"],
    ),
    _Way(
        regex(rf"{_SAID}(?={_OWN})(?P<thing>.+?\shas\san?\s\w+)\s(?P<value>(?:in|at|on)\s.+)$"),
        lambda told: sorts("be", told["value"]),
    ),
    _Way(
        regex(rf"{_SAID}(?={_OWN}){_THING}(?P<act>{_TAKES})\s{_STILL}(?P<value>.+)$"),
        lambda told: sorts(stem(told["act"]), told["value"]),
    ),
    _Way(
        regex(
            rf"{_SAID}{_THING}(?P<act>{_BE}|{_HAS_A_NUMBER}|{_IS_SOMEWHERE})\s{_STILL}(?P<value>.+)$"
        ),
        lambda told: sorts(
            _stem(told["act"]), told["value"], _ONE.search(told["thing"]) is not None
        ),
    ),
)


def frames(clause: str) -> Iterator[Frame]:
    """The frames that the clause fills; none where the thing can have many values."""
    for part in clause.split(", "):
        if found := _way(part):
            way, told = found
            yield from _framed(_ON_A_DAY.sub("", told["thing"]), way.sorts(told))


def names_somebody(clause: str) -> bool:
    """Whether who is spoken of is the value: "Ludmila maintains the parser library"."""
    found = _way(clause)
    return bool(found and found[0].names_somebody)


@lru_cache(maxsize=64)
def _way(part: str) -> tuple[_Way, re.Match[str]] | None:
    plain = _IS_SHORT.sub(" is", _THIS_TIME.sub("", part.strip()))
    while (short := _TAIL.sub("", plain)) != plain:
        plain = short
    ways = ((way, way.pattern.match(plain)) for way in _WAYS)
    return next(((way, told) for way, told in ways if told), None)


def _put(act: str, value: str) -> Iterable[str]:
    """How somebody's own thing is where they put it, or done as they do it; no single event."""
    verb = stem(act)
    lasting = not happened(act, "") and (verb in KEPT or not many(verb))
    return sorts(verb, value) if lasting else ()


def _stem(verb: str) -> str:
    return "be" if re.fullmatch(_BE, verb) else stem(verb.split()[0])


def _framed(thing: str, found: Iterable[str]) -> Iterator[Frame]:
    parts = {singular(word) for word in thing.replace("'s", " ").casefold().split()}
    name = frozenset(word for word in parts if word and word not in STOP_WORDS["en"])
    if 1 <= len(name) <= MOST_WORDS and name - _TELLS_LITTLE:
        several = _RELATION.fullmatch(" ".join(name)) is not None
        yield from (Frame(name, sort) for sort in found if not (several and sort == "is"))
