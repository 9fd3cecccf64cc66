"""What LangGraph's filters and namespace patterns mean. Pure rules.

https://langchain-ai.github.io/langgraph/reference/store/
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lamella.errors import Invalid

Namespace = tuple[str, ...]

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$gte": operator.ge,
    "$lt": operator.lt,
    "$lte": operator.le,
}
_SERVED = 2_000


def fits(value: Mapping[str, Any], wanted: Mapping[str, Any] | None) -> bool:
    """Whether every field of `wanted` holds for an item's value. Raises Invalid."""
    return all(_holds(value.get(name), condition) for name, condition in (wanted or {}).items())


def served(wanted: Mapping[str, Any] | None) -> dict[str, str]:
    """The part of `wanted` that a filter of Lamella's can see to: plain strings under plain names.

    It lets through whatever `fits`, and maybe more.
    """
    return {
        name: value
        for name, value in (wanted or {}).items()
        if isinstance(value, str)
        and name.isidentifier()
        and name not in ("eq", "ne", "in", "gt", "gte", "lt", "lte", "contains", "icontains")
        and value != "*"
        and value.isprintable()
        and len(value) <= _SERVED
    }


def is_under(namespace: Namespace, prefix: Namespace) -> bool:
    """Whether `namespace` is `prefix`, or inside it."""
    return namespace[: len(prefix)] == prefix


def follows(namespace: Namespace, kind: str, pattern: Sequence[str]) -> bool:
    """Whether `namespace` starts ("prefix") or ends ("suffix") as `pattern` says; "*" is any label.

    Raises Invalid for another kind.
    """
    if kind not in ("prefix", "suffix"):
        raise Invalid(f"unknown match_type {kind!r}: use prefix or suffix")
    if len(namespace) < len(pattern):
        return False
    start = 0 if kind == "prefix" else len(namespace) - len(pattern)
    part = namespace[start : start + len(pattern)]
    return all(wanted in ("*", label) for label, wanted in zip(part, pattern, strict=True))


def _holds(value: Any, condition: Any) -> bool:
    if isinstance(condition, Mapping):
        if any(name.startswith("$") for name in condition):
            return all(_compares(value, name, other) for name, other in condition.items())
        return isinstance(value, Mapping) and fits(value, condition)
    if isinstance(condition, list | tuple):
        return (
            isinstance(value, list)
            and len(value) == len(condition)
            and all(map(_holds, value, condition))
        )
    return _same(value, condition)


def _compares(value: Any, name: str, other: Any) -> bool:
    if name == "$eq":
        return _holds(value, other)
    if name == "$ne":
        return not _holds(value, other)
    if name not in _ORDER:
        raise Invalid(f"unknown filter operator {name[:40]!r}: use $eq, $ne, {', '.join(_ORDER)}")
    numbers = _is_number(value) and _is_number(other)
    texts = isinstance(value, str) and isinstance(other, str)
    return (numbers or texts) and _ORDER[name](value, other)


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON is: true is not 1."""
    return bool(isinstance(one, bool) == isinstance(other, bool) and one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
