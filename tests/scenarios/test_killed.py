"""Promise 2: an acknowledged capture is never lost, whatever call to a store is the last.

One day in the life of a user is lived once undisturbed, and the file kept as it was before each
step. Then each step is taken again, in a child process that SIGKILL ends before its first call that
changes a store, and after each of them. (To die before any other call, or around a read, is to die
after the change before it.) Minutes later another process opens the file, repeats the step that was
never answered, lives the rest of the day, and must end where the undisturbed life ended.
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
from world import ORG, World, on_file, sqlite_index

from lamella.clock import SECOND
from lamella.engines.sqlite import SqliteTable
from lamella.errors import NotFound
from lamella.ports import Nudge

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
    world.deliver([Nudge(ORG, OWNER)])


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


# --- living it ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Life:
    """The file before each step, how many calls of the step change a store, and the day's end."""

    before: Sequence[Path]
    calls: Sequence[int]
    end: Mapping[str, Any]


def open_at(step: int, file: Path, watch: Executioner) -> World:
    """A world of its own for one step, whose calls `watch` is told of."""
    clock = FrozenClock()
    clock.advance(SECOND * step)
    table, index = SqliteTable(file), sqlite_index(file)
    watched = WatchedTable(table, watch), WatchedIndex(index, watch)
    return World(*watched, clock=clock, ids=str(10 + step))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Life:
    folder = tmp_path_factory.mktemp("undisturbed")
    file = folder / "lamella.db"
    before, calls = [], []
    for step, do in enumerate(DAY):
        open_at(step, file, Executioner()).close()
        before.append(Path(shutil.copy(file, folder / f"before-{step}.db")))
        watch = Executioner()
        world = open_at(step, file, watch)
        do(world)
        world.close()
        calls.append(watch.calls)
    return Life(before, calls, end_of(file, len(DAY)))


def die(step: int, file: Path, watch: Executioner) -> None:
    """Take the step in a child process that doesn't live to answer."""
    child = os.fork()
    if not child:
        try:
            DAY[step](open_at(step, file, watch))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"the child outlived call {watch.at}"


def end_of(file: Path, step: int) -> dict[str, Any]:
    """Minutes later what was left is found, the step is repeated, the day lived to its end."""
    world = on_file(file, ids="90")
    world.clock.advance(SECOND * len(DAY))
    world.recover()
    for do in DAY[step:]:
        do(world)
        world.clock.advance(SECOND)
    world.settle()
    end = contents(world, OWNER, ("trip", "work"), CALLS)
    world.close()
    return end


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
    assert all(undisturbed.calls)
    assert sum(undisturbed.calls) > 100


@pytest.mark.parametrize("step", range(len(DAY)), ids=[step.__name__ for step in DAY])
def test_killed_around_any_call_it_ends_the_same(
    undisturbed: Life, step: int, tmp_path: Path
) -> None:
    moments: list[tuple[int, Moment]] = [(1, "before")]
    moments += [(call, "after") for call in range(1, undisturbed.calls[step] + 1)]
    for call, moment in moments:
        file = Path(shutil.copy(undisturbed.before[step], tmp_path / f"{moment}-{call}.db"))
        die(step, file, Executioner(call, moment))
        assert end_of(file, step) == undisturbed.end, f"killed {moment} call {call}"
