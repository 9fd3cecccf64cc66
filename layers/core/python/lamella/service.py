"""The service: the use cases over engines. The only place that opens engines, and when asked."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Protocol

from lamella.clock import Clock, strictly_rising, system_clock
from lamella.equipment import Engines, Equipment
from lamella.errors import SetupError
from lamella.ids import Ids, MonotonicIds
from lamella.models import Principal
from lamella.results import Wire
from lamella.routes import SCOPES
from lamella.settings import Settings
from lamella.wiring import UseCases

__all__ = [
    "FILE",
    "LOCAL",
    "LOCAL_ORG",
    "Background",
    "Engines",
    "Service",
    "open_aws",
    "open_from_env",
    "open_local",
]

LOCAL_ORG = "local"
LOCAL = Principal(LOCAL_ORG, SCOPES)
"""Who calls the memory of this very process."""

FILE = "lamella.db"


class Background(Protocol):
    """Work that goes on beside the calls."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End, after the step in hand."""


class Service(UseCases):
    """The four use cases over one set of engines; what `api` calls."""

    def __init__(
        self,
        engines: Equipment,
        settings: Settings = Settings(),  # noqa: B008 - frozen
        clock: Clock = system_clock,
        ids: Ids | None = None,
        sleep: Callable[[float], None] = time.sleep,
        keys: Mapping[str, str] | None = None,
        readers: Executor | None = None,
    ) -> None:
        """`keys` are API keys that need no issuing, each with the organization it opens.

        `readers` run what a search reads, and many changes, side by side; threads unless given.
        Raises SetupError for settings that make no sense.
        """
        rising = strictly_rising(clock)
        super().__init__(
            engines, settings, rising, ids or MonotonicIds(clock), sleep, keys, readers
        )
        self._background: Background | None = None
        if settings.pii != Settings().pii:
            _ = self._personal
        if settings.weights:
            _ = self._weights

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
        self.engines.close()


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

    if not background:
        return Service(engines(settings), settings, keys=keys)
    from lamella.engines.inprocess import InProcessBus
    from lamella.local.worker import Worker

    bus = InProcessBus()
    service = Service(engines(settings, bus), settings, keys=keys)
    service.start(Worker(service.promote, service.sweep, bus, service.engines.table, system_clock))
    return service


def open_from_env(environ: Mapping[str, str] = os.environ) -> Service:
    """The service that the environment describes, for the function handlers."""
    settings = Settings.from_env(environ)
    if settings.engine == "aws":
        from lamella.deployment import Deferred

        return Service(Deferred(settings), settings)
    return open_local(settings=settings, background=False)


def _local_engines(
    folder: Path, settings: Settings
) -> tuple[Engines, Callable[[Service], Background]]:
    try:
        from lamella.engines.inprocess import InProcessBus
        from lamella.engines.onnx import Onnx
        from lamella.engines.rules import Rules
        from lamella.engines.rules_likeness import Likeness
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
    engines = Engines(table, index, embedder, Rules(), bus, judge=Likeness())

    def worker(service: Service) -> Background:
        return Worker(service.promote, service.sweep, bus, table, system_clock)

    return engines, worker
