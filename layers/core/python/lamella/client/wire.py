"""Python values as the wire writes them, and the path of a call."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, Literal
from urllib.parse import quote

from lamella.errors import Invalid

Json = dict[str, Any]
Message = str | Mapping[str, Any]
Messages = Message | Sequence[Message]
Moment = datetime | date | float | str
"""A datetime (without a zone: local time), a date, Unix seconds, or ISO 8601 text."""
Expiry = datetime | date | timedelta | str
"""A date (inclusive, UTC), a moment, or a duration such as "90d"."""
Lifetime = timedelta | str


class Kept(Enum):
    """The default of what an update leaves alone, because None already means "clear it"."""

    KEPT = "kept"


KEPT: Literal[Kept.KEPT] = Kept.KEPT


def path(*segments: str) -> str:
    """A path of percent-encoded segments; dots too, where they would climb: "." and "..".

    Raises Invalid for an empty one, which would lead elsewhere.
    """
    return "/" + "".join(f"{_segment(segment)}/" for segment in segments)


def written(value: Any) -> Any:
    """`value` as JSON: datetimes with their zone, durations in ISO 8601."""
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.astimezone()).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.3f}S"
    return value


def encoded(body: Mapping[str, Any]) -> bytes:
    """A body as JSON. Raises Invalid for what JSON can't hold."""
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise Invalid(f"the call holds something JSON can't: {type(exc).__name__}") from None


def told(**fields: Any) -> Json:
    """The fields that have a value, each `written`."""
    return {name: written(value) for name, value in fields.items() if value is not None}


def _segment(raw: str) -> str:
    if raw.isascii() and raw.isalnum():
        return raw
    if not isinstance(raw, str) or not raw:
        raise Invalid("an id must be a non-empty string")
    segment = quote(raw, safe="", errors="surrogatepass")
    return segment.replace(".", "%2E") if set(segment) == {"."} else segment
