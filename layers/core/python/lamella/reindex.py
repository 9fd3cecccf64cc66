"""Reindex: make the search index anew from the table, while it goes on answering.

The next version is filled beside the current one from every memory in the table, and meanwhile all
writes go to both. What others wrote into it is then held against the table once more (their model
may be the old one, their news stale), before it answers, and after: no search fails on the way and
no write is lost. A run that was killed goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lamella import changes, keys
from lamella.clock import Clock
from lamella.embedding import embedded, kept
from lamella.models import Record
from lamella.ports import (
    JSON,
    Embedder,
    Get,
    Is,
    Item,
    Key,
    NextIndex,
    Remove,
    Scan,
    Table,
    Update,
    Upsert,
)
from lamella.values import dataclass

BATCH = 200

Told = Callable[[int, int], None]
"""Is told how many memories are done, and of about how many."""


@dataclass(frozen=True, slots=True)
class Reindexed:
    """How many memories were written, and the ids of those that the index refused."""

    memories: int
    refused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far a rebuild has come, as it is noted with the new version."""

    memories: int = 0
    refused: tuple[str, ...] = ()
    after: Key | None = None
    filled: bool = False

    @classmethod
    def read(cls, noted: Mapping[str, JSON]) -> _Reached:
        after = noted.get("after")
        return cls(
            noted.get("memories", 0),
            tuple(noted.get("refused", ())),
            Key(*after) if after else None,
            noted.get("filled", False),
        )

    def noted(self) -> dict[str, JSON]:
        after = [self.after.pk, self.after.sk] if self.after else None
        return {
            "memories": self.memories,
            "refused": list(self.refused),
            "after": after,
            "filled": self.filled,
        }


class Reindex:
    """Rebuilds an index with the vectors of `embedder`, whatever the old one's were."""

    def __init__(
        self, table: Table, next_index: NextIndex, embedder: Embedder, clock: Clock
    ) -> None:
        self._table = table
        self._next = next_index
        self._embedder = embedder
        self._clock = clock

    def run(self, told: Told = lambda done, total: None) -> Reindexed:
        """Rebuild, or go on with what an earlier run left.

        Raises Unavailable or Throttled where a store or the model is away: run it again.
        """
        reached = self._fill(_Reached.read(self._next.begin()), told)
        self._settle()
        self._next.switch()
        self._settle()
        self._next.finish()
        return Reindexed(reached.memories, reached.refused)

    def _fill(self, reached: _Reached, told: Told) -> _Reached:
        total = self._next.count()
        while not reached.filled:
            [page] = self._table.read([Scan(keys.MEMORIES, reached.after, BATCH)])
            refused = self._write([_upsert(item) for item in page.items])
            reached = _Reached(
                reached.memories + len(page.items),
                reached.refused + refused,
                page.items[-1].key if page.items else reached.after,
                filled=not page.more,
            )
            self._next.note(reached.noted())
            told(reached.memories, max(total, reached.memories))
        return reached

    def _write(self, found: Sequence[Upsert]) -> tuple[str, ...]:
        now = self._clock()
        lasting = self._embedded([one for one in found if not one.record.expired(now)])
        reasons = self._next.fill(lasting) if lasting else []
        return tuple(one.record.id for one, reason in zip(lasting, reasons, strict=True) if reason)

    def _settle(self) -> None:
        """Hold what others wrote against the table, until there is nothing new."""
        before: list[Remove] = []
        while (found := self._next.unsettled(BATCH)) and found != before:
            self._next.settle(self._as_the_table_says(found))
            before = found

    def _as_the_table_says(self, found: Sequence[Remove]) -> list[Upsert | Remove]:
        pages = self._table.read([Get(keys.memory(one.org, one.owner, one.id)) for one in found])
        there = [_upsert(page.first) for page in pages if page.first]
        gone = [one for one, page in zip(found, pages, strict=True) if not page.first]
        return [*self._embedded(there), *gone]

    def _embedded(self, found: Sequence[Upsert]) -> list[Upsert]:
        """With vectors of this model, which the table keeps from now on, too."""
        records = embedded(self._embedder, [one.record for one in found])
        made = [replace(one, record=record) for one, record in zip(found, records, strict=True)]
        fresh = [
            one for one, before in zip(made, found, strict=True) if one.record is not before.record
        ]
        self._table.write([(_kept(one),) for one in fresh])
        return made


def _upsert(item: Item) -> Upsert:
    org, _ = keys.owner_of(item.key)
    return Upsert(org, Record.from_body(item.body))


def _kept(upsert: Upsert) -> Update:
    record = upsert.record
    return Update(
        changes.record_key(upsert.org, record),
        kept(record),
        Is("version", record.version),
    )
