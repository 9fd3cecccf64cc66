"""Promise 5: what is forgotten is gone; nothing in flight, replayed or restored brings it back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from scenarios.dumps import bytes_on_disk, everything, items
from scenarios.gates import GatedIndex, GatedTable
from world import AT_ONCE, ORG, World, on_file

from lamella import keys
from lamella.clock import HOUR, MINUTE, SECOND
from lamella.errors import Invalid, NotFound
from lamella.ports import Commit, Page, Put, Read, Refusal, Table
from lamella.requests import ForgetRequest, RelationsRequest

ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}
CANARY = "zebrafish"


def fill(world: World) -> list[str]:
    """Leave something of Alex's in every corner, with the canary in it; answers memory ids."""
    world.add(f"My sister Mara lives in {CANARY.title()}.", **TRIP)
    world.add(f"I prefer {CANARY} hotels.", **TRIP)
    world.add(f"The {CANARY} of today is late.", metadata={"layer": "session"}, **TRIP)
    world.flush(**ALEX)
    world.add(f"I prefer no {CANARY} hotels any more.", **TRIP)
    world.flush(**ALEX)
    kept = world.remember(f"I keep a {CANARY}.", metadata={"of": CANARY}, **ALEX)
    deleted = world.remember(f"I sold a {CANARY}.", **ALEX)
    world.delete(deleted)
    updated = world.remember(f"I feed my {CANARY}.", **ALEX)
    world.update(updated, text=f"I no longer feed my {CANARY}.")
    world.working("fish", CANARY, **TRIP)
    world.attention(f"the {CANARY}", **TRIP)
    world.add(f"Pending {CANARY} one.", **TRIP)
    world.add(f"Pending {CANARY} two, without a session.", **ALEX)
    world.add(["hi", {"role": "tool", "content": CANARY}], user_id="alex", session_id="other")
    return [kept, deleted, updated]


def assert_gone(world: World, ids: Sequence[str]) -> None:
    for scope in (ALEX, TRIP, {"filters": {"user_id": "*"}}, {"session_id": "trip"}):
        assert world.search(CANARY, threshold=0, show_expired=True, superseded=True,
                            top_k=100, **scope)["results"] == []  # fmt: skip
    assert world.list(show_expired=True, superseded=True, **ALEX) == []
    assert world.sessions(**ALEX) == []
    asked = RelationsRequest.parse(ALEX)
    assert world.service.retrieve.relations(ORG, asked)["results"] == []
    for id in ids:
        for call in (world.service.govern.get, world.service.govern.history):
            with pytest.raises(NotFound):
                call(ORG, id)
        with pytest.raises(NotFound):
            world.restore(id)
        with pytest.raises(NotFound):
            world.delete(id)


def test_forgetting_reaches_every_layer_and_store(world: World) -> None:
    ids = fill(world)
    assert CANARY in everything(world).casefold()
    told = world.forget(**ALEX)
    assert CANARY not in everything(world).casefold()
    assert_gone(world, ids)
    assert told["receipt"]["second_pass"] == {"found": 0}
    erased = told["receipt"]["erased"]
    for kind in ("turn blocks", "notes", "working items", "memories", "in-flight items",
                 "history entries", "relations", "sessions"):  # fmt: skip
        assert erased[kind] > 0, kind


def test_the_receipt_and_what_remains_tell_ids_and_times_only(world: World) -> None:
    fill(world)
    told = world.forget(**ALEX)
    assert CANARY not in str(told).casefold()
    assert told["receipt"]["owner"] == "alex"


def test_a_forgotten_plan_is_never_replayed(gated: World) -> None:
    table = gated.table
    assert isinstance(table, GatedTable)
    gated.add(f"I prefer {CANARY} hotels.", **TRIP)
    table.closed_to = (keys.MEMORIES,)
    gated.flush(**ALEX)
    table.closed_to = ()
    assert gated.of_owner("u:alex", keys.PLANS)
    gated.forget(**ALEX)
    assert not gated.of_owner("u:alex", keys.PLANS)
    gated.settle()
    assert_gone(gated, [])


def test_a_plan_put_back_after_the_fact_brings_nothing_back(gated: World) -> None:
    table = gated.table
    assert isinstance(table, GatedTable)
    gated.add(f"I prefer {CANARY} hotels.", **TRIP)
    table.closed_to = (keys.MEMORIES,)
    gated.flush(**ALEX)
    table.closed_to = ()
    left = gated.of_owner("u:alex", keys.PLANS) + gated.of_owner("u:alex", keys.IN_FLIGHT)
    gated.forget(**ALEX)
    gated.table.write([(Put(item),) for item in left])
    gated.recover()
    gated.settle()
    assert_gone(gated, [])
    assert not gated.of_owner("u:alex", keys.PLANS)
    assert not gated.of_owner("u:alex", keys.MEMORIES)


def test_a_nudge_delivered_late_and_twice_brings_nothing_back(world: World) -> None:
    fill(world)
    nudges = list(world.bus.nudges)
    world.forget(**ALEX)
    world.deliver([*nudges, *nudges])
    world.recover()
    assert_gone(world, [])
    assert CANARY not in everything(world).casefold()


def test_an_index_that_lags_does_not_bring_back_what_was_forgotten(gated: World) -> None:
    index = gated.index
    assert isinstance(index, GatedIndex)
    id = gated.remember(f"I keep a {CANARY}.", **ALEX)
    index.lagging = True
    gated.flush(**ALEX)
    gated.forget(**ALEX)
    index.refresh()
    assert_gone(gated, [id])


# --- captures that were on their way ------------------------------------------------------


class Held:
    """A table on which the next capture's commit waits until it is let go: a slow process."""

    def __init__(self, behind: Table) -> None:
        self._behind = behind
        self.holding = False
        self._held: list[Sequence[Commit]] = []

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        if self.holding:
            self._held.append(commits)
            return [None] * len(commits)
        return self._behind.write(commits)

    def let_go(self) -> list[Refusal | None]:
        self.holding = False
        return [answer for commits in self._held for answer in self._behind.write(commits)]

    def read(self, reads: Sequence[Read]) -> list[Page]:
        return self._behind.read(reads)

    def tidy(self, now: int) -> int:
        return self._behind.tidy(now)

    def scrub(self) -> None:
        self._behind.scrub()

    def close(self) -> None:
        self._behind.close()


@pytest.fixture
def slow(build: Any) -> World:
    behind = build()
    world = World(Held(behind.table), behind.index, ids=behind.ids, settings=WITH_SKEW)
    world.add("hello", **ALEX)
    world.flush(**ALEX)
    return world


WITH_SKEW = dataclasses.replace(AT_ONCE, clock_skew=SECOND)


LATE: dict[str, dict[str, Any]] = {
    "a call": {"messages": f"I prefer {CANARY} hotels.", **TRIP},
    "a call without a session": {"messages": f"I prefer {CANARY} hotels.", **ALEX},
    "a verbatim call": {"messages": f"I keep a {CANARY}.", "infer": False, **ALEX},
    "a verbatim note": {
        "messages": f"The {CANARY} is late.",
        "infer": False,
        "metadata": {"layer": "session"},
        **TRIP,
    },
}


@pytest.mark.parametrize("late", LATE)
def test_what_started_before_and_commits_after_stays_forgotten(slow: World, late: str) -> None:
    assert isinstance(slow.table, Held)
    slow.table.holding = True
    slow.add(**LATE[late])
    held, slow.table._held = slow.table._held, []
    slow.table.holding = False
    slow.forget(**ALEX)
    slow.table._held = held
    slow.table.let_go()
    assert_gone(slow, [])
    slow.recover()
    slow.settle()
    assert_gone(slow, [])
    assert CANARY not in everything_behind(slow)


@pytest.mark.parametrize("late", LATE)
def test_the_same_words_said_again_afterwards_are_kept(slow: World, late: str) -> None:
    assert isinstance(slow.table, Held)
    slow.table.holding = True
    slow.add(**LATE[late])
    held, slow.table._held = slow.table._held, []
    slow.table.holding = False
    slow.forget(**ALEX)
    slow.table._held = held
    slow.table.let_go()
    slow.clock.advance(MINUTE)
    slow.add(**LATE[late])
    slow.flush(**ALEX)
    session = {"session_id": "trip"} if "session_id" in LATE[late] else {}
    found = slow.search(CANARY, threshold=0, layers=["user", "session"], **ALEX, **session)
    assert len(found["results"]) == 1


def everything_behind(world: World) -> str:
    assert isinstance(world.table, Held)
    return everything(World(world.table._behind, world.index)).casefold()


def test_a_user_may_come_back(world: World) -> None:
    fill(world)
    world.forget(**ALEX)
    world.clock.advance(MINUTE)
    world.add(f"I prefer {CANARY} hotels.", **TRIP)
    assert len(world.search("hotels", threshold=0, **TRIP)["results"]) == 1
    world.flush(**ALEX)
    [memory] = world.list(**ALEX)
    assert memory["memory"] == f"I prefer {CANARY} hotels."
    assert world.sessions(**ALEX)[0]["session_id"] == "trip"


def test_others_keep_what_is_theirs(world: World) -> None:
    world.remember("I prefer hostels.", user_id="sam")
    world.add("Pending hostels.", user_id="sam", session_id="trip")
    fill(world)
    world.forget(**ALEX)
    assert [memory["memory"] for memory in world.list(user_id="sam")] == ["I prefer hostels."]
    found = world.search("hostels", threshold=0, user_id="sam", session_id="trip")
    assert {hit["memory"] for hit in found["results"]} == {"I prefer hostels.", "Pending hostels."}


def test_more_than_one_page_of_everything_is_reached(world: World) -> None:
    for number in range(12):
        said = [f"Fact {number} {part} of the {CANARY}." for part in range(50)]
        world.add(said, infer=False, **ALEX)
    world.flush(**ALEX)
    told = world.forget(**ALEX)
    assert told["receipt"]["erased"]["memories"] == 600
    assert CANARY not in everything(world).casefold()


def test_no_byte_is_left_in_the_file_or_its_log(tmp_path: Path) -> None:
    world = on_file(tmp_path / "lamella.db")
    for number in range(12):
        world.add(f"Number {number}: I prefer {CANARY} hotels with {number} rooms.", **TRIP)
        world.remember(f"Guest {number} of the {CANARY} hotel.", user_id=f"guest-{number}")
    fill(world)
    world.flush()
    for number in range(12):
        world.forget(user_id=f"guest-{number}")
    assert CANARY.encode() in bytes_on_disk(world).lower()
    world.forget(**ALEX)
    assert CANARY.encode() not in bytes_on_disk(world).lower()
    world.close()


# --- delete_all: by scope, and never without one ------------------------------------------


def populate(world: World) -> None:
    world.remember("Alex one.", user_id="alex")
    world.remember("Alex with concierge.", user_id="alex", agent_id="concierge")
    world.remember("Sam with concierge.", user_id="sam", agent_id="concierge")
    world.remember("Alex on the trip.", session_id="trip", metadata={"layer": "user"}, **ALEX)
    world.remember("Trip note.", session_id="trip", metadata={"layer": "session"}, **ALEX)
    world.remember("Alex on project x.", user_id="alex", metadata={"project": "x"})
    world.remember("The concierge itself.", agent_id="concierge")
    world.add("I prefer pending hotels.", user_id="alex", agent_id="concierge")
    world.add("I prefer pending hostels.", user_id="pat", agent_id="concierge")
    world.add("I prefer pending tents.", session_id="trip", **ALEX)
    world.flush(user_id="sam")


def remaining(world: World) -> set[str]:
    """Every memory of anybody, once all that waits is promoted."""
    world.settle()
    owners: tuple[dict[str, str], ...] = (
        *({"user_id": user} for user in ("alex", "sam", "pat")), {"agent_id": "concierge"},
    )  # fmt: skip
    return {
        memory["memory"]
        for ids in owners
        for memory in world.list(show_expired=True, superseded=True, **ids)
    }


EVERYTHING = {
    "Alex one.",
    "Alex with concierge.",
    "Sam with concierge.",
    "Alex on the trip.",
    "Trip note.",
    "Alex on project x.",
    "The concierge itself.",
    "I prefer pending hotels.",
    "I prefer pending hostels.",
    "I prefer pending tents.",
}
OF_ALEX = {
    "Alex one.",
    "Alex with concierge.",
    "Alex on the trip.",
    "Trip note.",
    "Alex on project x.",
    "I prefer pending hotels.",
    "I prefer pending tents.",
}
ON_THE_TRIP = {"Alex on the trip.", "Trip note.", "I prefer pending tents."}
OF_CONCIERGE = {
    "Alex with concierge.",
    "Sam with concierge.",
    "The concierge itself.",
    "I prefer pending hotels.",
    "I prefer pending hostels.",
}
SCOPES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a user": ({"user_id": "alex"}, OF_ALEX),
    "a user's session": ({"user_id": "alex", "session_id": "trip"}, ON_THE_TRIP),
    "a session": ({"run_id": "trip"}, ON_THE_TRIP),
    "an agent across users": ({"agent_id": "concierge"}, OF_CONCIERGE),
    "a user with an agent": (
        {"user_id": "alex", "agent_id": "concierge"},
        {"Alex with concierge.", "I prefer pending hotels."},
    ),
    "metadata of a user": (
        {"user_id": "alex", "metadata": {"project": "x"}},
        {"Alex on project x."},
    ),
    "every user": ({"user_id": "*"}, EVERYTHING - {"The concierge itself."}),
    "every agent": ({"agent_id": "*"}, OF_CONCIERGE),
    "every session of a user": ({"user_id": "alex", "run_id": "*"}, ON_THE_TRIP),
    "metadata of every user": (
        {"user_id": "*", "metadata": {"project": "x"}},
        {"Alex on project x."},
    ),
}


def test_without_deleting_everything_is_there(world: World) -> None:
    populate(world)
    assert remaining(world) == EVERYTHING


@pytest.mark.parametrize("scope", SCOPES)
def test_delete_all_takes_what_the_scope_names_and_nothing_else(world: World, scope: str) -> None:
    ids, gone = SCOPES[scope]
    populate(world)
    world.flush(agent_id="concierge")
    world.delete_all(**ids)
    for text in gone:
        hits = world.search(text, threshold=0, top_k=100, **ALEX)["results"]
        assert text not in [hit["memory"] for hit in hits if hit["layer"] != "conversation"]
    assert remaining(world) == EVERYTHING - gone


def test_delete_all_reaches_what_has_expired(world: World) -> None:
    world.remember("Old with concierge.", expiration_date="1h", agent_id="concierge", **ALEX)
    world.flush()
    world.clock.advance(2 * HOUR)
    world.delete_all(agent_id="concierge", **ALEX)
    assert world.list(show_expired=True, **ALEX) == []


def test_without_a_scope_nothing_is_deleted(world: World) -> None:
    populate(world)
    before = items(world)
    for fields in ({}, {"metadata": {"project": "x"}}, {"filters": {}}):
        with pytest.raises(Invalid, match="nothing was deleted"):
            world.delete_all(**fields)
    assert items(world) == before


def test_forgetting_needs_exactly_one_owner(world: World) -> None:
    for ids in ({}, TRIP, {"user_id": "alex", "agent_id": "concierge"}, {"session_id": "trip"}):
        with pytest.raises(Invalid):
            ForgetRequest.parse(ids)


def test_what_was_captured_before_a_delete_never_recreates_it(world: World) -> None:
    world.add("I prefer boutique hotels.", **ALEX)
    world.flush(**ALEX)
    world.add("I prefer boutique hotels.", **ALEX)
    [memory] = world.list(**ALEX)
    world.delete(memory["id"])
    world.flush(**ALEX)
    assert world.list(**ALEX) == []
    world.add("I prefer boutique hotels.", **ALEX)
    world.flush(**ALEX)
    assert len(world.list(**ALEX)) == 1
