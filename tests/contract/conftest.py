"""One suite over every engine. An engine joins with one line in TABLES or INDEXES.

A factory gets an empty folder and answers an open store. Stores may be shared between tests and
hold other tests' items: every test works in partitions and organizations of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from uuid import uuid4

import pytest
from contract.samples import DIMENSIONS, MODEL

from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.ports import Index, Table


def _sqlite_table(folder: Path) -> Table:
    from lamella.engines.sqlite import SqliteTable

    return SqliteTable(folder / "lamella.db")


def _sqlite_index(folder: Path) -> Index:
    from lamella.engines.sqlite import SqliteIndex

    return SqliteIndex(folder / "lamella.db", MODEL, DIMENSIONS)


TABLES: Mapping[str, Callable[[Path], Table]] = {
    "reference": lambda folder: ReferenceTable(),
    "sqlite": _sqlite_table,
}
INDEXES: Mapping[str, Callable[[Path], Index]] = {
    "reference": lambda folder: ReferenceIndex(),
    "sqlite": _sqlite_index,
}


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Table]:
    store = TABLES[request.param](tmp_path)
    yield store
    store.close()


@pytest.fixture(params=INDEXES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    store = INDEXES[request.param](tmp_path)
    yield store
    store.close()


@pytest.fixture
def fresh() -> Callable[[str], str]:
    """Names that no other test uses."""
    numbers, mine = count(), uuid4().hex[:12]
    return lambda name: f"{name}-{mine}-{next(numbers)}"


@pytest.fixture
def pk(fresh: Callable[[str], str]) -> str:
    return fresh("partition")


@pytest.fixture
def org(fresh: Callable[[str], str]) -> str:
    return fresh("org")
