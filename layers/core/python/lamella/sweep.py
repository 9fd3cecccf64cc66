"""The sweep: nudges for what nobody finished in time, ends idle sessions, removes what expired."""

from __future__ import annotations

from collections.abc import Sequence

from lamella import keys
from lamella.changes import expire
from lamella.clock import SECOND, Clock
from lamella.closing import idle_ending
from lamella.ids import Ids
from lamella.models import Record
from lamella.ports import Bus, Commit, Item, Marked, Nudge, Table
from lamella.setbacks import moved_on
from lamella.tallies import tally

PAGE = 100
"""Overdue items that are read of each bucket in one sweep."""


class Sweep:
    """What keeps a lost nudge from losing anything else."""

    def __init__(self, table: Table, bus: Bus, overdue: int, clock: Clock, ids: Ids) -> None:
        self._table = table
        self._bus = bus
        self._overdue = overdue
        self._clock = clock
        self._ids = ids

    def run(self, overdue: int | None = None) -> int:
        """Nudge for every owner with overdue work; answers how many items that was.

        Takes what should have been done `overdue` ms ago (else as long ago as it was made for), and
        moves it on as it sends, so that the next sweep passes it over.
        """
        now = self._clock()
        until = now - (self._overdue if overdue is None else overdue)
        reads = [Marked(bucket, until, limit=PAGE) for bucket in keys.due_buckets()]
        found = [item for page in self._table.read(reads) for item in page.items]
        tally("OldestInFlightAge", number=_oldest_age(found, now))
        nudges: dict[Nudge, None] = {}
        for item in found:
            if self._table.write([self._swept(item, now)]) == [None]:
                nudges[Nudge(*keys.owner_of(item.key))] = None
        self._bus.publish(list(nudges))
        return len(found)

    def _swept(self, item: Item, now: int) -> Commit:
        org, _ = keys.owner_of(item.key)
        if item.key.sk.startswith(keys.MEMORIES):
            return expire(org, Record.from_body(item.body), self._ids(), now)
        if item.key.sk == keys.META:
            return idle_ending(item, self._ids(), now)
        return moved_on(item, now)


def _oldest_age(overdue: Sequence[Item], now: int) -> int:
    """Seconds since the oldest unfinished work among them was captured; 0 without any."""
    captured = [item.body["captured_at"] for item in overdue if _in_flight(item)]
    return max(0, now - min(captured, default=now)) // SECOND


def _in_flight(item: Item) -> bool:
    return item.key.sk.startswith(keys.IN_FLIGHT)
