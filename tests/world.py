"""A whole Lamella in a test's hands: one service over given stores; time and ids are held still."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fakes import FrozenClock, HashingEmbedder, RecordingBus

from lamella import keys
from lamella.clock import MINUTE
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.engines.rules import Rules
from lamella.engines.sqlite import SqliteIndex, SqliteTable
from lamella.ids import CountingIds
from lamella.ports import (
    Cipher,
    Embedder,
    Extractor,
    Index,
    Item,
    Judge,
    Marked,
    Nudge,
    Query,
    Table,
)
from lamella.requests import (
    AddRequest,
    AttentionRequest,
    CloseRequest,
    ConsentOfRequest,
    ConsentRequest,
    DeleteAllRequest,
    FlushRequest,
    ForgetRequest,
    ListRequest,
    SearchRequest,
    SessionRequest,
    UpdateRequest,
    WorkingRequest,
)
from lamella.results import Wire
from lamella.service import Engines, Service
from lamella.settings import Settings

ORG = "acme"
AT_ONCE = Settings(settle=0, deadline=20_000)
"""Nothing waits for quiet, and a busy machine is not one that is away."""
RECOVERY = 10 * MINUTE
"""Longer than a lease, a backoff and the sweep's patience; shorter than a session's idleness."""


class World:
    """Calls the use cases as `api` does, and promotes only when it is told to."""

    def __init__(
        self,
        table: Table,
        index: Index,
        clock: FrozenClock | None = None,
        ids: str = "01",
        settings: Settings = AT_ONCE,
        embedder: Embedder | None = None,
        extractor: Extractor | None = None,
        cipher: Cipher | None = None,
        judge: Judge | None = None,
    ) -> None:
        self.clock = clock or FrozenClock()
        self.ids = ids
        self.bus = RecordingBus()
        self.table = table
        self.index = index
        self.service = Service(
            Engines(
                table,
                index,
                embedder or HashingEmbedder(),
                extractor or Rules(),
                self.bus,
                cipher,
                judge,
            ),
            settings,
            self.clock,
            CountingIds(ids),
            sleep=lambda seconds: void(self.clock.advance(round(seconds * 1000))),
        )

    # --- what callers do ----------------------------------------------------------------

    def add(self, messages: Any, **fields: Any) -> Wire:
        asked = AddRequest.parse({"messages": messages, **fields})
        return self.service.capture.add(ORG, asked).wire()

    def remember(self, text: str, **fields: Any) -> str:
        """Add one memory verbatim; its id."""
        [result] = self.add(text, infer=False, **fields)["results"]
        return str(result["id"])

    def working(self, key: str, value: Any, **ids: Any) -> Wire:
        asked = WorkingRequest.parse({"key": key, "value": value, **ids})
        return self.service.capture.working(ORG, asked)

    def attention(self, text: str, **ids: Any) -> Wire:
        asked = AttentionRequest.parse({"text": text, **ids})
        return self.service.capture.attention(ORG, asked)

    def close_session(self, promote: bool = True, **ids: Any) -> Wire:
        return self.service.capture.close(ORG, CloseRequest.parse({"promote": promote, **ids}))

    def search(self, query: str, **fields: Any) -> Wire:
        asked = SearchRequest.parse({"query": query, **fields})
        return self.service.retrieve.search(ORG, asked).wire()

    def list(self, **fields: Any) -> list[Wire]:
        """Everything that matches, over all pages."""
        found: list[Wire] = []
        cursor: str | None = None
        while True:
            asked = ListRequest.parse({**fields, "cursor": cursor})
            page = self.service.govern.list(ORG, asked).wire()
            found += page["results"]
            cursor = page["cursor"]
            if cursor is None:
                return found

    def update(self, id: str, **changes: Any) -> Wire:
        return self.service.govern.update(ORG, id, UpdateRequest.parse(changes))

    def delete(self, id: str) -> Wire:
        return self.service.govern.delete(ORG, id)

    def delete_all(self, **fields: Any) -> Wire:
        return self.service.govern.delete_all(ORG, DeleteAllRequest.parse(fields))

    def restore(self, id: str) -> Wire:
        return self.service.govern.restore(ORG, id)

    def history(self, id: str) -> list[Wire]:
        return self.service.govern.history(ORG, id)

    def event(self, id: str) -> Wire:
        return self.service.govern.event(ORG, id)

    def forget(self, **ids: Any) -> Wire:
        return self.service.govern.forget(ORG, ForgetRequest.parse(ids))

    def agree(self, granted: bool = True, evidence: str | None = None, **ids: Any) -> Wire:
        """Record what somebody says about being remembered."""
        asked = ConsentRequest.parse({"granted": granted, "evidence": evidence, **ids})
        return self.service.govern.record_consent(ORG, asked, by="k1")

    def consent(self, **ids: Any) -> Wire:
        return self.service.govern.consent(ORG, ConsentOfRequest.parse(ids))

    def session(self, **ids: Any) -> Wire:
        return self.service.retrieve.session(ORG, SessionRequest.parse(ids))

    def sessions(self, **ids: Any) -> list[Wire]:
        found = self.service.retrieve.sessions(ORG, SessionRequest.parse(ids))
        return list(found["results"])

    # --- what the machinery does --------------------------------------------------------

    def deliver(self, nudges: Sequence[Nudge] | None = None) -> None:
        """Promote for each of `nudges`, or for all that were published since the last time."""
        if nudges is None:
            nudges, self.bus.nudges = list(dict.fromkeys(self.bus.nudges)), []
        for nudge in nudges:
            self.service.promote.run(nudge.org, nudge.owner)

    def flush(self, **ids: Any) -> Wire:
        return self.service.flush.run(ORG, FlushRequest.parse(ids))

    def recover(self) -> None:
        """What the next minutes bring after a crash: the sweep finds what was left, twice over."""
        for _ in range(2):
            self.clock.advance(RECOVERY)
            self.service.sweep.run()
            self.deliver()

    def settle(self) -> None:
        """Promote whatever waits, and let what is done be purged."""
        self.recover()
        self.table.tidy(self.clock.advance(MINUTE))

    def close(self) -> None:
        self.service.close()

    # --- what lies in the table ---------------------------------------------------------

    def of_owner(self, owner: str, prefix: str = "") -> list[Item]:
        [page] = self.table.read([Query(keys.owner_pk(ORG, owner), prefix, limit=100_000)])
        assert not page.more
        return list(page.items)

    def due(self) -> list[Item]:
        """Everything that the sweep may still find, but for sessions waiting to be idle."""
        reads = [Marked(bucket, 1 << 53, limit=100_000) for bucket in keys.due_buckets()]
        found = [item for page in self.table.read(reads) for item in page.items]
        return [item for item in found if "state" in item.body]


def in_memory(**options: Any) -> World:
    """A world on the reference stores."""
    return World(ReferenceTable(), ReferenceIndex(), **options)


def on_file(file: Path, **options: Any) -> World:
    """A world on a SQLite file, which may have lived before."""
    return World(SqliteTable(file), sqlite_index(file), **options)


def sqlite_index(file: Path) -> SqliteIndex:
    """The index in `file`, for the vectors of `HashingEmbedder`."""
    return SqliteIndex(file, HashingEmbedder.model, HashingEmbedder.dimensions)


def void(_: object) -> None:
    """Takes any answer and gives none."""
