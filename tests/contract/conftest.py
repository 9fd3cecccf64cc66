"""One suite over every engine. An engine joins with one line in TABLES or INDEXES.

A factory answers an open store, from whatever fixtures it asks for. Stores may be shared between
tests and hold other tests' items: every test works in partitions and organizations of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TypeAlias, TypeVar

import pytest
from contract.samples import DIMENSIONS, MODEL

from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.ports import Index, Table

Store = TypeVar("Store")
Open: TypeAlias = Callable[[pytest.FixtureRequest], AbstractContextManager[Store]]


def _sqlite_table(request: pytest.FixtureRequest) -> AbstractContextManager[Table]:
    from lamella.engines.sqlite import SqliteTable

    return closing(SqliteTable(_file(request)))


def _sqlite_index(request: pytest.FixtureRequest) -> AbstractContextManager[Index]:
    from lamella.engines.sqlite import SqliteIndex

    return closing(SqliteIndex(_file(request), MODEL, DIMENSIONS))


def _opensearch_index(request: pytest.FixtureRequest) -> AbstractContextManager[Index]:
    from lamella.engines.opensearch import OpenSearchIndex

    url = request.getfixturevalue("opensearch_url")
    return closing(
        OpenSearchIndex(
            url, model=MODEL, dimensions=DIMENSIONS, alias="contract", shards=2, refresh="10ms"
        )
    )


def _file(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue("tmp_path")
    return folder / "lamella.db"


TABLES: Mapping[str, Open[Table]] = {
    "reference": lambda request: closing(ReferenceTable()),
    "sqlite": _sqlite_table,
    "dynamodb": lambda request: nullcontext(request.getfixturevalue("dynamo_table")),
}
INDEXES: Mapping[str, Open[Index]] = {
    "reference": lambda request: closing(ReferenceIndex()),
    "sqlite": _sqlite_index,
    "opensearch": _opensearch_index,
}


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> Iterator[Table]:
    with TABLES[request.param](request) as store:
        yield store


@pytest.fixture(params=INDEXES)
def index(request: pytest.FixtureRequest) -> Iterator[Index]:
    with INDEXES[request.param](request) as store:
        yield store


@pytest.fixture
def org(fresh: Callable[[str], str]) -> str:
    return fresh("org")
