"""Promise 2: an acknowledged capture is never lost, whatever call to a store is the last.

One day in the life of a user is lived once undisturbed. Then it is lived again for each call that
changes a store, in a child process that SIGKILL ends right after that call, and right before each
step's first. (To die before any other call, or around a read, is to die after the change before
it.) Minutes later another process opens the file, repeats the step that was never answered, lives
the rest of the day, and must end where the undisturbed life ended.
"""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from fakes import FrozenClock
from scenarios.support import WatchedIndex, WatchedTable, contents
from world import World, sqlite_index

from lamella.clock import SECOND
from lamella.engines.sqlite import SqliteTable
from lamella.errors import NotFound

OWNER = "u:ann"
ANN = {"user_id": "ann"}
TRIP = {**ANN, "session_id": "trip"}
WORK = {**ANN, "session_id": "work"}

Moment = Literal["before", "after"]


@dataclass
class Executioner:
    """Counts the calls that change a store; at the given one the process dies."""

    at: int = 0
    moment: Moment = "before"
    calls: int = 0

    def __call__(self, call: Callable[[], Any]) -> Any:
        self.calls += 1
        self._strike("before")
        answer = call()
        self._strike("after")
        return answer

    def _strike(self, moment: Moment) -> None:
        if self.calls == self.at and moment == self.moment:
            os.kill(os.getpid(), signal.SIGKILL)


# --- the day ------------------------------------------------------------------------------


def moves_in(world: World) -> None:
    world.add(
        [
            {"role": "user", "content": "I live in Berlin."},
            {"role": "user", "content": "I am looking for a quiet hotel for this trip."},
        ],
        **TRIP,
        working={"budget": 900},
        attention="the trip to Lisbon",
        idempotency_key="moves in",
    )


def states_a_fact_verbatim(world: World) -> None:
    world.add("I play the cello.", **ANN, infer=False, idempotency_key="cello")


def takes_a_note_verbatim(world: World) -> None:
    note = "The hotel must have a lift."
    world.add(note, **TRIP, infer=False, metadata={"layer": "session"}, idempotency_key="lift")


def sets_a_working_item(world: World) -> None:
    world.working("shortlist", ["Casa A", "Casa B"], **TRIP)


def nudges_arrive(world: World) -> None:
    world.deliver()


def moves_on(world: World) -> None:
    world.add("I moved to Oslo.", **WORK, idempotency_key="moves on")
    world.add("My wife is called Mara.", **WORK, idempotency_key="wife")


def corrects_a_fact(world: World) -> None:
    for id in ids_of(world, "I play the cello."):
        world.update(id, text="I play the viola.")


def deletes_a_fact(world: World) -> None:
    for id in ids_of(world, "My wife is called Mara."):
        world.delete(id)


def closes_the_trip(world: World) -> None:
    close(world, promote=True, **TRIP)


def says_something_in_passing_and_clears(world: World) -> None:
    task = "I am looking for a cheap opera ticket for tonight."
    world.add(task, **WORK, idempotency_key="opera")
    close(world, promote=False, **WORK)


def repeats_itself(world: World) -> None:
    world.add("I moved to Oslo.", **ANN, idempotency_key="again")
    world.flush(**ANN)


DAY = (
    moves_in,
    states_a_fact_verbatim,
    takes_a_note_verbatim,
    sets_a_working_item,
    nudges_arrive,
    moves_on,
    nudges_arrive,
    corrects_a_fact,
    deletes_a_fact,
    closes_the_trip,
    nudges_arrive,
    says_something_in_passing_and_clears,
    nudges_arrive,
    repeats_itself,
)


def ids_of(world: World, text: str) -> list[str]:
    return [memory["id"] for memory in world.list(**ANN) if memory["memory"] == text]


def close(world: World, promote: bool, **session: Any) -> None:
    """Closing is done once: that no such session is open any more is as good an answer."""
    try:
        world.close_session(promote, **session)
    except NotFound:
        assert session["session_id"] not in [one["session_id"] for one in world.sessions(**ANN)]


CALLS = ("moves in", "cello", "lift", "moves on", "wife", "again")
"""Calls whose receipts must tell the same; what became of the opera depends on who was first."""


@dataclass(frozen=True)
class Life:
    """How many calls changed a store, which of them were their step's first, and how it ended."""

    calls: int
    firsts: Sequence[int]
    end: Mapping[str, Any]


# --- living it ----------------------------------------------------------------------------


def open_world(file: Path, watch: Executioner, ids: str, clock: FrozenClock) -> World:
    table = WatchedTable(SqliteTable(file), watch)
    return World(table, WatchedIndex(sqlite_index(file), watch), clock=clock, ids=ids)


def live(world: World, begin: int = 0, told: Callable[[int], None] = lambda step: None) -> None:
    for number, step in enumerate(DAY[begin:], begin):
        told(number)
        step(world)
        world.clock.advance(SECOND)


def die(file: Path, watch: Executioner) -> int:
    """Live in a child until the end; the number of the step that was never answered."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        try:
            world = open_world(file, watch, "01", FrozenClock())
            live(world, told=lambda step: void(os.write(writing, bytes([step]))))
        finally:
            os._exit(1)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as steps:
        begun = steps.read()
    assert os.WIFSIGNALED(status), f"the child outlived step {begun[-1]}"
    return begun[-1]


def void(_: object) -> None:
    """Takes any answer and gives none."""


def end_of(world: World) -> dict[str, Any]:
    world.settle()
    return contents(world, OWNER, ("trip", "work"), CALLS)


def recovered(file: Path, step: int) -> dict[str, Any]:
    """Minutes later: what was left is found, the step repeated, and the day lived to its end."""
    world = open_world(file, Executioner(), "02", FrozenClock())
    world.clock.advance(SECOND * len(DAY))
    world.recover()
    live(world, step)
    end = end_of(world)
    world.close()
    return end


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which only the organization's secret lies, so that guards can be compared."""
    file = tmp_path_factory.mktemp("untouched") / "lamella.db"
    world = open_world(file, Executioner(), "00", FrozenClock())
    world.add("Hello.", user_id="nobody")
    world.close()
    return file


@pytest.fixture(scope="module")
def undisturbed(untouched: Path) -> Life:
    file = shutil.copy(untouched, untouched.with_name("undisturbed.db"))
    watch = Executioner()
    world = open_world(Path(file), watch, "01", FrozenClock())
    firsts: list[int] = []
    live(world, told=lambda step: firsts.append(watch.calls + 1))
    life = Life(watch.calls, firsts, end_of(world))
    world.close()
    return life


def test_the_day_ends_as_it_should(undisturbed: Life) -> None:
    end = undisturbed.end
    texts = {(memory[0], memory[4]) for memory in end["memories"]}
    assert texts >= {
        ("I live in Berlin.", "I moved to Oslo."),
        ("I moved to Oslo.", None),
        ("I play the viola.", None),
    }
    assert any(memory[2] == "episodic" for memory in end["memories"])
    assert not [memory for memory in end["memories"] if "opera" in memory[0]]
    assert {status for status, _ in end["events"].values()} == {"SUCCEEDED"}
    assert not any(end[what] for what in ("unfinished", "plans", "leases", "due"))
    assert undisturbed.calls > 100


def test_killed_after_any_call_it_ends_the_same(untouched: Path, undisturbed: Life) -> None:
    for call in range(1, undisturbed.calls + 1):
        file = Path(shutil.copy(untouched, untouched.with_name(f"after-{call}.db")))
        step = die(file, Executioner(call, "after"))
        assert recovered(file, step) == undisturbed.end, f"call {call}, {DAY[step].__name__}"


def test_killed_between_two_steps_it_ends_the_same(untouched: Path, undisturbed: Life) -> None:
    for call in undisturbed.firsts:
        file = Path(shutil.copy(untouched, untouched.with_name(f"before-{call}.db")))
        step = die(file, Executioner(call, "before"))
        assert recovered(file, step) == undisturbed.end, f"call {call}, {DAY[step].__name__}"
