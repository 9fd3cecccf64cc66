"""The real engines, each started once per session, when a test first needs one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing
from itertools import count
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from lamella.errors import SetupError
from lamella.local.engines import dynamodb_local, opensearch_local

if TYPE_CHECKING:
    from lamella.engines.dynamodb import DynamoTable

REGION, CREDENTIALS = "us-east-1", ("local", "local")

Start = Callable[[], AbstractContextManager[str]]

ENGINES: dict[str, Start] = {"dynamodb": dynamodb_local, "opensearch": opensearch_local}
BOTH = "aws-local"
"""The parameter of a test that needs both engines."""


class LocalEngines:
    """The engines that the collected tests ask for, started side by side."""

    def __init__(self, wanted: set[str]) -> None:
        self._pool = ThreadPoolExecutor(len(ENGINES))
        self._opened = ExitStack()
        self._starting: dict[str, Future[str]] = {name: self._start(name) for name in wanted}

    def url(self, name: str) -> str:
        if name not in self._starting:
            self._starting[name] = self._start(name)
        try:
            return self._starting[name].result()
        except SetupError as error:
            pytest.fail(error.detail, pytrace=False)

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
def dynamo_table_name(dynamodb_url: str) -> str:
    """A table in DynamoDB Local, shared by the session's tests."""
    from lamella.engines.dynamodb_schema import create_table

    name = f"lamella-{uuid4().hex[:8]}"
    create_table(name, dynamodb_url, REGION, CREDENTIALS)
    return name


@pytest.fixture(scope="session")
def dynamo_table(dynamodb_url: str, dynamo_table_name: str) -> Iterator[DynamoTable]:
    """The session's table, open: keep to partitions of your own."""
    from lamella.engines.dynamodb import DynamoTable

    with closing(
        DynamoTable(
            dynamo_table_name, endpoint=dynamodb_url, region=REGION, credentials=CREDENTIALS
        )
    ) as table:
        yield table


@pytest.fixture
def fresh() -> Callable[[str], str]:
    """Names that no other test uses."""
    numbers, mine = count(), uuid4().hex[:12]
    return lambda name: f"{name}-{mine}-{next(numbers)}"


@pytest.fixture
def pk(fresh: Callable[[str], str]) -> str:
    return fresh("partition")


@pytest.fixture(scope="session")
def opensearch_url(local_engines: LocalEngines) -> str:
    """The URL of OpenSearch. Its indexes are everybody's: name your own."""
    return local_engines.url("opensearch")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`-m engines` selects what needs an engine; those come last, for they take longest."""
    for item in items:
        if _needs(item):
            item.add_marker(pytest.mark.engines)
    items.sort(key=lambda item: item.get_closest_marker("engines") is not None)


def _needs(item: pytest.Item) -> set[str]:
    assert isinstance(item, pytest.Function)
    asked = {name.removesuffix("_url") for name in item.fixturenames}
    if hasattr(item, "callspec"):
        asked.update(str(value) for value in item.callspec.params.values())
    return set(ENGINES) if BOTH in asked else asked & ENGINES.keys()
