"""What promotion and the sweep count: by layer, without a word of what was said."""

from __future__ import annotations

from typing import Any

import pytest
from world import World, in_memory

from lamella.clock import MINUTE, SECOND
from lamella.engines.rules import Rules
from lamella.models import Fact
from lamella.tallies import tallied

ALEX = {"user_id": "alex"}


class Choking(Rules):
    """An extractor that can't read anything."""

    def extract(self, *said: Any, **more: Any) -> list[Fact]:
        raise ValueError("these words can't be read")


@pytest.fixture
def world() -> World:
    return in_memory()


def promoted(world: World, *messages: str) -> dict[tuple[str, str], int]:
    """What was counted while these messages became memories."""
    world.add(list(messages), **ALEX)
    with tallied() as told:
        world.recover()
    return {what: number for what, number in told.items() if number}


def test_what_is_placed_is_counted_in_its_layer_and_a_repetition_as_one(world: World) -> None:
    first = promoted(world, "I live in Oslo.", "I prefer boutique hotels.")
    assert first["Promoted", "user"] == 2
    again = promoted(world, "I live in Oslo.")
    assert (again["Deduplicated", "user"], "Promoted" in str(again)) == (1, False)


def test_work_that_is_set_aside_is_counted() -> None:
    world = in_memory(extractor=Choking())
    world.add("I live in Oslo.", **ALEX)
    with tallied() as told:
        for _ in range(6):
            world.recover()
    assert told["ParkedItems", ""] == 1


def test_the_sweep_tells_the_age_of_the_oldest_work_that_is_overdue(world: World) -> None:
    world.add("I live in Oslo.", **ALEX)
    world.clock.advance(90 * SECOND)
    world.add("I prefer tea.", user_id="bea")
    world.clock.advance(2 * MINUTE)
    assert swept(world) == 210
    world.settle()
    assert swept(world) == 0


def swept(world: World) -> int:
    with tallied() as told:
        world.service.sweep.run()
    assert ("OldestInFlightAge", "") in told
    return told["OldestInFlightAge", ""]
