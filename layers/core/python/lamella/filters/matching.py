"""What a filter means: the reference that every engine is held to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt
from typing import Any

from lamella.filters.fields import SHAPES, Scalar, Shape, entries, fold
from lamella.filters.tree import All, Either, Filter, Leaf, Not
from lamella.models import Record

_TESTS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": eq,
    "gt": gt,
    "gte": ge,
    "lt": lt,
    "lte": le,
    "contains": lambda stored, wanted: wanted in stored,
    "icontains": lambda stored, wanted: wanted in fold(stored),
}


def matches(where: Filter | None, record: Record) -> bool:
    """Whether `record` is one that `where` asks for; no filter asks for all."""
    match where:
        case None:
            return True
        case Leaf():
            return _holds(where, record)
        case All(parts):
            return all(matches(part, record) for part in parts)
        case Either(parts):
            return any(matches(part, record) for part in parts)
        case Not(part):
            return not matches(part, record)


def _holds(leaf: Leaf, record: Record) -> bool:
    if leaf.op == "present":
        return _present(leaf, record)
    wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    test = _TESTS["eq" if leaf.op == "in" else leaf.op]
    return any(
        type(stored) is type(one) and test(stored, one)
        for stored in _values(leaf.field, record)
        for one in wanted
    )


def _present(leaf: Leaf, record: Record) -> bool:
    if len(leaf.field) == 1:
        return bool(_values(leaf.field, record))
    path = leaf.field[1]
    return any(
        found == path or found.startswith(f"{path}.") for found, _ in entries(record.metadata)
    )


def _values(field: tuple[str, ...], record: Record) -> tuple[Scalar, ...]:
    name, shape = field[0], SHAPES[field[0]]
    if shape is Shape.METADATA:
        return tuple(v for path, v in entries(record.metadata) if field[1:] in ((), (path,)))
    stored = getattr(record, name)
    if shape is Shape.LABELS:
        return tuple(fold(member) for member in stored)
    if shape is Shape.IDS:
        return tuple(stored)
    return () if stored is None else (stored,)
