"""Promise 8 where no slot and no topic tells: of what lies near, the clearest gives way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scenarios.gates import GatedIndex
from world import World

from lamella.clock import DAY, HOUR
from lamella.engines.reference import ReferenceIndex, ReferenceTable

ALEX = {"user_id": "alex"}
SCARF, COAT = "The scarf waits in the hall.", "The coat waits in the attic."
BURNT = "The scarf burnt to ashes."


class Firewatch:
    """A judge for these stories: what burns ends whatever names the thing that burns."""

    def __init__(self, knows: bool = True) -> None:
        self._knows = knows
        self.heard: list[str] = []

    def knows(self, model: str) -> bool:
        return self._knows

    def asks(self, text: str) -> bool:
        self.heard.append(text)
        return "burnt" in text

    def outdates(self, newer: str, older: str, likeness: float) -> float:
        named = newer.split()[1] in older.split() and "burnt" not in older
        return likeness if named and self.asks(newer) else -1.0


@pytest.fixture
def world(build: Callable[..., World]) -> World:
    return build(judge=Firewatch())


def said(world: World, *texts: str, **fields: Any) -> None:
    world.add(list(texts), **{**ALEX, **fields})
    world.flush(**ALEX)
    world.clock.advance(HOUR)


def known(world: World) -> list[str]:
    return sorted(memory["memory"] for memory in world.list(layers=["user"], **ALEX))


def test_a_change_ends_what_lies_near_and_nothing_else(world: World) -> None:
    said(world, SCARF, COAT)
    said(world, BURNT)
    assert known(world) == sorted([BURNT, COAT])
    [old] = [m for m in world.list(superseded=True, **ALEX) if m["memory"] == SCARF]
    [new] = [m for m in world.list(**ALEX) if m["memory"] == BURNT]
    assert (old["superseded_by"], old["valid_to"]) == (new["id"], new["timestamp"])


def test_at_most_one_memory_gives_way_the_clearest(world: World) -> None:
    said(world, "The scarf burnt orange is here.", "The scarf is red.", "The scarf is long.")
    said(world, BURNT)
    assert len(known(world)) == 3


def test_what_is_said_and_changed_in_one_call_is_placed_in_order(world: World) -> None:
    said(world, SCARF, COAT, BURNT)
    assert known(world) == sorted([BURNT, COAT])


def test_what_arrives_late_is_outdated_already(world: World) -> None:
    said(world, BURNT)
    long_ago = (world.clock.now - 9 * DAY) / 1000
    said(world, SCARF, timestamp=long_ago)
    assert known(world) == [BURNT]
    then = world.search(
        "scarf", threshold=0, layers=["user"], as_of=(world.clock.now - 5 * DAY) / 1000, **ALEX
    )
    assert [hit["memory"] for hit in then["results"]] == [SCARF]


def test_another_speakers_word_stands(world: World) -> None:
    mine = "My scarf is red."
    world.add([{"role": "user", "content": mine, "name": "Bo"}], **ALEX)
    said(world, BURNT)
    assert known(world) == [mine, BURNT]


def test_another_users_word_stands(world: World) -> None:
    world.add(SCARF, user_id="bo")
    world.flush(user_id="bo")
    said(world, BURNT)
    assert [m["memory"] for m in world.list(user_id="bo")] == [SCARF]


def test_while_the_index_is_away_what_is_outdated_stays_beside() -> None:
    index = GatedIndex(ReferenceIndex())
    world = World(ReferenceTable(), index, judge=Firewatch())
    said(world, SCARF)
    index.away = True
    said(world, BURNT)
    assert known(world) == sorted([SCARF, BURNT])


def test_a_judge_that_does_not_know_the_model_is_not_asked(build: Callable[..., World]) -> None:
    judge = Firewatch(knows=False)
    world = build(judge=judge)
    said(world, SCARF)
    said(world, BURNT)
    assert known(world) == sorted([SCARF, BURNT])
    assert judge.heard == []
