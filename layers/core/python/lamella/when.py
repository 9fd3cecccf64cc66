"""Which time a question asks about: the days it names, as windows of epoch milliseconds. Pure.

Dates of every form that needs no guess: "2023-05-01", "1 May 2023", "May 1st, 2023", "May 2023",
"in 2023"; a month or a day without its year is the latest that has begun. "yesterday", "last week"
and "three days ago" count from the moment of asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from lamella.clock import DAY
from lamella.regex import regex
from lamella.wordlists import MONTHS

TOLD_WITHIN = 14 * DAY
"""How long after it happened people still tell of something."""

_NAMED = "|".join(map(str.capitalize, MONTHS))
_ISO = regex(r"\b(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)\b")
_DATE = regex(
    rf"\b(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? )?(?P<month>{_NAMED})"
    r"(?: (?P<after>\d{1,2})(?:st|nd|rd|th)?\b)?(?:,? (?P<year>(?:19|20)\d\d)\b)?"
)
_YEAR = regex(r"\b(?:in|of|during|since) (?P<year>(?:19|20)\d\d)\b")
_AGO = regex(
    r"(?i)\b(?P<count>\d{1,3}|an?|one|two|three|four|five|six) (?P<unit>day|week|month)s? ago\b"
)
_LAST = regex(
    r"(?i)\b(?P<which>last|this) (?P<unit>week|month|year)\b|\b(?P<day>yesterday|today)\b"
)

_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


class Window(NamedTuple):
    """From `start` until before `end`."""

    start: int
    end: int

    def nearness(self, said_at: int) -> float:
        """1 for what was said in it, less and less for what was said in the two weeks after."""
        if said_at < self.start:
            return 0.0
        return max(0.0, 1.0 - max(0, said_at - self.end) / TOLD_WITHIN)


def windows(question: str, now: int) -> tuple[Window, ...]:
    """The times that `question` names, asked at `now`."""
    today = datetime.fromtimestamp(now / 1000, UTC).date()
    return tuple(dict.fromkeys(_windows(question, today)))


def _windows(question: str, today: date) -> Iterator[Window]:
    for match in _ISO.finditer(question):
        yield from _window(int(match["year"]), int(match["month"]), int(match["day"]))
    dated = list(_DATE.finditer(question))
    for match in dated:
        yield from _named(match, today)
    if not any(match["year"] for match in dated):
        for match in _YEAR.finditer(question):
            yield _days(date(int(match["year"]), 1, 1), date(int(match["year"]) + 1, 1, 1))
    for match in _AGO.finditer(question):
        yield _ago(match, today)
    for match in _LAST.finditer(question):
        yield _lately(match, today)


def _named(match: re.Match[str], today: date) -> Iterator[Window]:
    day = int(match["before"] or match["after"] or 0)
    month = MONTHS.index(match["month"].casefold()) + 1
    if match["year"]:
        yield from _window(int(match["year"]), month, day)
    else:
        begun = (month, day or 1) <= (today.month, today.day)
        yield from _window(today.year if begun else today.year - 1, month, day)


def _window(year: int, month: int, day: int) -> Iterator[Window]:
    """That day, or with day 0 that month; nothing for a day that no calendar has."""
    try:
        first = date(year, month, day or 1)
        yield _days(first, first + timedelta(1) if day else _next_month(first))
    except (ValueError, OverflowError):
        return


def _next_month(first: date) -> date:
    return (first + timedelta(32)).replace(day=1)


def _ago(match: re.Match[str], today: date) -> Window:
    """Around that day: within a day of days, three of weeks, fifteen of months."""
    count, unit = match["count"].casefold(), _DAYS[match["unit"].casefold()]
    then = today - timedelta(_COUNTS.get(count) or int(count)) * unit
    around = timedelta(max(1, unit // 2))
    return _days(then - around, then + around + timedelta(1))


def _lately(match: re.Match[str], today: date) -> Window:
    if match["day"]:
        then = today - timedelta(match["day"].casefold() == "yesterday")
        return _days(then, then + timedelta(1))
    span = timedelta(_DAYS[match["unit"].casefold()])
    until = today + timedelta(1) if match["which"].casefold() == "this" else today
    return _days(until - span * (2 if until == today else 1), until)


def _days(first: date, end: date) -> Window:
    start, until = (datetime(d.year, d.month, d.day, tzinfo=UTC) for d in (first, end))
    return Window(int(start.timestamp() * 1000), int(until.timestamp() * 1000))
