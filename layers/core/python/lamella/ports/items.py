"""Items of the table, where they lie, and how large they may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.values import dataclass

JSON = Any
MAX_OPERATIONS = 100
MAX_COMMIT_BYTES = 4_000_000
MAX_ITEM_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Key:
    """Where an item lies: its partition and its place in that partition's order."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry in the table's one sparse index: `bucket`, ordered by `at` (epoch ms)."""

    bucket: str
    at: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `body` is plain JSON; after `ttl` (epoch ms) the store may remove it physically."""

    key: Key
    body: Mapping[str, JSON]
    ttl: int | None = None
    mark: Mark | None = None
