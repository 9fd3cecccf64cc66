"""Records and vectors for the contract suite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lamella.models import Record
from lamella.ports import Vector
from lamella.text import tokens
from lamella.vectors import pack, unit

MODEL = "test-model"
DIMENSIONS = 8
NOW = 1_800_000_000_000


def memory_id(number: int) -> str:
    """An id of a ULID's length, newer with a higher number."""
    return f"01{number:024d}"


def axis(*weights: float) -> Vector:
    """A unit vector that leans along the first axes by `weights`."""
    return unit([*weights, *[0.0] * (DIMENSIONS - len(weights))])


def record(number: int, text: str = "A memory.", **changes: Any) -> Record:
    """A current user memory of Ann's, with its own id and words, and no vector."""
    made = Record(
        id=memory_id(number),
        owner="u:ann",
        layer="user",
        kind="factual",
        text=text,
        created_at=NOW - 1_000,
        updated_at=NOW - 1_000,
        said_at=NOW - 1_000,
        version=1,
        words=tuple(tokens(text)),
    )
    return replace(made, **changes)


def embedded(number: int, vector: Vector, text: str = "A memory.", **changes: Any) -> Record:
    """A record with a vector."""
    return record(number, text, embedding=pack(vector), model=MODEL, **changes)
