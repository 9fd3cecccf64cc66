"""Doors in front of the stores, which a story closes to hold promotion at one of its stages."""

from __future__ import annotations

from collections.abc import Sequence

from lamella.errors import Unavailable
from lamella.ports import (
    Answer,
    Commit,
    Index,
    Listed,
    Listing,
    Page,
    Read,
    Refusal,
    Remove,
    Search,
    Table,
    Upsert,
)


class GatedTable:
    """A table that can't be written to where a sort key begins with one of `closed_to`."""

    def __init__(self, behind: Table) -> None:
        self.behind = behind
        self.closed_to: tuple[str, ...] = ()

    def read(self, reads: Sequence[Read]) -> list[Page]:
        return self.behind.read(reads)

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        if any(op.key.sk.startswith(self.closed_to) for commit in commits for op in commit):
            raise Unavailable("the table can't be reached")
        return self.behind.write(commits)

    def tidy(self, now: int) -> int:
        return self.behind.tidy(now)

    def scrub(self) -> None:
        self.behind.scrub()

    def close(self) -> None:
        self.behind.close()


class GatedIndex:
    """An index that is away, or that accepts changes and shows them only when it is refreshed."""

    def __init__(self, behind: Index) -> None:
        self.behind = behind
        self.away = False
        self.lagging = False
        self._unseen: list[Upsert | Remove] = []

    def refresh(self) -> None:
        self.lagging = False
        self.behind.apply(self._unseen)
        self._unseen = []

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        self._reachable()
        if self.lagging:
            self._unseen += changes
            return [None] * len(changes)
        return self.behind.apply(changes)

    def search(self, query: Search) -> Answer:
        self._reachable()
        return self.behind.search(query)

    def list(self, listing: Listing) -> Listed:
        self._reachable()
        return self.behind.list(listing)

    def close(self) -> None:
        self.behind.close()

    def _reachable(self) -> None:
        if self.away:
            raise Unavailable("the index can't be reached")
