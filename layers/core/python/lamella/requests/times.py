"""Moments and durations as callers write them, read into milliseconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from lamella.clock import DAY, HOUR, MINUTE, SECOND
from lamella.errors import Invalid
from lamella.regex import regex

LATEST = 253_402_300_800_000
"""The end of the year 9999, beyond which no date can be written."""

LONGEST = 365_000 * DAY
"""The limit of a duration: what it leads to can still be written as a date."""

_DAY_ONLY = regex(r"\d{4}-\d\d-\d\d")
_DATE_TIME = regex(r"\d{4}-\d\d-\d\d[T ].+")
_SHORT = regex(r"(\d{1,9})\s*(s|m|h|d|w)")
_UNITS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}
_ISO_DURATION = TypeAdapter(timedelta, config=ConfigDict(defer_build=True))


def moment(name: str, value: object) -> int:
    """Epoch milliseconds of Unix seconds (a number), an ISO 8601 date or date-time, or a datetime.

    A date is its midnight, and a date-time without an offset is taken as UTC. Raises Invalid.
    """
    if isinstance(value, str):
        return _bounded(name, _written(name, value))
    if isinstance(value, date):
        return _bounded(name, _epoch(value))
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LATEST:
        raise Invalid(f"{name} must be Unix seconds or an ISO 8601 date or date-time")
    return _bounded(name, round(value * SECOND))


def day_end(name: str, value: object) -> int:
    """Like `moment`, but a date without a time means the end of that day: it is inclusive."""
    return _bounded(name, moment(name, value) + (DAY if is_day(value) else 0))


def is_day(value: object) -> bool:
    """Whether `value` names a whole day rather than a moment of it."""
    if isinstance(value, str):
        return _DAY_ONLY.fullmatch(value.strip()) is not None
    return isinstance(value, date) and not isinstance(value, datetime)


def duration(name: str, value: object) -> int:
    """Milliseconds of "90d", "12h", "30m", "PT1H" or a timedelta. Raises Invalid."""
    length = _length(value)
    if length is None:
        raise Invalid(f"{name} must be a duration such as '30m', '12h', '90d' or 'PT1H'")
    if not 0 < length < LONGEST:
        raise Invalid(f"{name} must be longer than nothing and shorter than a thousand years")
    return length


def expiry(name: str, value: object) -> dict[str, int]:
    """`{"expires_at": …}` of a date or date-time, `{"lifetime_ms": …}` of a duration."""
    if _length(value) is not None:
        return {"lifetime_ms": duration(name, value)}
    if isinstance(value, date) or (isinstance(value, str) and value[:4].isdigit()):
        return {"expires_at": day_end(name, value)}
    raise Invalid(f"{name} must be a date (YYYY-MM-DD), a date-time or a duration such as '90d'")


def _written(name: str, value: str) -> int:
    value = value.strip()
    if not (_DAY_ONLY.fullmatch(value) or _DATE_TIME.fullmatch(value)):
        raise Invalid(f"{name} must be an ISO 8601 date or date-time, or Unix seconds as a number")
    try:
        return _epoch(datetime.fromisoformat(value))
    except (ValueError, OverflowError):
        raise Invalid(f"{name} is no date that exists") from None


def _epoch(value: date) -> int:
    at = value if isinstance(value, datetime) else datetime.combine(value, time.min)
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return round((at - datetime.fromtimestamp(0, UTC)) / timedelta(milliseconds=1))


def _bounded(name: str, at: int) -> int:
    if not 0 <= at < LATEST:
        raise Invalid(f"{name} must lie between 1970 and 9999; as a number it is in seconds")
    return at


def _length(value: Any) -> int | None:
    if isinstance(value, timedelta):
        return round(value / timedelta(milliseconds=1))
    if not isinstance(value, str):
        return None
    if short := _SHORT.fullmatch(value.strip()):
        return int(short[1]) * _UNITS[short[2]]
    if not value.startswith("P"):
        return None
    try:
        return round(_ISO_DURATION.validate_python(value) / timedelta(milliseconds=1))
    except ValidationError:
        return None
