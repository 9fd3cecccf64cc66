"""How an item lies in DynamoDB: each field of the body is an attribute of its own.

Texts, numbers and booleans are native, so that conditions can see them. Lists, maps and numbers
beyond DynamoDB's range are compact JSON in a binary attribute: read by one parse, exact, and no
larger than `limits.size` counted. `ttl` is in seconds, as the store wants it, and `ttl_ms` exact.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from pydantic_core import from_json

from lamella.ports import JSON, Item, Key, Mark

Attribute: TypeAlias = "dict[str, Any]"
Attributes: TypeAlias = "dict[str, Attribute]"

PK, SK, TTL, TTL_MS, DUE, DUE_BUCKET = "pk", "sk", "ttl", "ttl_ms", "due", "due_bucket"
TOUCHED = "~"
"""An attribute without meaning: what an update sets where it sets nothing else."""

_OURS = frozenset({PK, SK, TTL, TTL_MS, DUE, DUE_BUCKET})
_ESCAPES = str.maketrans({"~": "~0", "[": "~1", "]": "~2"})  # brackets index lists in expressions
_PRECISE = 38
_MAGNITUDE = 1e120


def key_attributes(key: Key) -> Attributes:
    """The primary key."""
    return {PK: {"S": key.pk}, SK: {"S": key.sk}}


def item_attributes(item: Item) -> Attributes:
    """The whole item."""
    fields = {attribute_name(name): attribute(value) for name, value in item.body.items()}
    return {
        **fields,
        **key_attributes(item.key),
        **(mark_attributes(item.mark) if item.mark else {}),
        **(ttl_attributes(item.ttl) if item.ttl is not None else {}),
    }


def mark_attributes(mark: Mark) -> Attributes:
    """What puts the item into the sparse index."""
    return {DUE_BUCKET: {"S": mark.bucket}, DUE: {"N": str(mark.at)}}


def ttl_attributes(ttl: int) -> Attributes:
    """What lets DynamoDB remove the item after `ttl` (epoch ms), never before."""
    return {TTL: {"N": str(-(-ttl // 1000))}, TTL_MS: {"N": str(ttl)}}


def read_item(attributes: Mapping[str, Attribute]) -> Item:
    """The item again, with its numbers as int or float."""
    ttl, bucket = attributes.get(TTL_MS), attributes.get(DUE_BUCKET)
    return Item(
        key=read_key(attributes),
        body={
            _field(name): _value(found)
            for name, found in attributes.items()
            if name not in _OURS and name != TOUCHED
        },
        ttl=int(ttl["N"]) if ttl else None,
        mark=Mark(bucket["S"], int(attributes[DUE]["N"])) if bucket else None,
    )


def read_key(attributes: Mapping[str, Attribute]) -> Key:
    """The primary key of an item."""
    return Key(attributes[PK]["S"], attributes[SK]["S"])


def attribute_name(field: str) -> str:
    """The attribute of a body's field; `_field` reads it back."""
    escaped = field.translate(_ESCAPES)
    return f"~{escaped}" if escaped in _OURS else escaped


def attribute(value: JSON) -> Attribute:
    """A field's value with its type."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float() if _is_native(value):
            return {"N": repr(value)}
        case _:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
            return {"B": text.encode()}


def _is_native(number: int | float) -> bool:
    if isinstance(number, int):
        return len(str(abs(number))) <= _PRECISE
    return number == 0 or 1 / _MAGNITUDE < abs(number) < _MAGNITUDE


def _field(name: str) -> str:
    if name[:1] == "~" and name[1:] in _OURS:
        return name[1:]
    return name.replace("~2", "]").replace("~1", "[").replace("~0", "~")


def _value(found: Attribute) -> JSON:
    [(kind, value)] = found.items()
    match kind:
        case "N":
            return int(value) if value.lstrip("-").isdigit() else float(value)
        case "B":
            return from_json(value)
        case "NULL":
            return None
        case _:
            return value
