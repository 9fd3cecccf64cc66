"""Which memory of a slot is current, and since when: the newest truth wins, history stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lamella import changes, guards
from lamella.ids import Ids
from lamella.models import Record
from lamella.ports import Get, Item, Operation, Put, Table
from lamella.scopes import Layer
from lamella.slots import Head, Said, order, slot_key, taken


class Succession:
    """Finds a record's place in the line of its slot, and whom it contradicts."""

    def __init__(self, table: Table, ids: Ids) -> None:
        self._table = table
        self._ids = ids

    def placed(
        self, org: str, record: Record, item: Item | None, cutoff: int, now: int
    ) -> tuple[Record, list[Operation]]:
        """The record as its slot leaves it, and what becomes of the slot and its rivals.

        `item` is the slot's head as it lies in the table. What was captured until `cutoff` is
        forgotten.
        """
        key, head = slot_key(org, record), Head.of(item)
        if key is None:
            return record, []
        rival = self._standing(org, record, head, now)
        if head is None or rival is None:
            return record, [taken(head, record).put(key, head)]
        if _last_said(rival, head) < order(record):
            given_way = self._supersede(org, rival, record, now)
            return record, [taken(head, record).put(key, head), *given_way]
        line = self._line(org, record, head, cutoff)
        joins = head.with_said(rival).with_said(record).put(key, head)
        later = [old for old in line if order(old) > order(record)]
        after = min(later, key=order, default=replace(rival, said_at=head.affirmed_at))
        ended = replace(record, valid_to=after.said_at, superseded_by=after.id)
        return ended, [joins, *self._cut_short(org, ended, line, now)]

    def _standing(self, org: str, record: Record, head: Head | None, now: int) -> Record | None:
        """The memory that fills the slot now, if it still stands."""
        if head is None:
            return None
        session = record.session_id if record.layer == Layer.SESSION else None
        return guards.standing(self._table, org, record.owner, head.id, session, now)

    def _line(self, org: str, record: Record, head: Head, cutoff: int) -> Sequence[Record]:
        """The slot's memories that are still stored, current or not."""
        places = [changes.record_key(org, replace(record, id=said.id)) for said in head.line]
        found = (page.first for page in self._table.read([Get(place) for place in places]))
        line = [Record.from_body(item.body) for item in found if item]
        return [old for old in line if old.captured_at > cutoff]

    def _cut_short(
        self, org: str, record: Record, line: Sequence[Record], now: int
    ) -> list[Operation]:
        """Whoever filled the slot when `record` was said gave way to it, not to a later one."""
        earlier = [old for old in line if order(old) < order(record)]
        before = max(earlier, key=order, default=None)
        if before is None or before.valid_to is None or before.valid_to <= record.said_at:
            return []
        return self._supersede(org, before, record, now)

    def _supersede(self, org: str, old: Record, new: Record, now: int) -> list[Operation]:
        return changes.supersede(org, old, new.id, new.said_at, self._ids(), now)


def said_again(org: str, record: Record, holder: Record, item: Item | None) -> Put | None:
    """That what fills the slot was said once more, later; None if that tells nothing new."""
    key, head = slot_key(org, record), Head.of(item)
    if key is None or head is None or head.id != holder.id:
        return None
    if _last_said(holder, head) >= order(record):
        return None
    return head.with_said(holder).affirmed(record.said_at).put(key, head)


def _last_said(rival: Record, head: Head) -> Said:
    return order(rival)._replace(said_at=max(rival.said_at, head.affirmed_at))
