"""Stores that fail as `lamella.engines.faults` tells them to, whatever engine they stand on."""

from __future__ import annotations

from collections.abc import Sequence

from lamella.engines.faults import Faults
from lamella.ports import (
    Answer,
    Commit,
    Index,
    Listed,
    Listing,
    Marked,
    Page,
    Read,
    Refusal,
    Remove,
    Search,
    Table,
    Upsert,
)


class FaultyTable:
    """A Table whose commits stand or fall one by one, and whose sparse index may be stale."""

    def __init__(self, table: Table, faults: Faults) -> None:
        self._table = table
        self._faults = faults
        self._seen: dict[str, Page] = {}

    def read(self, reads: Sequence[Read]) -> list[Page]:
        with self._faults.call("table"):
            pages = self._table.read(reads)
            return [self._perhaps_stale(*one) for one in zip(reads, pages, strict=True)]

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        return [self._write(commit) for commit in commits]

    def _write(self, commit: Commit) -> Refusal | None:
        with self._faults.call("table"):
            return self._table.write([commit])[0]

    def _perhaps_stale(self, read: Read, page: Page) -> Page:
        """What the sparse index answered when it was last up to date, if it isn't now."""
        if not isinstance(read, Marked):
            return page
        if self._faults.stale_marks:
            return self._seen.get(read.bucket, Page())
        self._seen[read.bucket] = page
        return page

    def tidy(self, now: int) -> int:
        return self._table.tidy(now)

    def scrub(self) -> None:
        self._table.scrub()

    def close(self) -> None:
        self._table.close()


class FaultyIndex:
    """An Index that, while paused, accepts changes and shows none of them."""

    def __init__(self, index: Index, faults: Faults) -> None:
        self._index = index
        self._faults = faults
        self._accepted: list[Upsert | Remove] = []

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        with self._faults.call("index"):
            if self._faults.index_paused:
                self._accepted += changes
                return [None] * len(changes)
            self._catch_up()
            return self._index.apply(changes)

    def search(self, query: Search) -> Answer:
        with self._faults.call("index"):
            self._catch_up()
            return self._index.search(query)

    def list(self, listing: Listing) -> Listed:
        with self._faults.call("index"):
            self._catch_up()
            return self._index.list(listing)

    def _catch_up(self) -> None:
        if self._accepted and not self._faults.index_paused:
            accepted, self._accepted = self._accepted, []
            self._index.apply(accepted)

    def close(self) -> None:
        self._index.close()
