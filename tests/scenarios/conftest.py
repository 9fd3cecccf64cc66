"""A `world` for each story: once in memory, once on a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from scenarios.gates import GatedIndex, GatedTable
from world import World, in_memory, on_file

Build = Callable[..., World]


@pytest.fixture(params=["reference", "sqlite"])
def build(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Build]:
    """Makes a world with given settings; it is closed when the story ends."""
    built: list[World] = []

    def made(**options: Any) -> World:
        file = tmp_path / f"{len(built)}.db"
        world = on_file(file, **options) if request.param == "sqlite" else in_memory(**options)
        built.append(world)
        return world

    yield made
    for world in built:
        world.close()


@pytest.fixture
def world(build: Build) -> World:
    return build()


@pytest.fixture
def gated(build: Build) -> World:
    """A world whose `table` and `index` have gates in front of them."""
    behind = build()
    return World(GatedTable(behind.table), GatedIndex(behind.index))
