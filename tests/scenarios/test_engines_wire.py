"""Promises 2, 3 and 5 on the real engines: killed, throttled, contended, late, shuffled, purged."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from dynamodb_wire import RoughWire
from fakes import FrozenClock
from real import Place, RawTable, place
from scenarios.crowd import assert_one_memory, say_it_everywhere
from scenarios.dumps import everything
from scenarios.support import WatchedIndex, WatchedTable, contents
from world import ORG, World

from lamella import keys
from lamella.clock import DAY, SECOND, system_clock
from lamella.errors import LamellaError
from lamella.ports import Commit, Get, Nudge, Operation, Refusal
from lamella.receipts import event_id

ANN = {"user_id": "ann"}
TRIP = {**ANN, "session_id": "trip"}
SAID = (
    ("I live in Berlin.", True),
    ("I prefer boutique hotels.", False),
    ("I moved to Oslo.", True),
    ("My sister is called Mara.", False),
)
"""What somebody says, and whether in the session `trip`."""


@pytest.fixture
def where(dynamodb_url: str, opensearch_url: str) -> Iterator[Place]:
    with place(dynamodb_url, opensearch_url, f"wire-{uuid4().hex[:8]}") as made:
        yield made


@pytest.fixture
def world(where: Place) -> Iterator[World]:
    with closing(World(where.table(), where.index())) as world:
        yield world


def say(world: World, number: int, who: str = "ann") -> None:
    text, on_the_trip = SAID[number]
    ids = {"user_id": who} | ({"session_id": "trip"} if on_the_trip else {})
    world.add(text, **ids, idempotency_key=f"{who} {number}")
    world.clock.advance(SECOND)


def close_trip(world: World, who: str = "ann") -> None:
    if "trip" in [one["session_id"] for one in world.sessions(user_id=who)]:
        world.close_session(user_id=who, session_id="trip")


def live(world: World, who: str = "ann") -> None:
    for number in range(len(SAID)):
        say(world, number, who)
        world.deliver()
    close_trip(world, who)
    world.deliver()


def memories(world: World, who: str = "ann") -> dict[str, Any]:
    """What a settled world knows and tells of somebody's four calls, and what waits in it."""
    world.settle()
    held = contents(world, f"u:{who}", ("trip",))
    known = {name: held[name] for name in ("index", "unfinished", "plans", "leases", "due")}
    events = [world.event(event_id(ORG, f"{who} {n}", "")) for n in range(len(SAID))]
    return {**known, "told": [event["status"] for event in events], "heads": held["slots"]}


# --- killed -------------------------------------------------------------------------------


class Executioner:
    """Writes down the calls that change a store; after the given one the process dies."""

    def __init__(self, at: int = 0) -> None:
        self.at, self.calls = at, list[str]()
        self.kind = ""

    def __call__(self, call: Callable[[], Any]) -> Any:
        self.calls.append(self.kind or "index")
        self.kind = ""
        answer = call()
        if len(self.calls) == self.at:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    @property
    def telling(self) -> list[int]:
        """The first and the last call of each kind, by number."""
        last = {kind: number for number, kind in enumerate(self.calls, 1)}
        first = {kind: len(self.calls) - n for n, kind in enumerate(reversed(self.calls))}
        return sorted({*first.values(), *last.values()})


class KindlyWatched(WatchedTable):
    """Tells the executioner what kind of commit comes: what it does where."""

    def __init__(self, table: RawTable, watch: Executioner) -> None:
        super().__init__(table, watch)
        self._watch = watch

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        return [self._one(commit) for commit in commits]

    def _one(self, commit: Commit) -> Refusal | None:
        self._watch.kind = ", ".join(sorted({_named(op) for op in commit}))
        return super().write([commit])[0]


def _named(operation: Operation) -> str:
    return f"{type(operation).__name__} {operation.key.sk.partition('#')[0]}"


def watched(where: Place, watch: Executioner, ids: str) -> World:
    return World(KindlyWatched(where.table(), watch), WatchedIndex(where.index(), watch), ids=ids)


def die(where: Place, at: int, who: str) -> None:
    """Live in another process until the call number `at` that changes a store has been made."""
    child = os.fork()
    if not child:
        try:
            live(watched(where, Executioner(at), f"{2 * at:04}"), who)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


def test_killed_after_a_call_of_any_kind_it_ends_the_same(where: Place, world: World) -> None:
    """Each life is another user's; that of a killed one is gone on with by another process.

    `test_killed` dies around every single call: what may differ here is what a kind of call
    leaves behind.
    """
    world.remember("Here I am.", user_id="first")  # so that the organization has its secret
    count = Executioner()
    with closing(watched(where, count, "0000")) as alive:
        live(alive)
        deaths = count.telling
        undisturbed = memories(alive)
    assert len(deaths) > 15
    assert not any(undisturbed[what] for what in ("unfinished", "plans", "leases", "due"))
    for at in deaths:
        who = f"ann-{at}"
        die(where, at, who)
        heir = World(world.table, world.index, ids=f"{2 * at + 1:04}")
        heir.clock.advance(60 * SECOND)
        heir.recover()
        live(heir, who)
        heir.flush(user_id=who)  # which takes over, and lets go of, a dead one's lease
        assert memories(heir, who) == undisturbed, f"killed after {count.calls[at - 1]}"


# --- deliveries ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(2))
def test_nudges_three_times_late_and_shuffled_change_nothing(
    dynamodb_url: str, opensearch_url: str, world: World, seed: int
) -> None:
    live(world)
    with (
        place(dynamodb_url, opensearch_url, f"late-{uuid4().hex[:8]}") as where,
        closing(World(where.table(), where.index())) as other,
    ):
        dice, queue = Random(seed), list[Nudge]()
        for number in range(len(SAID) + 1):
            say(other, number) if number < len(SAID) else close_trip(other)
            queue += [nudge for nudge in other.bus.nudges for _ in range(3)]
            other.bus.nudges.clear()
            dice.shuffle(queue)
            other.deliver([queue.pop() for _ in range(dice.randrange(3))])
        other.deliver(queue)
        assert memories(other) == memories(world)


# --- one fact from everywhere -----------------------------------------------------------------


def test_one_fact_from_a_hundred_callers_in_four_processes_is_one_memory(
    where: Place, world: World
) -> None:
    assert memories_of_index(world) == 0
    say_it_everywhere(lambda ids: World(where.table(), where.index(), ids=ids))
    world.settle()
    assert_one_memory(world)


# --- throttled, contended, raced ------------------------------------------------------------

TROUBLE = {
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "InternalServerError",
    "lost",
    "TransactionConflict",
    "ThrottlingError",
    "TransactionInProgressException",
    "ConditionalCheckFailed",
}


def test_what_dynamodb_refuses_under_load_costs_time_and_nothing_else(
    dynamodb_url: str, opensearch_url: str, world: World
) -> None:
    live(world)
    undisturbed = memories(world)
    name = f"rough-{uuid4().hex[:8]}"
    with (
        place(dynamodb_url, opensearch_url, name) as where,
        RoughWire(dynamodb_url) as wire,
        closing(where.table(wire.url, pause=lambda seconds: None)) as table,
        closing(where.index()) as index,
    ):
        rough = World(table, index)
        for number in range(len(SAID)):
            insist(rough, lambda n=number: say(rough, n))
            insist(rough, rough.deliver)
        insist(rough, lambda: close_trip(rough))
        insist(rough, rough.deliver)
        insist(rough, rough.recover)
        with closing(where.table()) as quiet:
            assert memories(World(quiet, index, rough.clock, ids="02")) == undisturbed
    assert set(wire.met) - {""} == TROUBLE


def insist(world: World, call: Callable[[], Any]) -> None:
    """Do as a caller or a queue does: again, where the answer was that it may succeed later."""
    for _ in range(50):
        try:
            return call()
        except LamellaError as failure:
            if not failure.retryable:
                raise
            world.clock.advance(60 * SECOND)
    pytest.fail("it never succeeded")


# --- time to live -------------------------------------------------------------------------

PATIENCE = 240.0
"""Seconds in which DynamoDB Local deletes what has expired: 1 to 12, once more than 60."""


class Held(RawTable):
    """Holds up a memory's commit until DynamoDB has deleted its session; `leased` tells it was so.

    DynamoDB Local 2.6.1 deletes of a table with a sparse index only what lies in that index: of
    what fades, the session's META.
    """

    leased = False

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        written = {op.key.sk for commit in commits for op in commit}
        if any(sk.startswith(keys.MEMORIES) for sk in written):
            self._wait_for_deletion()
        return super().write(commits)

    def _wait_for_deletion(self) -> None:
        until = time.monotonic() + PATIENCE
        while keys.META in self._sort_keys():
            if time.monotonic() > until:
                pytest.fail(f"DynamoDB Local deleted nothing within {PATIENCE:g} s")
            time.sleep(0.2)
        self.leased = keys.lease(ORG, "u:ann").sk in self._sort_keys()

    def _sort_keys(self) -> set[str]:
        return {item["sk"]["S"] for item in self.raw()}


def test_what_dynamodb_deletes_while_its_owner_is_leased_is_missed_by_nobody(
    dynamodb_url: str, opensearch_url: str
) -> None:
    """DynamoDB's own clock is eight days ahead: it may delete whatever has a ttl."""
    name = f"ttl-{uuid4().hex[:8]}"
    with (
        place(dynamodb_url, opensearch_url, name, ttl=True) as where,
        closing(Held(where.name, where.dynamodb)) as table,
        closing(where.index()) as index,
    ):
        world = World(table, index, FrozenClock(system_clock() - 8 * DAY))
        world.add("I live in Oslo.", **TRIP)
        world.deliver()
        assert table.leased
        [memory] = world.list(**ANN, superseded=True)
        assert memory["memory"] == "I live in Oslo."
        assert memories_of_index(world) == 1
        assert world.due() == []


def test_a_lease_that_vanishes_while_it_is_held_lets_nothing_be_done_twice(
    where: Place, world: World
) -> None:
    world.add(SAID[0][0], **ANN)
    lease = keys.lease(ORG, "u:ann")

    def let_go_of(call: Callable[[], Any]) -> Any:
        answer = call()
        with closing(where.table()) as table:
            table._calls.send(
                "DeleteItem",
                {"TableName": where.name, "Key": {"pk": {"S": lease.pk}, "sk": {"S": lease.sk}}},
            )
        return answer

    robbed = World(world.table, WatchedIndex(world.index, let_go_of), world.clock, ids="03")
    robbed.deliver([Nudge(ORG, "u:ann")])
    assert robbed.table.read([Get(lease)])[0].first is None
    world.recover()
    [memory] = world.list(**ANN, superseded=True)
    assert memory["memory"] == SAID[0][0]
    assert memories_of_index(world) == 1


def memories_of_index(world: World) -> int:
    return len(contents(world, "u:ann")["index"])


# --- forgotten ----------------------------------------------------------------------------

CANARY = "zyzzyva"


def test_no_item_and_no_document_holds_what_was_forgotten(where: Place, world: World) -> None:
    world.add(f"I keep a {CANARY} at home.", **TRIP, working={"pet": CANARY}, attention=CANARY)
    world.remember(f"My {CANARY} is called Zoe.", **ANN, metadata={"pet": CANARY})
    world.flush(**ANN)
    world.add(f"I prefer {CANARY} hotels.", **ANN)
    assert CANARY in everything(world)
    world.forget(**ANN)
    world.settle()
    assert CANARY not in everything(world)
    raw = httpx.get(f"{where.opensearch}/{where.name}-v*/_search", params={"size": 1000}).text
    assert CANARY not in raw
