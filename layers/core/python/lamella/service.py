"""The service: ports wired to use cases. The only place that opens engines, and only when asked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from lamella.access import ALL_SCOPES, Access
from lamella.capture import Capture
from lamella.clearing import Clearing
from lamella.clock import Clock, strictly_rising, system_clock
from lamella.consents import Consents
from lamella.correct import Correct
from lamella.entities import Entities
from lamella.erase import Erase
from lamella.errors import SetupError
from lamella.events import Events
from lamella.govern import Govern
from lamella.ids import Ids, MonotonicIds
from lamella.imports import Imports
from lamella.listing import Listings
from lamella.memories import Memories
from lamella.models import Principal
from lamella.org_secret import OrgSecrets
from lamella.orgs import Orgs
from lamella.parked import Parked
from lamella.personal import Personal
from lamella.ports import Bus, Cipher, Embedder, Extractor, Index, Table
from lamella.projection import Projection
from lamella.projects import Projects
from lamella.promote import Promote
from lamella.receipts import PENDING, Receipt
from lamella.results import Wire
from lamella.retrieve import Retrieve
from lamella.settings import Settings
from lamella.views import Views

LOCAL_ORG = "local"
LOCAL = Principal(LOCAL_ORG, ALL_SCOPES)
"""Who calls the memory of this very process."""

READERS = 8
POLL = 0.02
FILE = "lamella.db"


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine for each port; without a cipher secrets lie in the table as they are."""

    table: Table
    index: Index
    embedder: Embedder
    extractor: Extractor
    bus: Bus
    cipher: Cipher | None = None


class Background(Protocol):
    """Work that goes on beside the calls."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, after the step in hand."""


class Service:
    """The four use cases over one set of engines; what `api` calls."""

    def __init__(
        self,
        engines: Engines,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        clock: Clock = system_clock,
        ids: Ids | None = None,
        sleep: Callable[[float], None] = time.sleep,
        keys: Mapping[str, str] | None = None,
        readers: Executor | None = None,
    ) -> None:
        """`keys` are API keys that need no issuing, each with the organization it opens.

        `readers` run what a search reads, and many changes, side by side; threads unless given.
        """
        self.engines = engines
        self.settings = settings
        self._clock = strictly_rising(clock)
        self._sleep = sleep
        self._readers = readers or ThreadPoolExecutor(READERS, thread_name_prefix="lamella-read")
        # Its own threads, for no search shall wait until a thousand memories are changed.
        self._changers = readers or ThreadPoolExecutor(READERS, thread_name_prefix="lamella-change")
        self._background: Background | None = None
        self._wire(ids or MonotonicIds(clock), keys)

    def _wire(self, ids: Ids, given: Mapping[str, str] | None) -> None:
        table, index, embedder, extractor, bus = (
            self.engines.table,
            self.engines.index,
            self.engines.embedder,
            self.engines.extractor,
            self.engines.bus,
        )
        settings, clock, sleep = self.settings, self._clock, self._sleep
        cipher = self.engines.cipher
        secrets, memories = OrgSecrets(table, cipher), Memories(table, index)
        personal = Personal(table, secrets, settings.pii, cipher)
        self._events = Events(table, memories, settings, clock)
        self.access = Access(table, clock, ids, given)
        reads_instructions = extractor.name != "rules"
        self.capture = Capture(
            table, bus, secrets, personal, self._waited, settings, clock, ids, reads_instructions
        )
        erase = Erase(table, index, clock, sleep, settings.clock_skew)
        self.promote = Promote(
            table,
            index,
            embedder,
            extractor,
            bus,
            secrets,
            personal,
            settings,
            clock,
            ids,
            erase,
            sleep,
        )
        self.retrieve = Retrieve(
            table, index, embedder, self._readers, Views(table, clock), settings, clock
        )
        correct = Correct(table, bus, memories, secrets, personal, settings, clock, ids)
        projection = Projection(table, index, embedder, settings.done_grace, clock)
        listings = Listings(table, memories, clock)
        clearing = Clearing(table, bus, listings, correct, erase, clock, ids, self._changers)
        self.govern = Govern(
            table,
            memories,
            correct,
            erase,
            listings,
            clearing,
            Orgs(
                table, bus, memories, correct, projection, secrets, personal, settings, clock, ids
            ),
            Imports(table, bus, secrets, personal, settings, clock, ids),
            self._events,
            self.access,
            Entities(table, index, clearing, clock),
            Projects(table, secrets, personal, reads_instructions),
            Consents(table, settings, clock),
            Parked(table, bus, clock),
            personal,
            clock,
            ids,
            self._changers,
        )

    def authorize(self, key: str) -> Principal:
        """Whose key it is, and what it may do. Raises Unauthenticated."""
        return self.access.authorize(key)

    def ping(self, principal: Principal) -> Wire:
        """Who is calling, in the words Mem0's clients ask for; touches no store."""
        return {
            "status": "ok",
            "org_id": principal.org,
            "project_id": principal.org,
            "user_email": f"{principal.key_id}@{principal.org}",
        }

    def health(self) -> Wire:
        """That the service answers, and with which model and extractor."""
        return {
            "status": "ok",
            "model": self.engines.embedder.model,
            "extractor": self.engines.extractor.name,
        }

    def start(self, background: Background) -> None:
        """Run `background` until the service is closed."""
        self._background = background
        background.start()

    def close(self) -> None:
        """Stop the background work and let go of files and connections."""
        if self._background is not None:
            self._background.stop()
        self._readers.shutdown()
        self._changers.shutdown()
        self.engines.index.close()
        self.engines.table.close()

    def _waited(self, org: str, event: str, patience: int) -> Receipt:
        """The receipt once its call is promoted, or as it stands after `patience` ms."""
        until = self._clock() + patience
        receipt = self._events.receipt(org, event)
        while receipt.status == PENDING and self._clock() < until:
            self._sleep(POLL)
            receipt = self._events.receipt(org, event)
        return replace(receipt, results=tuple(self._events.results(org, receipt)))


def open_local(
    data: str | None = None,
    *,
    settings: Settings | None = None,
    keys: Mapping[str, str] | None = None,
    background: bool = True,
    **overrides: Any,
) -> Service:
    """The embedded service: one SQLite file in the folder `data`, a local model, rules.

    `background` promotes in a daemon thread. Raises SetupError where the `local` extra, the model
    or a writable folder is missing.
    """
    from lamella.engines.inprocess import AtOnce

    chosen = settings or Settings.from_env(**overrides)
    folder = Path(data).expanduser() if data else chosen.data_folder
    engines, worker = _local_engines(folder, chosen)
    service = Service(engines, chosen, keys=keys, readers=AtOnce())
    if background:
        service.start(worker(service))
    return service


def open_aws(
    settings: Settings, *, keys: Mapping[str, str] | None = None, background: bool = False
) -> Service:
    """The service over DynamoDB and OpenSearch, with the engines that `settings` name.

    `background` promotes in a daemon thread instead of telling a bus or queue. Raises SetupError
    where the `aws` extra or a needed setting is missing.
    """
    from lamella.deployment import engines
    from lamella.engines.inprocess import InProcessBus
    from lamella.local.worker import Worker

    if not background:
        return Service(engines(settings), settings, keys=keys)
    bus = InProcessBus()
    service = Service(engines(settings, bus), settings, keys=keys)
    service.start(Worker(service.promote, bus, service.engines.table, system_clock))
    return service


def open_from_env(environ: Mapping[str, str] = os.environ) -> Service:
    """The service that the environment describes, for the function handlers."""
    settings = Settings.from_env(environ)
    if settings.engine == "aws":
        return open_aws(settings)
    return open_local(settings=settings, background=False)


def _local_engines(
    folder: Path, settings: Settings
) -> tuple[Engines, Callable[[Service], Background]]:
    try:
        from lamella.engines.inprocess import InProcessBus
        from lamella.engines.onnx import Onnx
        from lamella.engines.rules import Rules
        from lamella.engines.sqlite import SqliteIndex, SqliteTable
        from lamella.local.model import model_folder
        from lamella.local.worker import Worker
    except ImportError as missing:
        raise SetupError(
            f"the embedded engine needs {missing.name}: pip install 'lamella[local]'"
        ) from missing
    embedder = Onnx(model_folder(settings.model))
    model, dimensions = embedder.model, embedder.dimensions  # before a file is made for it
    file = folder / FILE
    table = SqliteTable(file)
    index = SqliteIndex(file, model, dimensions)
    bus = InProcessBus()
    engines = Engines(table, index, embedder, Rules(), bus)

    def worker(service: Service) -> Background:
        return Worker(service.promote, bus, table, system_clock)

    return engines, worker
