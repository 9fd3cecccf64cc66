"""Exports: jobs that hand out what is stored page by page, and end in a receipt.

Only what was asked for is kept, never a copy of what was found: each page is read from the truth
when it is asked for, so that what is forgotten meanwhile is in no export either.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from lamella import keys
from lamella.clock import DAY, Clock, iso
from lamella.errors import Invalid, NotFound
from lamella.filters import parse
from lamella.ids import Ids
from lamella.limits import encoded
from lamella.listing import Listings
from lamella.models import Stored
from lamella.portability import Holdings, Place
from lamella.ports import Commit, Get, Item, Put, Table, Update
from lamella.requests import ExportPageRequest, ExportRequest, ListRequest
from lamella.results import Wire, memory_wire

KEPT = 7 * DAY
PAGE_BYTES = 3_000_000
MORE = "there is more: ask again with this cursor"

Steps = Iterator[tuple[Place, list[Wire]]]
"""Lines, and the place from which a later page goes on after them."""


@dataclass(frozen=True, slots=True)
class Export(Stored):
    """What an export holds: everything of `owner`, or the memories that `filters` choose."""

    id: str
    org: str
    created_at: int
    owner: str | None = None
    filters: Mapping[str, Any] | None = None
    under: str = "results"
    fields: tuple[str, ...] = ()
    superseded: bool = False
    show_expired: bool = False

    def body(self) -> dict[str, Any]:
        """Also where no filter narrows it."""
        return Stored.body(self) | ({} if self.filters is None else {"filters": self.filters})

    def put(self) -> Commit:
        """Keep it, and find it again by its filters."""
        ttl = self.created_at + KEPT
        own = Put(Item(keys.export(self.org, self.id), self.body(), ttl=ttl))
        if self.filters is None:
            return (own,)
        newest = keys.newest_export(self.org, digest(self.filters))
        return own, Put(Item(newest, {"id": self.id}, ttl=ttl))

    def line(self, memory: Wire) -> Wire:
        """A memory with the fields that were asked for."""
        return {name: memory.get(name) for name in self.fields} if self.fields else memory


@dataclass(slots=True)
class Cursor:
    """How far an export is read: the place, and how many lines of which type came before."""

    place: Place = ()
    lines: Counter[str] = field(default_factory=Counter)

    @classmethod
    def read(cls, text: str | None) -> Self:
        """Raises Invalid for one of another make."""
        if text is None:
            return cls()
        try:
            place, lines = json.loads(base64.urlsafe_b64decode(text))
            if all(isinstance(one, str) for one in place) and 0 < len(place) <= 2:
                return cls(tuple(place), Counter({str(k): int(v) for k, v in lines.items()}))
        except (ValueError, TypeError, AttributeError):
            pass
        raise Invalid("cursor is none that this export answered: start without one")

    def written(self) -> str:
        """As a caller brings it back."""
        return base64.urlsafe_b64encode(json.dumps([self.place, self.lines]).encode()).decode()


class Exports:
    """The use case behind `create_export` and `export`."""

    def __init__(self, table: Table, listings: Listings, clock: Clock, ids: Ids) -> None:
        self._table = table
        self._listings = listings
        self._holdings = Holdings(table)
        self._clock = clock
        self._ids = ids

    def create(self, org: str, call: ExportRequest) -> Wire:
        """Note what is asked for; `export` hands it out."""
        where = call.where
        export = Export(
            id=self._ids(),
            org=org,
            created_at=self._clock(),
            owner=call.scope.owner if where is None else None,
            filters=where,
            **call.model_dump(include={"under", "fields", "superseded", "show_expired"}),
        )
        self._table.write([export.put()])
        return {
            "message": "The export is ready to be read, page by page.",
            "id": export.id,
            "status": "PENDING",
            "warnings": list(call.warnings),
        }

    def page(self, org: str, id: str | None, call: ExportPageRequest) -> Wire:
        """The lines after the cursor; the last page has the receipt. Raises NotFound, Invalid."""
        now = self._clock()
        export = self._find(org, id or call.memory_export_id, call, now)
        cursor = Cursor.read(call.cursor)
        lines, more = _cut(self._steps(export, cursor.place, now), cursor, call.page_size)
        told = {
            "id": export.id,
            "status": "RUNNING" if more else "SUCCEEDED",
            export.under: lines,
            "cursor": cursor.written() if more else None,
            "receipt": None if more else self._receipt(export, cursor.lines, now),
        }
        return told | {"warnings": [*call.warnings, *([MORE] if more else [])]}

    def _find(self, org: str, id: str | None, call: ExportPageRequest, now: int) -> Export:
        if id is None:
            newest = keys.newest_export(org, digest(call.where))
            [page] = self._table.read([Get(newest)])
            if page.first is None:
                raise NotFound("no export was asked for with these filters: create one first")
            id = str(page.first.body["id"])
        [page] = self._table.read([Get(keys.export(org, id))])
        if page.first is None or page.first.body["created_at"] <= now - KEPT:
            raise NotFound(f"no export {id}: exports are kept for 7 days")
        return Export.from_body(page.first.body)

    def _steps(self, export: Export, place: Place, now: int) -> Steps:
        if export.owner is not None:
            return self._holdings.of(export.org, export.owner, place, now)
        return self._memories(export, place, now)

    def _memories(self, export: Export, place: Place, now: int) -> Steps:
        asked = ListRequest(
            filters=parse(export.filters),
            superseded=export.superseded,
            show_expired=export.show_expired,
        )
        after = place[0] if place else None
        for record in self._listings.walk(export.org, asked, now, after):
            yield (record.id,), [export.line(memory_wire(record, now))]

    def _receipt(self, export: Export, lines: Mapping[str, int], now: int) -> Wire:
        """What was handed out in all; it stays with the export."""
        done = {"lines": dict(sorted(lines.items())), "completed_at": iso(now)}
        self._table.write([(Update(keys.export(export.org, export.id), {"receipt": done}),)])
        whom = {"owner": export.owner[2:]} if export.owner else {"filters": export.filters}
        return {"id": export.id, **whom, "created_at": iso(export.created_at), **done}


def digest(filters: Mapping[str, Any]) -> str:
    """What tells equal filters, however they are written."""
    return hashlib.sha256(repr(parse(filters)).encode()).hexdigest()


def _cut(steps: Steps, cursor: Cursor, size: int) -> tuple[list[Wire], bool]:
    """A page of whole steps, which moves the cursor on, and whether there is more."""
    page: list[Wire] = []
    filled = 0
    for place, lines in steps:
        bytes_ = sum(len(encoded(line).encode()) for line in lines)
        if page and (len(page) + len(lines) > size or filled + bytes_ > PAGE_BYTES):
            return page, True
        page += lines
        filled += bytes_
        cursor.place = place
        cursor.lines.update(str(line.get("type", "memory")) for line in lines)
    return page, False
