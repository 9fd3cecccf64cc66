"""The whole journey: rows out of a source, in batches into a memory, outcomes into the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any

from lamella.client import Memory
from lamella.client.wire import Json
from lamella.mem0.journal import Journal
from lamella.mem0.rows import changes_of, memory_of
from lamella.mem0.sources import Source
from lamella.requests.imports import MAX_IMPORTED

MAX_BYTES = 2_000_000
"""Of a batch as JSON, well below what a body may hold."""

UNSTORABLE = "it holds a character that can't be stored"

Keyed = tuple[str, Json]


def move(
    source: Source,
    memory: Memory,
    journal: Journal,
    user: str | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Move every row the journal doesn't know yet; `advance` hears how many have been seen to.

    A memory that the target already has is not moved twice, with a journal or without. Raises
    LamellaError; what was moved until then is in the journal.
    """
    for batch in _batches(_arriving(source, journal, user, advance)):
        results = memory.take_over([told for _, told in batch])["results"]
        journal.note((key, result) for (key, _), result in zip(batch, results, strict=True))
        advance(len(batch))


def _arriving(
    source: Source, journal: Journal, user: str | None, advance: Callable[[int], None]
) -> Iterator[Keyed]:
    for place, row in zip(count(1), source.rows(), strict=False):
        told = memory_of(row, user) if isinstance(row, Mapping) else {}
        key = _key(told, place)
        if journal.settled(key):
            advance(1)
            continue
        if told and "history" not in told:
            entries = source.history(row)
            told |= {"history": changes_of(entries)} if entries else {}
        if _size(told) is None:
            journal.note([(key, {"event": "NONE", "reason": "invalid", "detail": UNSTORABLE})])
            advance(1)
            continue
        yield key, told


def _batches(arriving: Iterator[Keyed]) -> Iterator[list[Keyed]]:
    batch: list[Keyed] = []
    size = 0
    for key, told in arriving:
        bytes_ = _size(told) or 0
        if batch and (len(batch) == MAX_IMPORTED or size + bytes_ > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((key, told))
        size += bytes_
    if batch:
        yield batch


def _size(told: Json) -> int | None:
    """Its bytes as JSON; None for half of a surrogate pair, which no store can hold."""
    try:
        return len(json.dumps(told, ensure_ascii=False).encode())
    except UnicodeEncodeError:
        return None


def _key(told: Mapping[str, Any], place: int) -> str:
    """Its id; where it has none that could be one, its place."""
    id = told.get("id")
    return id if isinstance(id, str) and id else f"#{place}"
