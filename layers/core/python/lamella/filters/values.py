"""Reads one value of a filter as the type its field has, and answers the tree that asks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import isfinite

from lamella.clock import DAY
from lamella.errors import Invalid
from lamella.filters.fields import SHAPES, Scalar, Shape, fold, number
from lamella.filters.tree import All, Filter, Leaf, Op
from lamella.scopes import Kind, Layer

MAX_STRING = 2_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_FURTHEST = 100_000_000_000
_CHOICES = {"layer": [*Layer], "kind": [*Kind]}


def comparison(name: str, field: tuple[str, ...], op: Op, value: object) -> Filter:
    """The tree that holds where `field` is `op` `value`; `name` is what the caller called it.

    Raises Invalid for a value of the wrong type, a string that is too long, a date that is none.
    """
    shape = SHAPES[field[0]]
    if shape is Shape.TIME:
        return _in_time(name, field, op, value)
    read = _scalar(name, shape, value)
    choices = _CHOICES.get(field[0])
    if choices and read not in choices:
        raise Invalid(f"{name} must be one of {', '.join(choices)}")
    if not isinstance(read, str):
        return Leaf(field, "eq" if op in ("contains", "icontains") else op, read)
    if shape is Shape.LABELS:
        return Leaf(field, "contains" if op == "icontains" else op, fold(read))
    return Leaf(field, op, fold(read) if op == "icontains" else read)


def string(name: str, value: object) -> str:
    """`value` if it is a string that can be stored and isn't too long, else Invalid."""
    if not isinstance(value, str):
        raise Invalid(f"{name} must be a string")
    if len(value) > MAX_STRING:
        raise Invalid(f"{name} is longer than {MAX_STRING} characters")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{name} holds a character that can't be stored") from None
    if "\x00" in value:
        raise Invalid(f"{name} holds a character that can't be stored")
    return value


def _scalar(name: str, shape: Shape, value: object) -> Scalar:
    if shape is Shape.FLAG:
        if not isinstance(value, bool):
            raise Invalid(f"{name} must be true or false")
        return value
    if shape is not Shape.METADATA or isinstance(value, str):
        return string(name, value)
    if isinstance(value, bool):
        return value
    if not isinstance(value, int | float) or not isfinite(number(value)):
        raise Invalid(f"{name} must be compared with a string, a number, true or false")
    return number(value)


def _in_time(name: str, field: tuple[str, ...], op: Op, value: object) -> Filter:
    start, length = _instant(name, value)
    last = start + length - 1
    if op == "eq" and length > 1:
        return All((Leaf(field, "gte", start), Leaf(field, "lte", last)))
    return Leaf(field, op, last if op in ("gt", "lte") else start)


def _instant(name: str, value: object) -> tuple[int, int]:
    """When `value` begins and how long it lasts, in milliseconds."""
    if isinstance(value, str):
        try:
            return _from_iso(value)
        except (ValueError, OverflowError):
            pass
    elif isinstance(value, int | float) and not isinstance(value, bool) and isfinite(number(value)):
        if abs(value) < _FURTHEST:
            return int(value * 1000), 1
        raise Invalid(f"{name} is too far away: epoch seconds are needed, not milliseconds")
    raise Invalid(f"{name} must be an ISO 8601 date, a date and time, or epoch seconds")


def _from_iso(value: str) -> tuple[int, int]:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        moment = datetime.fromisoformat(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (aware - _EPOCH) // _MILLISECOND, 1
    return (day - _EPOCH.date()).days * DAY, DAY
