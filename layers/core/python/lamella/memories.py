"""Finding one memory by its id, and all memories of a scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from heapq import merge
from typing import Any

from lamella import changes, keys
from lamella.errors import NotFound
from lamella.filters import Filter, matches
from lamella.models import Record
from lamella.ports import Get, Index, Item, Listing, Query, Read, Table
from lamella.scopes import ORG_OWNER, Layer
from lamella.sessions import Session
from lamella.values import dataclass

PAGE = 500


@dataclass(frozen=True, slots=True)
class Held:
    """A memory as it is stored and as it is `shown`: a note ends with its session at the latest.

    `guards` tells whether its content guard is its own.
    """

    record: Record
    shown: Record
    guards: bool


class Memories:
    """Reads memories from the table, the truth: consistent, and blind to what is forgotten."""

    def __init__(self, table: Table, index: Index) -> None:
        self._table = table
        self._index = index

    def find(self, org: str, id: str, now: int, ended: bool = False) -> Held:
        """The memory `id`. Raises NotFound if it never was, is deleted, expired or forgotten.

        With `ended` a memory whose time is over is found too, as long as it is stored.
        """
        locator = self.locate(org, id)
        owner, session = locator.body["owner"], locator.body.get("session_id") or ""
        found, *controls = self._first(
            Get(changes.located(org, locator)), *_controls(org, owner, session)
        )
        if found is None:
            raise NotFound(f"no memory {id}: it was deleted, has expired or is forgotten")
        record = Record.from_body(found.body)
        shown = record if ended else _shown(record, controls, now)
        return Held(record, shown, self._guards(org, record))

    def alive(self, org: str, record: Record, now: int) -> Record:
        """`record`, read elsewhere. Raises NotFound if it has expired or is forgotten."""
        _shown(record, self._first(*_controls(org, record.owner, record.session_id or "")), now)
        return record

    def last_entry(self, org: str, id: str) -> Mapping[str, Any]:
        """The newest entry in the history of `id`. Raises NotFound."""
        owner = self.locate(org, id).body["owner"]
        last = Query(keys.owner_pk(org, owner), keys.history_prefix(id), True, limit=1)
        [entry] = self._first(last)
        if entry is None:
            raise NotFound(f"no history of memory {id} is kept")
        return entry.body

    def _first(self, *reads: Read) -> list[Item | None]:
        return [page.first for page in self._table.read(reads)]

    def locate(self, org: str, id: str) -> Item:
        """The locator of `id`, which outlives the memory. Raises NotFound."""
        [page] = self._table.read([Get(keys.locator(org, id))])
        if page.first is None:
            raise NotFound(f"no memory {id} in this organization")
        return page.first

    def _guards(self, org: str, record: Record) -> bool:
        if record.guard is None:
            return False
        [page] = self._table.read([Get(keys.guard(org, record.owner, record.guard))])
        return page.first is not None and page.first.body["id"] == record.id

    def of_owner(self, org: str, owner: str, now: int) -> list[Record]:
        """Everything remembered of `owner`, newest first: memories, then notes of live sessions."""
        [tombstone] = self._table.read([Get(keys.tombstone(org, owner))])
        lasting = list(self._all(keys.owner_pk(org, owner), keys.MEMORIES))
        notes = self._notes(org, owner, now) if owner != ORG_OWNER else []
        return [r for r in (*lasting, *notes) if not _forgotten(r, tombstone.first)]

    def walk(self, org: str, owner: str, now: int, after: str | None = None) -> Iterator[Record]:
        """What `of_owner` answers, page by page in order of ids: newest first, below `after`."""
        [tombstone] = self._table.read([Get(keys.tombstone(org, owner))])
        notes = self._notes(org, owner, now) if owner != ORG_OWNER else []
        below = [note for note in notes if after is None or note.id < after]
        below.sort(key=_by_id, reverse=True)
        sk = None if after is None else keys.memory(org, owner, after).sk
        lasting = self._all(keys.owner_pk(org, owner), keys.MEMORIES, sk)
        for record in merge(lasting, below, key=_by_id, reverse=True):
            if not _forgotten(record, tombstone.first):
                yield record

    def _notes_of(self, life: Session, now: int) -> list[Record]:
        pk = keys.session_pk(life.org, life.owner, life.session_id)
        return [
            replace(note, expires_at=min(life.expires_at, note.expires_at or life.expires_at))
            for note in self._all(pk, keys.NOTES)
            if life.shows(note.captured_at, now)
        ]

    def _notes(self, org: str, owner: str, now: int) -> list[Record]:
        pointers = self._items(keys.owner_pk(org, owner), keys.SESSIONS)
        own = [owner[2:]] if owner.startswith("s:") else []
        named = list(dict.fromkeys([*(item.body["session_id"] for item in pointers), *own]))
        metas = self._first(*(Get(keys.meta(org, owner, session)) for session in named))
        lives = [Session.from_body(meta.body) for meta in metas if meta]
        return [note for life in lives if life.alive(now) for note in self._notes_of(life, now)]

    def _all(self, pk: str, prefix: str, after: str | None = None) -> Iterator[Record]:
        return (Record.from_body(item.body) for item in self._items(pk, prefix, after))

    def _items(self, pk: str, prefix: str, after: str | None = None) -> Iterator[Item]:
        while True:
            query = Query(pk, prefix, newest_first=True, after=after, limit=PAGE)
            [page] = self._table.read([query])
            yield from page.items
            if not page.more:
                return
            after = page.items[-1].key.sk

    def everywhere(self, org: str, where: Filter | None, listing: Listing) -> Iterator[Record]:
        """What the index lists for `where`, each as the table has it now; below `listing.after`."""
        after = listing.after
        while True:
            listed = self._index.list(replace(listing, where=where, after=after, limit=PAGE))
            yield from self._present(org, listed.records)
            if len(listed.records) < PAGE:
                return
            after = listed.records[-1].id

    def _present(self, org: str, listed: Sequence[Record]) -> list[Record]:
        pages = self._table.read([Get(changes.record_key(org, record)) for record in listed])
        return [Record.from_body(page.first.body) for page in pages if page.first]

    def texts(self, org: str, ids: Sequence[str], now: int) -> dict[str, str]:
        """The text of each of `ids` that may still be shown."""
        locators = self._first(*(Get(keys.locator(org, id)) for id in ids))
        places = [Get(changes.located(org, one)) for one in locators if one]
        records = [Record.from_body(item.body) for item in self._first(*places) if item]
        shown: dict[str, str] = {}
        controls = self._first(
            *(r for one in records for r in _controls(org, one.owner, one.session_id or ""))
        )
        for place, record in enumerate(records):
            with suppress(NotFound):
                shown[record.id] = _shown(record, controls[2 * place : 2 * place + 2], now).text
        return shown


def shows(record: Record, where: Filter | None, now: int, superseded: bool, expired: bool) -> bool:
    """Whether it matches and may be shown."""
    return (
        (superseded or record.valid_to is None)
        and (expired or not record.expired(now))
        and matches(where, record)
    )


def _forgotten(record: Record, tombstone: Item | None) -> bool:
    return tombstone is not None and record.captured_at <= tombstone.body["cutoff"]


def _controls(org: str, owner: str, session: str) -> tuple[Read, Read]:
    return Get(keys.tombstone(org, owner)), Get(keys.meta(org, owner, session))


def _shown(record: Record, controls: Sequence[Item | None], now: int) -> Record:
    tombstone, meta = controls
    if record.expired(now) or _forgotten(record, tombstone):
        raise NotFound(f"no memory {record.id}: it has expired or is forgotten")
    if record.layer != Layer.SESSION:
        return record
    life = Session.from_body(meta.body) if meta else None
    if life is None or not life.shows(record.captured_at, now):
        raise NotFound(f"no memory {record.id}: its session has ended")
    return replace(record, expires_at=min(life.expires_at, record.expires_at or life.expires_at))


def _by_id(record: Record) -> str:
    return record.id
