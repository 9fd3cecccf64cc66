"""A `world` for each story: in memory, on a file, and for many on DynamoDB and OpenSearch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from conftest import BOTH
from real import Lodge
from scenarios.gates import GatedIndex, GatedTable
from world import World, in_memory, on_file

Build = Callable[..., World]


REAL = frozenset(
    {
        *("test_degraded", "test_expiry", "test_forget", "test_read_your_writes"),
        *("test_supersede", "test_rivals", "test_exports", "test_tenancy"),
    }
)
"""Whose stories are lived on the real engines, too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "build" in metafunc.fixturenames:
        real = [BOTH] if metafunc.module.__name__.rpartition(".")[2] in REAL else []
        metafunc.parametrize("build", ["reference", "sqlite", *real], indirect=True)


@pytest.fixture(scope="session")
def lodge(dynamodb_url: str, opensearch_url: str) -> Iterator[Lodge]:
    """Where stories on the real engines find room."""
    with ExitStack() as opened:
        yield Lodge(opened, dynamodb_url, opensearch_url)


@pytest.fixture
def build(
    request: pytest.FixtureRequest, tmp_path: Path, fresh: Callable[[str], str]
) -> Iterator[Build]:
    """Makes a world with given settings; it is closed when the story ends."""
    with ExitStack() as opened:
        if request.param == BOTH:
            found = opened.enter_context(request.getfixturevalue("lodge").worlds())
        elif request.param == "sqlite":
            found = lambda **options: on_file(tmp_path / f"{fresh('world')}.db", **options)  # noqa: E731
        else:
            found = in_memory

        def made(**options: Any) -> World:
            world: World = found(**options)
            opened.callback(world.close)
            return world

        yield made


@pytest.fixture
def world(build: Build) -> World:
    return build()


@pytest.fixture
def gated(build: Build) -> World:
    """A world whose `table` and `index` have gates in front of them."""
    behind = build()
    return World(GatedTable(behind.table), GatedIndex(behind.index), ids=behind.ids)
