"""What sort of value a statement gives a thing: a place, a day, a clock time, a number, a name.

"At ten" and "on Friday" are both true of one meeting; "at ten" and "at eleven" are not. English.
"""

from __future__ import annotations

from collections.abc import Iterator

from lamella.regex import regex
from lamella.wordlists import MONTHS, words

_HOUR = r"(?:\d{1,2}|half|quarter|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_TIME = regex(
    r"(?i)\b(?:(?P<clock>\d{1,2}[:h]\d\d|\d{1,2} ?[ap]\.?m\b|noon|midnight|o'clock"
    rf"|(?:at|from|by|until|till|to) {_HOUR}(?: (?:past|to) \w+)?"
    r"(?=$|[.,;!?](?:\s|$)| (?:on|every|each|in the|sharp|and|until|to|for) ))"
    r"|(?P<day>(?:mon|tues|wednes|thurs|fri|satur|sun)days?|the \d+(?:st|nd|rd|th)"
    rf"|(?-i:{'|'.join(map(str.capitalize, MONTHS))})\b))"
)
_NUMBER = regex(
    r"(?i)(?:(?:at|to|up to|down to) )?(?:[$€£#]\s?)?(?:\d|(?:one|two|three|four|five|six|seven"
    r"|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty)\b)"
)
_PLACED = regex(
    r"(?i)(?:(?:up|down|over|out|back|upstairs|downstairs)\s)?(?:(?:kept|stored|parked|located|based|held|hidden|hanging|standing|sitting|filed|saved"
    r"|hosted|built|written|made|set|due|scheduled|painted|served|booked|run|planned|released)\s)?"
    r"(?P<how>in|on|at|under|behind|next to|by|with|to|from|near|above|below|between|inside"
    r"|outside|for)\s"
)
_OFTEN = regex(r"(?i)(?:every|once|twice|daily|hourly|weekly|monthly|\w+ times)\b")
_NAMED = regex(
    r"(?:going to be )?(?:called|named)\s|(?:the\s)?(?!I\b)[A-Z][\w+.#\-]*|an?\s[\w\- ]+"
    r"|(?:upstairs|downstairs|outside|inside)\b"
)
_WHERE = words("in on at under behind near above below between inside outside")
KEPT = words("keep park stor put leav hang hid fil sav stack stash")
"""Acts, as stems, that tell where a thing is."""
_LIKE_BEING = words("happen tak meet start begin hold be stand sit hang")


def sorts(act: str, value: str, only_one: bool = False) -> Iterator[str]:
    """How the value belongs to what has it by `act`, a verb's stem.

    Nothing for a mere quality, unless there is `only_one` value whatever it is.
    """
    verb = "" if act in _LIKE_BEING else f"{act} "
    times = sorted({match.lastgroup for match in _TIME.finditer(value) if match.lastgroup})
    placed = _PLACED.match(value)
    if times:
        yield from (f"{verb}{time}" for time in times)
    elif _OFTEN.match(value):
        yield f"{verb}often"
    elif _NUMBER.match(value):
        yield "number" if act in KEPT else f"{verb}number"
    elif placed and (act in KEPT or (placed["how"].casefold() in _WHERE and not verb)):
        yield "where"
    elif placed:
        yield f"{verb}{placed['how'].casefold()}"
    elif only_one or _NAMED.match(value):
        yield f"{verb}is"


def sorts_after_a_move(value: str) -> Iterator[str]:
    """How the value may belong to what was moved, set or changed to it."""
    found = list(sorts("be", f"to {value}"))
    if found == ["to"]:
        found = ["where", "is"]
    elif found == ["clock"] and _NUMBER.match(value):
        found = ["clock", "number"]
    yield from found
