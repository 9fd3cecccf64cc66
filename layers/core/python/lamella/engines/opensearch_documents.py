"""How one memory lies in OpenSearch: its id and routing, and what each field holds."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from lamella.errors import Invalid
from lamella.filters import Scalar, entries, fold
from lamella.models import Record
from lamella.vectors import unpack

_ESCAPES = str.maketrans({"%": "%25", "#": "%23", ",": "%2C", "=": "%3D"})
_LONGEST_ID = 512
_LONGEST_WORD = 8_000
_PIECE, _OVERLAP = 8_000, 6_000
_DIGITS = 6
VECTOR_FIELDS = ("vector", "embedding")
_COPIED = (
    "id", "layer", "kind", "user_id", "agent_id", "app_id", "session_id", "text", "speaker",
    "created_at", "updated_at", "said_at", "expires_at", "valid_to", "immutable", "audience",
)  # fmt: skip


def joined(*components: str) -> str:
    """Components as one string, injectively: no list of routings takes it apart, no id is too
    long for OpenSearch (a digest, which no escape begins like, stands for one that would be)."""
    text = "#".join(escaped(component) for component in components)
    if len(text.encode()) <= _LONGEST_ID:
        return text
    return f"%~{sha256(text.encode()).hexdigest()}"


def escaped(component: str) -> str:
    """`component` without the separators of ids, routings and metadata terms."""
    return component.translate(_ESCAPES)


def document(org: str, record: Record, dimensions: int) -> dict[str, Any]:
    """The fields of `record`. Raises Invalid where its embedding can't be one of this index."""
    fields = {name: getattr(record, name) for name in _COPIED}
    fields |= {
        "org": org,
        "partition": joined(org, record.owner),
        "text": pieces(record.text),
        "text_folded": pieces(fold(record.text)),
        "categories": [fold(label) for label in record.categories],
        "entities": [fold(label) for label in record.entities],
        "metadata": [*_terms(record.metadata)],
        "metadata_folded": [*_folded(record.metadata)],
        "words": [word(one) for one in dict.fromkeys(record.words)],
        "length": len(record.words),
        "body": {name: value for name, value in record.body().items() if name != "embedding"},
    }
    if record.speaker is not None:
        fields |= {
            "speaker": pieces(record.speaker),
            "speaker_folded": pieces(fold(record.speaker)),
        }
    return fields | _vector(record, dimensions)


def pieces(text: str) -> list[str]:
    """`text`, or where it exceeds what a keyword may hold, overlapping pieces of it.

    What a filter may ask for is shorter than the overlap, folded too, so it lies within a piece
    where it lies in the text; and shorter than a piece, so it never equals one.
    """
    if len(text) <= _PIECE:
        return [text]
    last = len(text) - _PIECE
    starts = [*range(0, last, _PIECE - _OVERLAP), last]
    return [text[start : start + _PIECE] for start in starts]


def word(token: str) -> str:
    """A token as it is stored and asked for."""
    encoded = token.encode()
    return token if len(encoded) <= _LONGEST_WORD else f"\n{sha256(encoded).hexdigest()}"


def numbers(vector: Any) -> list[float]:
    """A vector as JSON holds it, short."""
    return [round(number, _DIGITS) for number in vector]


def term(path: str, value: Scalar) -> str:
    """A metadata value at its path: equal values of one type, and only they, have equal terms,
    and those of one path and type are in the order of their values."""
    return f"{prefix(path, value)}{_ordered(value)}"


def prefix(path: str, value: Scalar) -> str:
    """How the terms begin of all values at `path` that have the type of `value`."""
    return f"{escaped(path)}={_TAGS[type(value)]}:"


_TAGS: Mapping[type, str] = {str: "s", float: "n", bool: "b"}


def _ordered(value: Scalar) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    (bits,) = struct.unpack(">Q", struct.pack(">d", value))
    return f"{bits ^ (2**64 - 1 if bits >> 63 else 2**63):016x}"


def _terms(metadata: Mapping[str, Any]) -> Iterator[str]:
    """Of each value the term, and its path with all that lead to it."""
    for path, value in entries(metadata):
        yield term(path, value)
        yield escaped(path)
        yield from (escaped(path[:at]) for at, letter in enumerate(path) if letter == ".")


def _folded(metadata: Mapping[str, Any]) -> Iterator[str]:
    return (term(path, fold(v)) for path, v in entries(metadata) if isinstance(v, str))


def _vector(record: Record, dimensions: int) -> dict[str, Any]:
    if record.embedding is None:
        return {}
    vector = unpack(record.embedding)
    if len(vector) != dimensions:
        raise Invalid(f"{record.id} has {len(vector)} dimensions, this index {dimensions}")
    stored = {"embedding": record.embedding}
    return stored | ({"vector": [*map(_short, vector)]} if any(vector) else {})


@lru_cache(1 << 16)
def _short(number: float) -> float:
    """A number of a stored vector; its two bytes leave no more different ones than are kept."""
    return round(number, _DIGITS)
