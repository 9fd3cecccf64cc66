"""Projection: bring the index up to what the records say now, never to what an item remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lamella import changes
from lamella.clock import SECOND, Clock
from lamella.embedding import embedded, kept
from lamella.errors import LamellaError
from lamella.inflight import InFlight
from lamella.models import Record
from lamella.ports import (
    Commit,
    Embedder,
    Get,
    Index,
    Is,
    Remove,
    Table,
    Update,
    Upsert,
)
from lamella.scopes import Layer
from lamella.tallies import tally
from lamella.values import dataclass

BATCH = 256

REST = 30 * SECOND
"""How long an index that was away is spared: its outbox is what waits for it meanwhile."""


@dataclass(frozen=True, slots=True)
class Present:
    """An outbox entry, and the record's state as it is now (None: it's gone)."""

    item: InFlight
    record: Record | None


class Projection:
    """Finishes in-flight items that carry a memory: writes the index, marks them done.

    A memory is placed with its vector; one that lacks it, or has another model's, gets it here.
    """

    def __init__(
        self, table: Table, index: Index, embedder: Embedder, grace: int, clock: Clock
    ) -> None:
        self._table = table
        self._index = index
        self._embedder = embedder
        self._grace = grace
        self._clock = clock
        self._away_until = 0

    def show(self, org: str, placed: Sequence[Record]) -> list[Record]:
        """Bring memories just written into the index; answers those that are still to be.

        They are sent as written: whoever changed one since sends a higher version. Those without
        a vector of this model are left, and all of them for a while after the index was away.
        """
        ready = [record for record in placed if record.model == self._embedder.model]
        refused = self._refused([Upsert(org, record) for record in ready])
        shown = {record.id for record, no in zip(ready, refused, strict=True) if not no}
        return [record for record in placed if record.id not in shown]

    def present(self, org: str, places: Sequence[Record]) -> list[Record]:
        """What now lies where `places` were planned to; what is gone is left out."""
        pages = self._table.read([Get(changes.record_key(org, place)) for place in places])
        return [Record.from_body(page.first.body) for page in pages if page.first]

    def _refused(self, upserts: Sequence[Upsert]) -> list[bool]:
        now = self._clock()
        if not upserts or now < self._away_until:
            return [True] * len(upserts)
        try:
            return [reason is not None for reason in self._index.apply(upserts)]
        except LamellaError:
            self._away_until = now + REST
            return [True] * len(upserts)

    def project(self, org: str, items: Sequence[InFlight]) -> None:
        """Project `items`, all of one owner, in batches.

        Raises Unavailable where the embedder or the index is away; what was done stays done.
        """
        for start in range(0, len(items), BATCH):
            self._batch(org, self._present(org, items[start : start + BATCH]))

    def _present(self, org: str, items: Sequence[InFlight]) -> list[Present]:
        pages = self._table.read([Get(changes.record_key(org, item.record)) for item in items])
        return [
            Present(item, Record.from_body(page.first.body) if page.first else None)
            for item, page in zip(items, pages, strict=True)
        ]

    def _batch(self, org: str, found: Sequence[Present]) -> None:
        there = [entry.record for entry in found if entry.record]
        made = {record.id: record for record in embedded(self._embedder, there)}
        ready = [
            replace(entry, record=made[entry.record.id]) if entry.record else entry
            for entry in found
        ]
        lasting = [entry for entry in ready if entry.item.record.layer != Layer.SESSION]
        refusals = self._index.apply([_change(org, entry) for entry in lasting]) if lasting else []
        refused = {
            entry.item.id: reason
            for entry, reason in zip(lasting, refusals, strict=True)
            if reason is not None
        }
        self._table.write(
            [
                *(self._finish(entry, refused.get(entry.item.id)) for entry in ready),
                *self._keep_embeddings(org, found, made),
            ]
        )

    def _finish(self, entry: Present, refusal: str | None) -> Commit:
        if refusal is not None:
            tally("ParkedItems")
            return (entry.item.park("IndexRefused", self._clock()),)
        known = entry.item.record.model
        made = entry.record if entry.record and entry.record.model != known else None
        return (entry.item.finish(self._clock(), self._grace, embedded=made),)

    def _keep_embeddings(
        self, org: str, found: Sequence[Present], made: dict[str, Record]
    ) -> list[Commit]:
        """Store what was embedded just now, so that a rebuild needs no model."""
        fresh = {
            entry.record.id: made[entry.record.id]
            for entry in found
            if entry.record and entry.record.model != self._embedder.model
        }
        return [
            (
                Update(
                    changes.record_key(org, record),
                    kept(record),
                    Is("version", record.version),
                ),
            )
            for record in fresh.values()
        ]


def _change(org: str, entry: Present) -> Upsert | Remove:
    if entry.record is not None:
        return Upsert(org, entry.record)
    gone = entry.item.record
    version = changes.next_version(gone.version, entry.item.captured_at)
    return Remove(org, gone.owner, gone.id, version)
