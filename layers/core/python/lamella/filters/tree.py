"""A filter as a tree of values, and what can be told of it without looking at a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lamella.filters.fields import ALIASES, Scalar
from lamella.scopes import Scope
from lamella.values import dataclass

Op = Literal["eq", "in", "gt", "gte", "lt", "lte", "contains", "icontains", "present"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One test of one field; it holds if any value of the field passes, so never for an absent one.

    `field` is the Record's own name, followed by the dotted path if that is `metadata`. `value`
    is a tuple for `in`, None for `present`, and already as stored: times in epoch ms, numbers
    in metadata as floats, labels and `icontains` folded. Values of different types never match.
    """

    field: tuple[str, ...]
    op: Op
    value: Scalar | tuple[Scalar, ...] | None = None


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold, as it never does for an absent field."""

    part: Filter


Filter = Leaf | All | Either | Not


def all_of(*filters: Filter | None) -> Filter | None:
    """The conjunction of those that are given; None if none is."""
    parts = tuple(part for part in filters if part is not None)
    if len(parts) > 1:
        return All(parts)
    return parts[0] if parts else None


def either(*parts: Filter) -> Filter:
    """The disjunction of one or more parts."""
    return parts[0] if len(parts) == 1 else Either(parts)


def equals(field: str, value: str) -> Leaf:
    """`field` (an id, the layer or the kind; the wire's name or ours) is `value`."""
    return Leaf((ALIASES.get(field, field),), "eq", value)


def pinned(where: Filter | None) -> Scope:
    """The ids that any match must have, by equality at the top: what tells its owner.

    Of two different equalities on one id (which nothing matches) the first counts.
    """
    found: dict[str, str] = {}
    for leaf in _conjunction(where):
        name = leaf.field[0]
        if name in Scope.__slots__ and leaf.op == "eq" and isinstance(leaf.value, str):
            found.setdefault(name, leaf.value)
    return Scope(**found)


def mentions(where: Filter | None) -> frozenset[str]:
    """The names, as a Record has them, of all fields that `where` tests anywhere."""
    return frozenset(leaf.field[0] for leaf in _leaves(where))


def _conjunction(where: Filter | None) -> Iterator[Leaf]:
    if isinstance(where, Leaf):
        yield where
    elif isinstance(where, All):
        for part in where.parts:
            yield from _conjunction(part)


def _leaves(where: Filter | None) -> Iterator[Leaf]:
    if isinstance(where, Leaf):
        yield where
    elif isinstance(where, Not):
        yield from _leaves(where.part)
    elif where is not None:
        for part in where.parts:
            yield from _leaves(part)
