"""Ports wired to use cases: each use case is imported and made when it is first asked for.

A function on Lambda serves one of them, and would wait at its cold start for all the others.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from lamella.clock import Clock
from lamella.equipment import Equipment
from lamella.ids import Ids
from lamella.once import once
from lamella.ports import Snapshotted
from lamella.settings import Settings

if TYPE_CHECKING:
    from lamella.access import Access
    from lamella.capture import Capture
    from lamella.correct import Correct
    from lamella.erase import Erase
    from lamella.events import Events
    from lamella.flush import Flush
    from lamella.govern import Govern
    from lamella.memories import Memories
    from lamella.org_secret import OrgSecrets
    from lamella.personal import Personal
    from lamella.projection import Projection
    from lamella.promote import Promote
    from lamella.receipts import Receipt
    from lamella.retrieve import Retrieve
    from lamella.sweep import Sweep
    from lamella.weights import Weights

READERS = 8
POLL = 0.02


class UseCases:
    """The use cases over one set of engines, and the parts that they share."""

    def __init__(
        self,
        engines: Equipment,
        settings: Settings,
        clock: Clock,
        ids: Ids,
        sleep: Callable[[float], None] = time.sleep,
        keys: Mapping[str, str] | None = None,
        readers: Executor | None = None,
    ) -> None:
        self.engines = engines
        self.settings = settings
        self._clock = clock
        self._ids = ids
        self._sleep = sleep
        self._keys = keys
        self._given_readers = readers

    @once
    def access(self) -> Access:
        """API keys."""
        from lamella.access import Access

        return Access(self.engines.table, self._clock, self._ids, self._keys)

    @once
    def capture(self) -> Capture:
        """Accepts what was said."""
        from lamella.capture import Capture

        return Capture(
            self.engines.table,
            self.engines.bus,
            self._secrets,
            self._personal,
            self._waited,
            self.settings,
            self._clock,
            self._ids,
            self.engines.reads_instructions,
        )

    @once
    def promote(self) -> Promote:
        """Places what is worth keeping."""
        from lamella.promote import Promote

        return Promote(
            self.engines.table,
            self.engines.index,
            self.engines.embedder,
            self.engines.extractor,
            self._secrets,
            self._personal,
            self.settings,
            self._clock,
            self._ids,
            self._erase,
            self.engines.judge,
        )

    @once
    def flush(self) -> Flush:
        """Promotes while its caller waits."""
        from lamella.flush import Flush

        table = self.engines.table
        return Flush(table, self.promote, self.settings, self._clock, self._sleep)

    @once
    def sweep(self) -> Sweep:
        """Finds what nobody finished in time."""
        from lamella.sweep import Sweep

        return Sweep(
            self.engines.table,
            self.engines.bus,
            self.settings.sweep_overdue,
            self._clock,
            self._ids,
        )

    @once
    def retrieve(self) -> Retrieve:
        """Finds what helps now."""
        from lamella.retrieve import Retrieve
        from lamella.views import Views

        table, index, embedder = self.engines.table, self.engines.index, self.engines.embedder
        views = Views(table, self._clock)
        return Retrieve(
            table, index, embedder, self._readers, views, self.settings, self._clock, self._weights
        )

    @once
    def govern(self) -> Govern:
        """Changes and reveals what is stored on somebody's behalf."""
        from lamella.clearing import Clearing
        from lamella.consents import Consents
        from lamella.entities import Entities
        from lamella.govern import Govern
        from lamella.imports import Imports
        from lamella.listing import Listings
        from lamella.orgs import Orgs
        from lamella.parked import Parked
        from lamella.projects import Projects

        table, bus, clock, ids = self.engines.table, self.engines.bus, self._clock, self._ids
        secrets, personal, settings = self._secrets, self._personal, self.settings
        memories, correct = self._memories, self._correct
        listings = Listings(table, memories, clock)
        clearing = Clearing(table, bus, listings, correct, self._erase, clock, ids, self._changers)
        orgs = Orgs(
            table, bus, memories, correct, self._projection, secrets, personal, settings, clock, ids
        )
        return Govern(
            table,
            memories,
            correct,
            self._erase,
            listings,
            clearing,
            orgs,
            Imports(table, bus, secrets, personal, settings, clock, ids),
            self._events,
            self.access,
            Entities(table, self.engines.index, clearing, clock),
            Projects(table, secrets, personal, self.engines.reads_instructions),
            Consents(table, settings, clock),
            Parked(table, bus, clock),
            personal,
            clock,
            ids,
            self._changers,
        )

    def prepare(self) -> None:
        """Have the table's client made before the first call, without asking it anything."""
        if isinstance(self.engines.table, Snapshotted):
            self.engines.table.prepare()

    def reconnect(self) -> None:
        """Drop the connections that were open when a snapshot of this process was taken."""
        if isinstance(self.engines.table, Snapshotted):
            self.engines.table.reconnect()

    @once
    def _readers(self) -> Executor:
        """What runs a search's reads side by side."""
        return self._given_readers or ThreadPoolExecutor(READERS, thread_name_prefix="lamella-read")

    @once
    def _changers(self) -> Executor:
        """Threads of their own for many changes: no search shall wait for a thousand of them."""
        return self._given_readers or ThreadPoolExecutor(
            READERS, thread_name_prefix="lamella-change"
        )

    @once
    def _secrets(self) -> OrgSecrets:
        from lamella.org_secret import OrgSecrets

        return OrgSecrets(self.engines.table, self.engines.cipher)

    @once
    def _weights(self) -> Weights:
        from lamella.weights import Weights

        return Weights.parse(self.settings.weights)

    @once
    def _personal(self) -> Personal:
        from lamella.personal import Personal

        engines = self.engines
        return Personal(engines.table, self._secrets, self.settings.pii, engines.cipher)

    @once
    def _memories(self) -> Memories:
        from lamella.memories import Memories

        return Memories(self.engines.table, self.engines.index)

    @once
    def _events(self) -> Events:
        from lamella.events import Events

        return Events(self.engines.table, self._memories, self.settings, self._clock)

    @once
    def _erase(self) -> Erase:
        from lamella.erase import Erase

        table, index, skew = self.engines.table, self.engines.index, self.settings.clock_skew
        return Erase(table, index, self._clock, self._sleep, skew)

    @once
    def _correct(self) -> Correct:
        from lamella.correct import Correct

        return Correct(
            self.engines.table,
            self.engines.bus,
            self._memories,
            self._secrets,
            self._personal,
            self.settings,
            self._clock,
            self._ids,
        )

    @once
    def _projection(self) -> Projection:
        from lamella.projection import Projection

        table, index, embedder = self.engines.table, self.engines.index, self.engines.embedder
        return Projection(table, index, embedder, self.settings.done_grace, self._clock)

    def _waited(self, org: str, event: str, patience: int) -> Receipt:
        """The receipt once its call is promoted, or as it stands after `patience` ms."""
        from lamella.receipts import PENDING

        until = self._clock() + patience
        receipt = self._events.receipt(org, event)
        while receipt.status == PENDING and self._clock() < until:
            self._sleep(POLL)
            receipt = self._events.receipt(org, event)
        return replace(receipt, results=tuple(self._events.results(org, receipt)))
