"""A hundred callers in four processes who all say the same, and what must come of it."""

from __future__ import annotations

import os
from collections.abc import Callable

from scenarios.support import contents
from world import ORG, World

from lamella.receipts import event_id

ANN = {"user_id": "ann"}
PROCESSES, EACH = 4, 25
FACT = "I prefer boutique hotels."

Opened = Callable[[str], World]
"""Opens the world that all share, for a process whose ids begin as told."""


def say_it_everywhere(opened: Opened) -> None:
    """Let the callers speak, and their processes end."""
    children = [_fork(opened, number) for number in range(PROCESSES)]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * PROCESSES


def _fork(opened: Opened, number: int) -> int:
    """A process with a world of its own, in which 25 callers say the same; answers its id."""
    child = os.fork()
    if child:
        return child
    failed = 1
    try:
        world = opened(f"1{number}")
        for call in range(number, PROCESSES * EACH, PROCESSES):
            world.add(FACT, **ANN, infer=call % 3 > 0, idempotency_key=f"call {call}")
            world.deliver()
        failed = 0
    finally:
        os._exit(failed)


def assert_one_memory(world: World) -> None:
    """Of a settled world: it holds the fact once, and told every caller so."""
    [memory] = world.list(**ANN, superseded=True)
    assert memory["memory"] == FACT
    assert [event["event"] for event in world.history(memory["id"])] == ["ADD"]
    assert contents(world, "u:ann")["index"] == {(FACT, True): 1}
    told = [world.event(event_id(ORG, f"call {n}", "")) for n in range(PROCESSES * EACH)]
    outcomes = [result for event in told for result in event["results"]]
    assert {one["id"] for one in outcomes} == {memory["id"]}
    assert sorted(one["event"] for one in outcomes) == ["ADD"] + ["NONE"] * (PROCESSES * EACH - 1)
