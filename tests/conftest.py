"""The real engines, each started once per session, when a test first needs one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack

import pytest

from lamella.local.engines import dynamodb_local, opensearch_local

Start = Callable[[], AbstractContextManager[str]]

ENGINES: dict[str, Start] = {"dynamodb": dynamodb_local, "opensearch": opensearch_local}


class LocalEngines:
    """The engines that the collected tests ask for, started side by side."""

    def __init__(self, wanted: set[str]) -> None:
        self._pool = ThreadPoolExecutor(len(ENGINES))
        self._opened = ExitStack()
        self._starting: dict[str, Future[str]] = {name: self._start(name) for name in wanted}

    def url(self, name: str) -> str:
        if name not in self._starting:
            self._starting[name] = self._start(name)
        return self._starting[name].result()

    def stop(self) -> None:
        self._pool.shutdown()
        self._opened.close()

    def _start(self, name: str) -> Future[str]:
        return self._pool.submit(lambda: self._opened.enter_context(ENGINES[name]()))


@pytest.fixture(scope="session")
def local_engines(request: pytest.FixtureRequest) -> Iterator[LocalEngines]:
    engines = LocalEngines({name for item in request.session.items for name in _needs(item)})
    yield engines
    engines.stop()


@pytest.fixture(scope="session")
def dynamodb_url(local_engines: LocalEngines) -> str:
    """The endpoint of DynamoDB Local. Its tables are everybody's: name your own."""
    return local_engines.url("dynamodb")


@pytest.fixture(scope="session")
def opensearch_url(local_engines: LocalEngines) -> str:
    """The URL of OpenSearch. Its indexes are everybody's: name your own."""
    return local_engines.url("opensearch")


def _needs(item: pytest.Item) -> set[str]:
    assert isinstance(item, pytest.Function)
    asked = {name.removesuffix("_url") for name in item.fixturenames}
    if hasattr(item, "callspec"):
        asked.update(str(value) for value in item.callspec.params.values())
    return asked & ENGINES.keys()
