"""Reads the wire form of a filter: Mem0's grammar "v2", without its gaps.

A leaf is `{"field": value}` or `{"field": {"operator": value}}`; several keys in one object are
ANDed, beside AND, OR and NOT too; NOT of a list is "none of them". `"*"` means "is there". A bare
date stands for its whole day in UTC: `eq` within it, `gt` after it, `lte` up to its end. Of a user,
agent, app or session `ne` asks for another one, which has to be there.
See https://docs.mem0.ai/platform/features/v2-memory-filters
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from lamella.errors import Invalid
from lamella.filters.fields import ALIASES, NAMES, SHAPES, Scalar, Shape
from lamella.filters.tree import All, Filter, Leaf, Not, Op, either
from lamella.filters.values import comparison, string
from lamella.regex import regex
from lamella.scopes import Scope

MAX_DEPTH = 16
MAX_LEAVES = 500
MAX_NAME = 40

_EQUALITY = ("eq", "ne", "in")
_ORDER = ("gt", "gte", "lt", "lte")
_PARTS = ("contains", "icontains")
_OPERATORS: Mapping[Shape, tuple[str, ...]] = {
    Shape.ID: _EQUALITY,
    Shape.TEXT: (*_EQUALITY, *_PARTS),
    Shape.TIME: (*_EQUALITY, *_ORDER),
    Shape.FLAG: ("eq", "ne"),
    Shape.IDS: _EQUALITY,
    Shape.LABELS: (*_EQUALITY, *_PARTS),
    Shape.METADATA: (*_EQUALITY, *_ORDER, *_PARTS),
}
_NAME = regex(r"[\w.\-$]+")
_KEYWORDS = ("keywords", "keywords_search")


def parse(raw: Mapping[str, Any] | None) -> Filter | None:
    """The tree of a filter as a client sent it; None for no filter.

    Raises Invalid for an unknown field or operator, a value of the wrong type, an empty list or
    object inside, more than 16 levels or more than 500 values. Its message names the key and
    what is allowed there, never a value.
    """
    if raw is None or raw == {}:
        return None
    return _Reader().group(raw, "filters", 1)


class _Reader:
    """One reading of one filter; counts its values."""

    def __init__(self) -> None:
        self._leaves = 0

    def group(self, raw: object, name: str, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise Invalid(f"filters are nested deeper than {MAX_DEPTH} levels")
        if not isinstance(raw, Mapping) or not raw:
            raise Invalid(f"{name} must be an object that names at least one field")
        return _conjunction([self._entry(key, value, depth) for key, value in raw.items()])

    def _entry(self, key: object, value: Any, depth: int) -> Filter:
        match key:
            case "AND":
                return _conjunction(self._groups("AND", value, depth))
            case "OR":
                return either(*self._groups("OR", value, depth))
            case "NOT":
                given = value if isinstance(value, list) else [value]
                return Not(either(*self._groups("NOT", given, depth)))
            case "metadata":
                return self._metadata(value, depth)
            case str() if key in NAMES:
                return self._field(key, value)
        raise Invalid(f"unknown filter field {_shown(key)}: use AND, OR, NOT, {', '.join(NAMES)}")

    def _groups(self, name: str, raw: object, depth: int) -> list[Filter]:
        if not isinstance(raw, list) or not raw:
            raise Invalid(f"{name} must be a list of at least one filter")
        return [self.group(part, f"each part of {name}", depth + 1) for part in raw]

    def _field(self, name: str, value: Any) -> Filter:
        field = (ALIASES.get(name, name),)
        if isinstance(value, Mapping):
            return self._operators(name, field, value)
        return self._leaf(name, field, _bare(value), value)

    def _metadata(self, value: Any, depth: int) -> Filter:
        if value == "*":
            self._count()
            return Leaf(("metadata",), "present")
        if not isinstance(value, Mapping) or not value:
            raise Invalid("metadata must be an object of keys and the values they should have")
        return _conjunction([self._path((key,), inner, depth + 1) for key, inner in value.items()])

    def _path(self, keys: tuple[object, ...], value: Any, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise Invalid(f"metadata is nested deeper than {MAX_DEPTH} levels")
        path = ".".join(string("a metadata key", key) for key in keys)
        name, field = f"metadata {_shown(path)}", ("metadata", path)
        if not isinstance(value, Mapping):
            return self._leaf(name, field, _bare(value), value)
        if value and not set(value) & set(_OPERATORS[Shape.METADATA]):
            inner = [self._path((*keys, key), part, depth + 1) for key, part in value.items()]
            return _conjunction(inner)
        return self._operators(name, field, value)

    def _operators(self, name: str, field: tuple[str, ...], raw: Mapping[str, Any]) -> Filter:
        if not raw:
            raise Invalid(f"{name} must have a value or an operator")
        return _conjunction([self._leaf(name, field, op, value) for op, value in raw.items()])

    def _leaf(self, name: str, field: tuple[str, ...], op: str, value: Any) -> Filter:
        allowed = _OPERATORS[SHAPES[field[0]]]
        if op not in allowed:
            raise Invalid(f"{name} has no operator {_shown(op)}: use {', '.join(allowed)}")
        if op == "ne":
            other = Not(self._leaf(name, field, "eq", value))
            somebodys = field[0] in Scope.__slots__ and value != "*"
            return All((Leaf(field, "present"), other)) if somebodys else other
        if op == "in":
            return self._any_of(name, field, value)
        self._count()
        if value == "*" and op == "eq":
            return Leaf(field, "present")
        if name in _KEYWORDS and op == "eq":
            op = "icontains"
        return comparison(name, field, cast(Op, op), value)

    def _any_of(self, name: str, field: tuple[str, ...], values: object) -> Filter:
        if not isinstance(values, list | tuple) or not values:
            raise Invalid(f"{name} in: a list of at least one value is needed")
        parts = [self._leaf(name, field, "eq", value) for value in values]
        plain = [part.value for part in parts if isinstance(part, Leaf) and part.op == "eq"]
        if len(plain) == len(parts) > 1:
            return Leaf(field, "in", cast(tuple[Scalar, ...], tuple(plain)))
        return either(*parts)

    def _count(self) -> None:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise Invalid(f"filters hold more than {MAX_LEAVES} values")


def _conjunction(parts: Sequence[Filter]) -> Filter:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def _bare(value: object) -> str:
    return "in" if isinstance(value, list | tuple) else "eq"


def _shown(key: object) -> str:
    """A key, if it looks like a name: a caller's text may have ended up in its place."""
    text = str(key)
    is_name = len(text) <= MAX_NAME and _NAME.fullmatch(text) is not None
    return repr(text) if is_name else "(…)"
