"""What sort of value a clause gives, so that another of the sort can take its place.

So much a day, a size, a version, a time to do something, or what it serves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lamella.engines.rules_keys import singular
from lamella.regex import regex
from lamella.slots import RENEWS, STATES
from lamella.wordlists import words

_QUANTITY = regex(
    r"(?i)\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|a|an|no) (?P<unit>[a-z]+"
    r"(?: of [a-z]+)?) (?:a|per|each|every) (?P<per>day|week|month|year|night|hour)\b"
)
_MEASURE = regex(
    r"(?i)\b\d[\d.,]*\s?(?P<unit>kilos?|kgs?|pounds|lbs|stone|cm|percent|grams?|calories|hours|minutes)\b"
)
_SIZE = regex(r"\b(?i:size) (?=\d|[SMLX]+\b)")
_VERSION = regex(r"\b(?P<name>[A-Z][\w.+#]*) v?\d[\d.]*\b")
_PURPOSE = regex(r"(?i)\b(?P<how>for|to) (?:(?:my|our|the) )?(?P<what>[a-z]{3,})\b")
_OFTEN = regex(
    r"(?i)\b(?:every|once|twice|(?:\d+|two|three|four|five|six) times|daily|weekly|monthly)\b"
)
_TIME = regex(
    r"(?i)\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:at|from|around|by|until|to) \d{1,2}"
    r"(?::\d\d|\s?[ap]m)?\b|\bin the (?:morning|evening|afternoon)s?\b|\bo'clock\b"
)
_TASTES = words(
    "lik lov enjoy hat know speak play hav own dislik ador b see think say mean watch read"
)
_NO_PURPOSE = words(
    """
    now good long sure example instance real free him her them you myself the that this ages years
    months weeks days hours minutes while some many most all fun me have get make see their his
    people kids us life everyone everything help two three four five six seven eight nine ten
    """
)


def kinds(
    clause: str, renews: bool, act: str | None, things: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """The sorts of value, as topics, and whether the clause states or renews them.

    `act` is what is done, a stem, and `things` what is spoken of.
    """
    says = RENEWS if renews else STATES
    for quantity in _QUANTITY.finditer(clause):
        unit = " ".join(singular(word) for word in quantity["unit"].split())
        yield f"#{unit}/{quantity['per'].casefold()}", says
    for measure in _MEASURE.finditer(clause):
        yield f"#{singular(measure['unit'])}", says
    if _SIZE.search(clause):
        yield "#size", says
    for version in _VERSION.finditer(clause):
        yield f"#{version['name'].casefold()}", says
    for purpose in _PURPOSE.finditer(clause):
        if (what := purpose["what"].casefold()) not in _NO_PURPOSE:
            yield f"~{purpose['how'].casefold()} {what}", says
    if act and _OFTEN.search(clause):
        yield f"#often {act}", says
    if _TIME.search(clause):
        yield from ((f"#when {one}", says) for one in things[:2])
    if act and act not in _TASTES:
        several = [one.split() for one in things[:2]]
        yield from ((f"{act} {one[-1]}", says) for one in several if len(one) > 1 or act == "want")
