"""A call that was accepted is promoted, however much it yields: a plan is not bound by an item."""

from __future__ import annotations

import pytest
from world import World, in_memory

from lamella import keys
from lamella.limits import size
from lamella.ports import MAX_ITEM_BYTES

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def world() -> World:
    return in_memory()


def test_large_metadata_on_many_turns_reaches_every_memory(world: World) -> None:
    said = [f"I like the number {number}." for number in range(100)]
    told = world.add(said, user_id="ann", metadata={"page": "x" * 8_000})
    world.deliver()
    found = world.list(user_id="ann")
    assert {memory["memory"] for memory in found} == set(said)
    assert {len(memory["metadata"]["page"]) for memory in found} == {8_000}
    assert world.event(told["event_id"])["status"] == "SUCCEEDED"


def test_what_yields_more_than_an_item_holds_is_planned_in_parts(world: World) -> None:
    said = [[f"My friend {A}{b} lives in {A}{b}stad." for b in LETTERS] for A in LETTERS.upper()]
    told = world.add([" ".join(sentences) for sentences in said], user_id="ann")
    world.deliver()
    event = world.event(told["event_id"])
    placed = world.of_owner("u:ann", keys.MEMORIES)
    assert sum(size(item.key, item.body) for item in placed) > MAX_ITEM_BYTES
    assert (event["status"], len(event["results"])) == ("SUCCEEDED", len(placed))
    remembered = " ".join(memory["memory"] for memory in world.list(user_id="ann"))
    assert [text for sentences in said for text in sentences if text not in remembered] == []
    assert not world.of_owner("u:ann", keys.PLANS)
