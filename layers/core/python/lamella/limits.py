"""What a commit may hold, and what an Update leaves behind: the same for every table engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

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


def check_commit(commit: Commit) -> list[str]:
    """Refuses what no engine could write; call it for all commits of a round before the first.

    Answers what each operation brings as JSON (nothing: ""), so that nobody encodes it again.

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
    bodies = [_brought(operation) for operation in commit]
    pairs = zip(commit, bodies, strict=True)
    total = sum(_checked(operation.key, body) for operation, body in pairs if body)
    if total > MAX_COMMIT_BYTES:
        raise TooLarge(f"a commit of {total} bytes: at most {MAX_COMMIT_BYTES} fit")
    return bodies


def check_item(item: Item) -> str:
    """The body of `item` as JSON, which an engine asks for what an Update leaves.

    Raises TooLarge if the item exceeds 400 KB.
    """
    body = encoded(item.body)
    _checked(item.key, body)
    return body


def size(key: Key, body: Mapping[str, Any]) -> int:
    """The bytes of an item: its body as JSON in UTF-8, and its key."""
    return _size(key, encoded(body))


def encoded(body: Mapping[str, Any]) -> str:
    """A body as compact JSON."""
    return to_json(body, inf_nan_mode="constants").decode()


def apply_update(update: Update, current: Item | None) -> Item:
    """The item that `update` leaves at its key, where `current` lies (None: nothing)."""
    item = current or Item(update.key, {})
    merged = {**update.missing, **item.body, **update.fields}
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


def _brought(operation: Operation) -> str:
    match operation:
        case Put(item):
            return encoded(item.body)
        case Update(fields=fields, missing=missing):
            return encoded({**missing, **fields} if missing else fields)
        case _:
            return ""


def _size(key: Key, body: str) -> int:
    return len(body.encode()) + len(key.pk.encode()) + len(key.sk.encode())


def _checked(key: Key, body: str) -> int:
    bytes_ = _size(key, body)
    if bytes_ > MAX_ITEM_BYTES:
        raise TooLarge(f"an item of {bytes_} bytes: at most {MAX_ITEM_BYTES} fit")
    return bytes_
