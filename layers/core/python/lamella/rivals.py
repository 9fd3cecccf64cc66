"""Rivals: what a statement puts an end to although neither a slot nor a topic connects them.

"I don't need glasses any more, I had the surgery" says nothing that a table could list; but of all
that is known, "I wear glasses" lies nearest to it. At most one memory gives way: the clearest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from operator import itemgetter
from typing import NamedTuple

from lamella import changes
from lamella.clock import DAY
from lamella.errors import Throttled, Unavailable
from lamella.ids import Ids
from lamella.models import Record
from lamella.ports import Get, Index, Judge, Operation, Search, Table
from lamella.scopes import Kind, Layer
from lamella.slots import order
from lamella.vectors import cosine, unpack

NEAREST = 8
"""Memories that are looked at: whom a change is about is seldom farther."""

SIDE_BY_SIDE = 8
"""Searches that are sent at a time."""

LATE = DAY
"""What was said this long before it was captured may be outdated when it arrives."""


class Rival(NamedTuple):
    """A memory near a statement, and the cosine between them."""

    record: Record
    likeness: float


class Rivals:
    """Finds the one memory that a statement outdates, or that has outdated it meanwhile."""

    def __init__(self, table: Table, index: Index, judge: Judge, model: str, ids: Ids) -> None:
        self._table = table
        self._index = index
        self._judge = judge
        self._model = model
        self._ids = ids

    def wait_for(self, record: Record, others: Sequence[Record]) -> bool:
        """Whether it may put an end to one of `others`, so that they must be placed before it."""
        return self._asks(record) and any(
            _comparable(record, other) and self._judge.outdates(record.text, other.text, 1.0) > 0
            for other in others
        )

    def near(
        self, org: str, records: Sequence[Record], fresh: Sequence[Record], now: int
    ) -> Mapping[str, Sequence[Rival]]:
        """By id, what is known that each of `records` may compete with; nothing for most.

        `fresh` were placed a moment ago, before the index has them. While the index is away
        nothing is found, and what a statement outdates stays beside it.
        """
        sought = [
            record
            for record in records
            if record.model == self._model and (self._asks(record) or _late(record))
        ]
        if not sought:
            return {}
        with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="lamella-rivals") as pool:
            indexed = pool.map(lambda record: self._indexed(org, record, now), sought)
        return {
            record.id: [*found, *_among(fresh, record)]
            for record, found in zip(sought, indexed, strict=True)
        }

    def placed(
        self, org: str, record: Record, near: Sequence[Rival], now: int
    ) -> tuple[Record, list[Operation]]:
        """The record as those said after it leave it, and what becomes of the one it outdates."""
        comparable = [rival for rival in near if _comparable(record, rival.record)]
        after = [
            rival.record
            for rival in comparable
            if order(rival.record) > order(record)
            and self._clearness(rival.record, record, rival) > 0
        ]
        if after:
            first = min(after, key=order)
            return replace(record, valid_to=first.said_at, superseded_by=first.id), []
        before = [
            (self._clearness(record, rival.record, rival), rival.record)
            for rival in comparable
            if order(rival.record) < order(record)
        ]
        clearness, clearest = max(before, key=itemgetter(0), default=(0.0, record))
        return record, self._supersede(org, clearest, record, now) if clearness > 0 else []

    def _asks(self, record: Record) -> bool:
        return _states(record) and self._judge.asks(record.text)

    def _indexed(self, org: str, record: Record, now: int) -> list[Rival]:
        assert record.embedding is not None
        vector = unpack(record.embedding)
        wanted = Search(org, (record.owner,), (), vector, now, limit=NEAREST)
        try:
            found = self._index.search(wanted).found
        except (Unavailable, Throttled):
            return []
        return [Rival(one.record, one.cosine) for one in found if one.cosine is not None]

    def _clearness(self, newer: Record, older: Record, rival: Rival) -> float:
        return self._judge.outdates(newer.text, older.text, rival.likeness)

    def _supersede(self, org: str, place: Record, by: Record, now: int) -> list[Operation]:
        """`place` is only what the index knew of it."""
        [page] = self._table.read([Get(changes.record_key(org, place))])
        old = Record.from_body(page.first.body) if page.first else None
        if old is None or old.text != place.text or not old.current(now):
            return []
        return changes.supersede(org, old, by.id, by.said_at, self._ids(), now)


def _among(fresh: Sequence[Record], record: Record) -> list[Rival]:
    assert record.embedding is not None
    vector = unpack(record.embedding)
    return [
        Rival(other, cosine(unpack(other.embedding), vector))
        for other in fresh
        if other.embedding is not None and other.model == record.model
    ]


def _late(record: Record) -> bool:
    return _states(record) and record.captured_at - record.said_at > LATE


def _states(record: Record) -> bool:
    return record.layer == Layer.USER and record.kind != Kind.EPISODIC


def _comparable(record: Record, other: Record) -> bool:
    return record.id != other.id and _states(other) and record.speaker == other.speaker
