"""The specification of the stores, in memory: what every other engine is held to.

Small and obvious rather than fast, except that its `Faults` can make it as unkind as DynamoDB and
OpenSearch are on a bad day.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lamella import vectors
from lamella.conditions import holds
from lamella.engines.faults import Faults
from lamella.filters import matches
from lamella.limits import apply_update, check_commit, check_item
from lamella.models import Record
from lamella.ports import (
    Answer,
    Check,
    Commit,
    Delete,
    Found,
    Get,
    Item,
    Key,
    Listed,
    Listing,
    Marked,
    Operation,
    Page,
    Put,
    Query,
    Read,
    Refusal,
    Remove,
    Scan,
    Search,
    Statistics,
    Update,
    Upsert,
    Vector,
)
from lamella.values import dataclass


class ReferenceTable:
    """A Table in memory."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._items: dict[Key, Item] = {}
        self._before = self._items
        self._lock = threading.RLock()

    def read(self, reads: Sequence[Read]) -> list[Page]:
        """See `ports.Table`."""
        with self.faults.call("table"), self._lock:
            return [self._page(read) for read in reads]

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        """See `ports.Table`."""
        for commit in commits:
            check_commit(commit)
        return [self._commit(commit) for commit in commits]

    def tidy(self, now: int) -> int:
        """See `ports.Table`."""
        with self.faults.call("table"), self._lock:
            ended = [i.key for i in self._items.values() if i.ttl is not None and i.ttl <= now]
            for key in ended:
                del self._items[key]
            return len(ended)

    def scrub(self) -> None:
        """Nothing deleted leaves traces in memory."""

    def close(self) -> None:
        """Nothing to let go of."""

    def _page(self, read: Read) -> Page:
        match read:
            case Get(key):
                return _page([self._items[key]] if key in self._items else [], limit=1)
            case Query():
                return _page(_queried(read, self._items.values()), read.limit)
            case Marked():
                seen = self._before if self.faults.stale_marks else self._items
                return _page(_marked(read, seen.values()), read.limit)
            case Scan():
                return _page(_scanned(read, self._items.values()), read.limit)

    def _commit(self, commit: Commit) -> Refusal | None:
        with self.faults.call("table"), self._lock:
            for number, operation in enumerate(commit):
                current = self._items.get(operation.key)
                if operation.only_if is not None and not holds(operation.only_if, current):
                    return Refusal(number, current and _copied(current))
            after = {op.key: self._after(op) for op in commit}
            self._before = dict(self._items) if self.faults.stale_marks else self._items
            for key, item in after.items():
                if item is None:
                    self._items.pop(key, None)
                else:
                    self._items[key] = item
            return None

    def _after(self, operation: Operation) -> Item | None:
        current = self._items.get(operation.key)
        match operation:
            case Put(item):
                return _copied(item)
            case Update():
                updated = _copied(apply_update(operation, current))
                check_item(updated)
                return updated
            case Delete():
                return None
            case Check():
                return current


def _page(items: Iterable[Item], limit: int) -> Page:
    found = list(items)
    return Page(tuple(_copied(item) for item in found[:limit]), more=len(found) > limit)


def _queried(query: Query, items: Iterable[Item]) -> list[Item]:
    found = sorted(
        (i for i in items if i.key.pk == query.pk and i.key.sk.startswith(query.prefix)),
        key=lambda item: item.key.sk,
        reverse=query.newest_first,
    )
    if query.after is None:
        return found
    if query.newest_first:
        return [item for item in found if item.key.sk < query.after]
    return [item for item in found if item.key.sk > query.after]


def _scanned(scan: Scan, items: Iterable[Item]) -> list[Item]:
    found = [
        (item.key.pk, item.key.sk, item) for item in items if item.key.sk.startswith(scan.prefix)
    ]
    ordered = sorted(found, key=lambda entry: entry[:2])
    if scan.after is None:
        return [item for *_, item in ordered]
    last = (scan.after.pk, scan.after.sk)
    return [item for pk, sk, item in ordered if (pk, sk) > last]


def _marked(marked: Marked, items: Iterable[Item]) -> list[Item]:
    found = [
        (item.mark.at, item.key.pk, item.key.sk, item)
        for item in items
        if item.mark is not None
        and item.mark.bucket == marked.bucket
        and marked.since <= item.mark.at <= marked.until
    ]
    return [item for *_, item in sorted(found, key=lambda entry: entry[:3])]


def _copied(item: Item) -> Item:
    return replace(item, body=json.loads(json.dumps(item.body)))


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the index knows of one id; without a record, that it was removed at `version`."""

    version: int
    record: Record | None = None


class ReferenceIndex:
    """An Index in memory: exact, with statistics of the searched owners alone."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self._entries: dict[tuple[str, str, str], _Entry] = {}
        self._seen = self._entries
        self._lock = threading.RLock()

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        """See `ports.Index`. Refuses nothing."""
        with self.faults.call("index"), self._lock:
            if self.faults.index_paused and self._seen is self._entries:
                self._seen = dict(self._entries)
            for change in changes:
                place, entry = _entry(change)
                known = self._entries.get(place)
                if known is None or entry.version > known.version:
                    self._entries[place] = entry
            return [None] * len(changes)

    def search(self, query: Search) -> Answer:
        """See `ports.Index`."""
        records = self._records(query.org, query.owners)
        candidates = [
            record
            for record in records
            if not record.expired(query.now)
            and (query.superseded or record.valid_to is None)
            and matches(query.where, record)
        ]
        chosen = {record.id: record for record in _nearest(query, candidates)}
        chosen |= {record.id: record for record in _by_words(query, candidates)}
        return Answer(
            tuple(
                Found(replace(record, embedding=None), _cosine(query.vector, record))
                for record in chosen.values()
            ),
            _statistics(query, records),
        )

    def list(self, listing: Listing) -> Listed:
        """See `ports.Index`."""
        matching = [
            replace(record, embedding=None)
            for record in self._records(listing.org, listing.owners)
            if (listing.expired or not record.expired(listing.now))
            and (listing.superseded or record.valid_to is None)
            and matches(listing.where, record)
        ]
        newest = sorted(matching, key=lambda record: record.id, reverse=True)
        rest = [r for r in newest if listing.after is None or r.id < listing.after]
        return Listed(tuple(rest[: listing.limit]), len(matching))

    def close(self) -> None:
        """Nothing to let go of."""

    def _records(self, org: str, owners: tuple[str, ...] | None) -> Sequence[Record]:
        with self.faults.call("index"), self._lock:
            if not self.faults.index_paused:
                self._seen = self._entries
            return [
                entry.record
                for (of, owner, _), entry in self._seen.items()
                if entry.record is not None and of == org and (owners is None or owner in owners)
            ]


def _entry(change: Upsert | Remove) -> tuple[tuple[str, str, str], _Entry]:
    match change:
        case Upsert(org, record):
            return (org, record.owner, record.id), _Entry(record.version, record)
        case Remove(org, owner, id, version):
            return (org, owner, id), _Entry(version)


def _cosine(vector: Vector | None, record: Record) -> float | None:
    if vector is None or record.embedding is None:
        return None
    return vectors.cosine(vector, vectors.unpack(record.embedding))


def _nearest(query: Search, candidates: Sequence[Record]) -> list[Record]:
    scored = [
        (near, record.id, record)
        for record in candidates
        if (near := _cosine(query.vector, record)) is not None
    ]
    return _best(scored, query.limit)


def _by_words(query: Search, candidates: Sequence[Record]) -> list[Record]:
    wanted = set(query.words)
    scored = [
        (float(held), record.id, record)
        for record in candidates
        if (held := len(wanted.intersection(record.words)))
    ]
    return _best(scored, query.limit)


def _best(scored: list[tuple[float, str, Record]], limit: int) -> list[Record]:
    ordered = sorted(scored, key=lambda entry: entry[:2], reverse=True)
    return [record for *_, record in ordered[:limit]]


def _statistics(query: Search, records: Sequence[Record]) -> Statistics:
    current = [record for record in records if record.current(query.now)]
    holding = Counter(word for record in current for word in set(record.words))
    return Statistics(
        documents=len(current),
        words=sum(len(record.words) for record in current),
        frequency={word: holding[word] for word in query.words if word in holding},
    )
