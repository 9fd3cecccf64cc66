"""Conditions and updates as DynamoDB's expressions; names and values only by placeholder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from operator import and_, or_
from typing import Any, Literal

from pynamodb.expressions.condition import And, Or
from pynamodb.expressions.condition import Condition as Expression
from pynamodb.expressions.operand import Path, Value
from pynamodb.expressions.update import RemoveAction, SetAction
from pynamodb.expressions.update import Update as UpdateExpression

from lamella.engines.dynamodb_items import (
    DUE,
    DUE_BUCKET,
    PK,
    TOUCHED,
    TTL,
    TTL_MS,
    Attributes,
    attribute,
    attribute_name,
    mark_attributes,
    ttl_attributes,
)
from lamella.ports import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Below,
    Condition,
    Is,
    Mark,
    Present,
    Update,
)


class Placeholders:
    """The names and values that the expressions of one request stand for."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Any] = {}

    def written(self, expression: Expression | UpdateExpression) -> str:
        """The text of `expression`, whose names and values are kept here."""
        return str(expression.serialize(self._names, self._values))

    def parts(self) -> dict[str, Any]:
        """What the request needs beside its expressions."""
        parts: dict[str, Any] = {}
        if self._names:
            parts["ExpressionAttributeNames"] = {v: k for k, v in self._names.items()}
        if self._values:
            parts["ExpressionAttributeValues"] = self._values
        return parts


def path(name: str) -> Path:
    """An attribute by its name, whatever characters that has."""
    return Path([name])


def condition_expression(condition: Condition) -> Expression:
    """What `conditions.holds` says, in DynamoDB's words."""
    match condition:
        case Absent():
            return path(PK).does_not_exist()
        case Present():
            return path(PK).exists()
        case Is(field, None):
            found = _field(field)
            return And(path(PK).exists(), Or(found.does_not_exist(), found.is_type("NULL")))
        case Is(field, value):
            return _field(field).is_in(attribute(value))
        case Below(field, value):
            return _field(field) < attribute(value)
        case AtLeast(field, value):
            return _field(field) >= attribute(value)
        case AnyOf(conditions):
            return _joined(or_, conditions, _NEVER)
        case AllOf(conditions):
            return _joined(and_, conditions, _ALWAYS)


def update_expression(update: Update) -> UpdateExpression:
    """The fields, mark and ttl that `update` sets or removes; it creates the item if absent."""
    missing = {attribute_name(name): attribute(value) for name, value in update.missing.items()}
    set_: Attributes = {}
    removed: list[str] = []
    for field, value in update.fields.items():
        if value is None:
            removed.append(attribute_name(field))
        else:
            set_[attribute_name(field)] = attribute(value)
    _mark(update.mark, set_, removed)
    _ttl(update.ttl, set_, removed)
    return UpdateExpression(*_actions(set_ or {TOUCHED: {"BOOL": True}}, missing, removed))


def _actions(
    set_: Attributes, missing: Attributes, removed: Iterable[str]
) -> Iterator[SetAction | RemoveAction]:
    for name, value in set_.items():
        yield SetAction(path(name), Value(value))
    for name, value in missing.items():
        yield SetAction(path(name), path(name) | Value(value))
    for name in removed:
        yield path(name).remove()


def _mark(change: Mark | Literal["keep"] | None, set_: Attributes, removed: list[str]) -> None:
    if change is None:
        removed += (DUE_BUCKET, DUE)
    elif change != "keep":
        set_.update(mark_attributes(change))


def _ttl(change: int | Literal["keep"] | None, set_: Attributes, removed: list[str]) -> None:
    if change is None:
        removed += (TTL, TTL_MS)
    elif change != "keep":
        set_.update(ttl_attributes(change))


def _joined(
    join: Callable[[Expression, Expression], Expression],
    conditions: tuple[Condition, ...],
    of_none: Expression,
) -> Expression:
    return reduce(join, map(condition_expression, conditions)) if conditions else of_none


def _field(field: str) -> Path:
    return path(attribute_name(field))


_ALWAYS = path(PK).exists() | path(PK).does_not_exist()
_NEVER = path(PK).exists() & path(PK).does_not_exist()
