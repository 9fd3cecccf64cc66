"""Promise 3: duplicates change nothing, late and out of order, from one process or from many."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from scenarios.crowd import assert_one_memory, say_it_everywhere
from scenarios.support import contents
from world import World, in_memory, on_file

from lamella.clock import DAY, SECOND
from lamella.errors import Conflict
from lamella.incoming import nudges, submission
from lamella.ports import Nudge

ANN = {"user_id": "ann"}
TRIP = {**ANN, "session_id": "trip"}
SAID = (
    ("I live in Berlin.", TRIP),
    ("I am looking for a quiet hotel.", TRIP),
    ("I prefer boutique hotels.", ANN),
    ("I moved to Oslo.", TRIP),
    ("My sister is called Mara.", ANN),
    ("I live in Berlin.", ANN),
)


@pytest.fixture
def world() -> World:
    return in_memory()


def end_of(world: World) -> dict[str, Any]:
    world.settle()
    return contents(world, "u:ann", ("trip",), [text + str(n) for n, (text, _) in enumerate(SAID)])


def say(world: World, number: int) -> None:
    text, ids = SAID[number]
    world.add(text, **ids, idempotency_key=text + str(number))
    world.clock.advance(SECOND)


def told_once() -> dict[str, Any]:
    """Each nudge delivered at once, and once."""
    world = in_memory()
    for number in range(len(SAID)):
        say(world, number)
        world.deliver()
    world.close_session(**TRIP)
    world.deliver()
    return end_of(world)


# --- deliveries ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_nudges_delivered_three_times_late_and_out_of_order_change_nothing(seed: int) -> None:
    world, dice = in_memory(), Random(seed)
    queue: list[str] = []
    for number in range(len(SAID) + 1):
        if number < len(SAID):
            say(world, number)
        else:
            world.close_session(**TRIP)
        queue += [message(nudge) for nudge in world.bus.nudges for _ in range(3)]
        world.bus.nudges.clear()
        dice.shuffle(queue)
        for _ in range(dice.randrange(4)):
            deliver(world, queue.pop())
    for body in queue:
        deliver(world, body)
    assert end_of(world) == told_once()


def test_a_nudge_that_comes_days_later_changes_nothing(world: World) -> None:
    for number in range(len(SAID)):
        say(world, number)
    late = [message(nudge) for nudge in world.bus.nudges]
    world.close_session(**TRIP)
    world.deliver()
    before = end_of(world)
    world.clock.advance(3 * DAY)
    for body in late:
        deliver(world, body)
    assert end_of(world)["memories"] == before["memories"] == told_once()["memories"]


def message(nudge: Nudge) -> str:
    """A nudge as EventBridge puts it into the queue."""
    detail = {"nudges": [{"org": nudge.org, "owner": nudge.owner}]}
    return json.dumps({"detail-type": "Turns Captured", "detail": detail})


def deliver(world: World, body: str) -> None:
    world.deliver(nudges(body))


def test_a_producers_event_delivered_again_is_one_call(world: World) -> None:
    event = {
        "detail-type": "Memory Submitted",
        "id": "7bf73129",
        "detail": {"messages": "I live in Berlin.", "user_id": "ann"},
    }
    receive(world, event)
    world.add("I moved to Oslo.", **ANN)
    world.deliver()
    world.settle()
    before = contents(world, "u:ann")
    for _ in range(2):
        receive(world, event)
        world.settle()
    assert contents(world, "u:ann") == before


def receive(world: World, event: dict[str, Any]) -> None:
    call = submission(event)
    assert call.pop("action") == "add"
    world.add(call.pop("messages"), **call)


# --- retries ------------------------------------------------------------------------------


@pytest.mark.parametrize("infer", [True, False])
def test_the_same_idempotency_key_answers_the_same_ids(world: World, infer: bool) -> None:
    call = {**TRIP, "infer": infer, "idempotency_key": "once"}
    first = world.add("I live in Berlin.", **call)
    again = world.add("I live in Berlin.", **call)
    assert again["event_id"] == first["event_id"]
    world.deliver()
    later = world.add("I live in Berlin.", **call)
    assert later["event_id"] == first["event_id"]
    [memory] = world.list(**ANN)
    assert [one["id"] for one in later["results"]] == [memory["id"]]
    if not infer:
        assert first["results"] == again["results"] == later["results"]


@pytest.mark.parametrize("infer", [True, False])
def test_the_same_idempotency_key_with_another_body_is_a_conflict(
    world: World, infer: bool
) -> None:
    world.add("I live in Berlin.", **ANN, infer=infer, idempotency_key="once")
    for other in ({"messages": "I live in Oslo."}, {"metadata": {"a": 1}}, {"user_id": "bea"}):
        call = {"messages": "I live in Berlin.", **ANN, **other, "infer": infer}
        with pytest.raises(Conflict, match="another body"):
            world.add(call.pop("messages"), **call, idempotency_key="once")
    world.deliver()
    assert [memory["memory"] for memory in world.list(**ANN)] == ["I live in Berlin."]
    assert world.list(user_id="bea") == []


def test_a_retry_after_a_week_is_a_new_call(world: World) -> None:
    world.add("I live in Berlin.", **ANN, idempotency_key="once")
    world.settle()
    [memory] = world.list(**ANN)
    world.delete(memory["id"])
    world.clock.advance(8 * DAY)
    world.add("I live in Berlin.", **ANN, idempotency_key="once")
    world.settle()
    assert [memory["memory"] for memory in world.list(**ANN)] == ["I live in Berlin."]


@pytest.mark.parametrize("infer", [True, False])
def test_a_retry_brings_nothing_back(world: World, infer: bool) -> None:
    """Neither a deleted memory, nor a closed session, nor somebody forgotten."""
    texts = [f"I like the number {number}." for number in range(20)]
    call = {**TRIP, "infer": infer, "idempotency_key": "once"}
    world.add(texts, **call)
    world.close_session(**TRIP)
    world.settle()
    for memory in world.list(**ANN):
        world.delete(memory["id"])
    world.settle()
    world.add(texts, **call)
    world.settle()
    assert world.list(**ANN) == world.sessions(**ANN) == []
    world.forget(**ANN)
    world.add(texts, **call)
    world.settle()
    assert world.list(**ANN) == world.sessions(**ANN) == world.of_owner("u:ann", "M#") == []


# --- many callers -------------------------------------------------------------------------


def test_one_fact_from_a_hundred_callers_in_four_processes_is_one_memory(tmp_path: Path) -> None:
    file = tmp_path / "lamella.db"
    on_file(file).close()
    say_it_everywhere(lambda ids: on_file(file, ids=ids))
    world = on_file(file, ids="09")
    world.settle()
    assert_one_memory(world)
    world.close()
