"""Which fields a filter may name, their names on a Record, and how their values compare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

Scalar = str | float | bool


class Shape(StrEnum):
    """How the values of a field compare."""

    ID = "id"
    """One string, exactly."""
    TEXT = "text"
    """One string, exactly or by a part of it."""
    TIME = "time"
    """Epoch milliseconds."""
    FLAG = "flag"
    """True or False."""
    IDS = "ids"
    """Several strings, exactly; any of them may match."""
    LABELS = "labels"
    """Several strings, whatever their case; any of them may match."""
    METADATA = "metadata"
    """The scalars of a JSON object by dotted path, each with its own type; see `entries`."""


SHAPES: Mapping[str, Shape] = {
    "id": Shape.ID,
    "user_id": Shape.ID,
    "agent_id": Shape.ID,
    "app_id": Shape.ID,
    "session_id": Shape.ID,
    "layer": Shape.ID,
    "kind": Shape.ID,
    "speaker": Shape.TEXT,
    "text": Shape.TEXT,
    "created_at": Shape.TIME,
    "updated_at": Shape.TIME,
    "said_at": Shape.TIME,
    "expires_at": Shape.TIME,
    "immutable": Shape.FLAG,
    "audience": Shape.IDS,
    "categories": Shape.LABELS,
    "entities": Shape.LABELS,
    "metadata": Shape.METADATA,
}
"""Every field of a Record that a tree can name, with its shape."""

ALIASES: Mapping[str, str] = {
    "userId": "user_id",
    "agentId": "agent_id",
    "appId": "app_id",
    "run_id": "session_id",
    "runId": "session_id",
    "sessionId": "session_id",
    "memory_ids": "id",
    "timestamp": "said_at",
    "expiration_date": "expires_at",
    "keywords": "text",
    "keywords_search": "text",
}
"""Names of the wire (Mem0's own, and as its JavaScript client sends them) and ours for them."""

HIDDEN = frozenset({"said_at", "expires_at"})
"""Our names for what the wire calls `timestamp` and `expiration_date`."""

NAMES: tuple[str, ...] = (*(name for name in SHAPES if name not in HIDDEN), *ALIASES)
"""What a filter of the wire may name, besides AND, OR and NOT."""


def fold(text: str) -> str:
    """`text` as it compares when case doesn't matter; engines store and ask this form."""
    return text.casefold()


def entries(metadata: Mapping[str, Any]) -> Iterator[tuple[str, Scalar]]:
    """Every scalar in `metadata` with its dotted path, as filters compare it.

    `{"a": {"b": 1}}`, `{"a.b": 1}` and `{"a": [{"b": 1}]}` all hold 1.0 at "a.b": members of a
    list stand at the list's own path. Numbers are 64-bit floats; nulls and empty containers are
    absent.
    """
    waiting = list(metadata.items())
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, str | bool):
            yield path, value
        elif isinstance(value, int | float):
            yield path, number(value)
        elif isinstance(value, Mapping):
            waiting += [(f"{path}.{name}", inner) for name, inner in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(path, member) for member in value]


def number(value: float) -> float:
    """`value` as a 64-bit float: beyond their range it is infinite, and there is one zero."""
    try:
        return float(value) + 0.0
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
