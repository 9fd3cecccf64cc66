"""What a commit may hold, and what an Update leaves behind: the same for every table engine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lamella.errors import Invalid, TooLarge
from lamella.ports import (
    MAX_COMMIT_BYTES,
    MAX_ITEM_BYTES,
    MAX_OPERATIONS,
    Commit,
    Item,
    Key,
    Operation,
    Put,
    Update,
)

MAX_PK_BYTES = 2_048
MAX_SK_BYTES = 1_024

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def check_commit(commit: Commit) -> None:
    """Refuses what no engine could write; call it for all commits of a round before the first.

    Raises Invalid for no operation, two on one key, or an empty key; TooLarge for more than 100
    operations, an item above 400 KB, a commit above 4 MB, or a key longer than DynamoDB's.
    """
    if not commit:
        raise Invalid("a commit needs at least one operation")
    if len(commit) > MAX_OPERATIONS:
        raise TooLarge(f"{len(commit)} operations in one commit: at most {MAX_OPERATIONS} fit")
    keys = {operation.key for operation in commit}
    if len(keys) < len(commit):
        raise Invalid("two operations of one commit are on the same key")
    for key in keys:
        _check_key(key)
    total = sum(_checked_size(operation) for operation in commit)
    if total > MAX_COMMIT_BYTES:
        raise TooLarge(f"a commit of {total} bytes: at most {MAX_COMMIT_BYTES} fit")


def check_item(item: Item) -> None:
    """Raises TooLarge if `item` exceeds 400 KB; an engine asks it of what an Update leaves too."""
    _checked(item.key, item.body)


def size(key: Key, body: Mapping[str, Any]) -> int:
    """The bytes of an item: its body as JSON in UTF-8, and its key."""
    return len(encoded(body).encode()) + len(key.pk.encode()) + len(key.sk.encode())


def encoded(body: Mapping[str, Any]) -> str:
    """A body as compact JSON."""
    return _ENCODER.encode(body)


def apply_update(update: Update, current: Item | None) -> Item:
    """The item that `update` leaves at its key, where `current` lies (None: nothing)."""
    item = current or Item(update.key, {})
    merged = {**item.body, **update.fields}
    return Item(
        key=update.key,
        body={name: value for name, value in merged.items() if value is not None},
        ttl=item.ttl if update.ttl == "keep" else update.ttl,
        mark=item.mark if update.mark == "keep" else update.mark,
    )


def _check_key(key: Key) -> None:
    if not key.pk or not key.sk:
        raise Invalid("an operation has an empty key")
    if len(key.pk.encode()) > MAX_PK_BYTES or len(key.sk.encode()) > MAX_SK_BYTES:
        raise TooLarge("the ids of this call are too long together for one key: use shorter ones")


def _checked_size(operation: Operation) -> int:
    match operation:
        case Put(item):
            return _checked(item.key, item.body)
        case Update(key, fields):
            return _checked(key, fields)
        case _:
            return 0


def _checked(key: Key, body: Mapping[str, Any]) -> int:
    bytes_ = size(key, body)
    if bytes_ > MAX_ITEM_BYTES:
        raise TooLarge(f"an item of {bytes_} bytes: at most {MAX_ITEM_BYTES} fit")
    return bytes_
