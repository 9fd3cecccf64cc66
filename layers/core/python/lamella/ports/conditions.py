"""What must hold of an item for a write to happen: conditions as values."""

from __future__ import annotations

from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Absent:
    """No item lies there."""


@dataclass(frozen=True, slots=True)
class Present:
    """An item lies there."""


@dataclass(frozen=True, slots=True)
class Is:
    """The item is there and `body[field] == value`; None also stands for a missing field."""

    field: str
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Below:
    """The item is there, has the number `field`, and it is less than `value`."""

    field: str
    value: int


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The item is there, has the number `field`, and it is `value` or more."""

    field: str
    value: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of `conditions` holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `conditions` hold."""

    conditions: tuple[Condition, ...]


Condition = Absent | Present | Is | Below | AtLeast | AnyOf | AllOf
