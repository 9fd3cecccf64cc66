"""When a condition of a commit holds: the definition that every table engine is held to."""

from __future__ import annotations

from lamella.ports import (
    JSON,
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Below,
    Condition,
    Is,
    Item,
    Present,
)


def holds(condition: Condition, item: Item | None) -> bool:
    """Whether `condition` holds of what lies at a key; `item` is None where nothing does.

    A boolean is neither a number nor equal to one.
    """
    match condition:
        case Absent():
            return item is None
        case Present():
            return item is not None
        case Is(field, value):
            return item is not None and _same(item.body.get(field), value)
        case Below(field, value):
            return _is_number(found := _value(item, field)) and found < value
        case AtLeast(field, value):
            return _is_number(found := _value(item, field)) and found >= value
        case AnyOf(conditions):
            return any(holds(part, item) for part in conditions)
        case AllOf(conditions):
            return all(holds(part, item) for part in conditions)


def _value(item: Item | None, field: str) -> JSON:
    return None if item is None else item.body.get(field)


def _same(found: JSON, value: str | int | bool | None) -> bool:
    return isinstance(found, bool) is isinstance(value, bool) and bool(found == value)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
