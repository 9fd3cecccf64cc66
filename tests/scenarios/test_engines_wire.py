"""Promises 2, 3 and 5 on the real engines: killed, throttled, contended, late, shuffled, purged."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pytest
from real import Place, RawTable, place
from scenarios.dumps import everything
from scenarios.support import WatchedIndex, WatchedTable, contents
from world import World

from lamella import keys
from lamella.ports import Get, Nudge
from lamella.receipts import event_id

ANN = {"user_id": "ann"}
TRIP = {**ANN, "session_id": "trip"}
SAID = (
    ("I live in Berlin.", TRIP),
    ("I prefer boutique hotels.", ANN),
    ("I moved to Oslo.", TRIP),
    ("My sister is called Mara.", ANN),
)
DEATHS = range(2, 40, 6)


@pytest.fixture
def where(dynamodb_url: str, opensearch_url: str) -> Iterator[Place]:
    with place(dynamodb_url, opensearch_url, f"wire-{uuid4().hex[:8]}") as made:
        yield made


@pytest.fixture
def world(where: Place) -> Iterator[World]:
    with closing(World(where.table(), where.index())) as world:
        yield world


def say(world: World, number: int) -> None:
    text, ids = SAID[number]
    world.add(text, **ids, idempotency_key=str(number))
    world.clock.advance(1000)


def live(world: World) -> None:
    for number in range(len(SAID)):
        say(world, number)
        world.deliver()
    if "trip" in [one["session_id"] for one in world.sessions(**ANN)]:
        world.close_session(**TRIP)
    world.deliver()


def memories(world: World) -> dict[str, Any]:
    """What a settled world knows and tells of the four calls, and what waits in it."""
    world.settle()
    held = contents(world, "u:ann", ("trip",))
    known = {name: held[name] for name in ("index", "unfinished", "plans", "leases", "due")}
    told = [world.event(event_id("acme", str(n), ""))["status"] for n in range(len(SAID))]
    return {**known, "told": told, "heads": held["slots"]}


# --- killed -------------------------------------------------------------------------------


def die(where: Place, at: int) -> None:
    """Live in another process until the call number `at` that changes a store has been made."""
    child = os.fork()
    if not child:
        try:
            calls = 0

            def count(call: Callable[[], Any]) -> Any:
                nonlocal calls
                answer = call()
                calls += 1
                if calls == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                return answer

            live(World(WatchedTable(where.table(), count), WatchedIndex(where.index(), count)))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)


def test_killed_after_any_call_to_a_store_it_ends_the_same(
    dynamodb_url: str, opensearch_url: str, world: World
) -> None:
    live(world)
    undisturbed = memories(world)
    assert not any(undisturbed[what] for what in ("unfinished", "plans", "leases", "due"))
    for at in DEATHS:
        name = f"killed-{at}-{uuid4().hex[:8]}"
        with place(dynamodb_url, opensearch_url, name) as where:
            die(where, at)
            with closing(World(where.table(), where.index(), ids="02")) as heir:
                heir.clock.advance(60_000)
                heir.recover()
                live(heir)
                assert memories(heir) == undisturbed, f"killed after call {at}"


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
            say(other, number) if number < len(SAID) else other.close_session(**TRIP)
            queue += [nudge for nudge in other.bus.nudges for _ in range(3)]
            other.bus.nudges.clear()
            dice.shuffle(queue)
            other.deliver([queue.pop() for _ in range(dice.randrange(3))])
        other.deliver(queue)
        assert memories(other) == memories(world)


# --- throttling and contention --------------------------------------------------------------


class Disturbed:
    """A hand on DynamoDB's wire: of all its calls, some are refused before they are sent."""

    def __init__(self, table: RawTable, codes: Sequence[str], seed: int = 1) -> None:
        self._send = table._calls._connection.dispatch
        self._codes = codes
        self._dice = Random(seed)
        self.refused = 0
        table._calls._connection.dispatch = self.dispatch  # type: ignore[method-assign]

    def dispatch(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        from botocore.exceptions import ClientError

        if self._dice.random() < 0.25:
            self.refused += 1
            code = self._dice.choice(self._codes)
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, name)
        return self._send(name, request)


def test_throttling_and_contention_cost_time_and_nothing_else(where: Place, world: World) -> None:
    live(world)
    undisturbed = memories(world)
    other = Place(where.dynamodb, where.opensearch, f"slow-{uuid4().hex[:8]}")
    with place(other.dynamodb, other.opensearch, other.name):
        table = other.table(pause=lambda seconds: None)
        codes = ("ThrottlingException", "ProvisionedThroughputExceededException",
                 "TransactionInProgressException")  # fmt: skip
        disturbed = Disturbed(table, codes)
        with closing(World(table, other.index())) as slow:
            live(slow)
            assert memories(slow) == undisturbed
    assert disturbed.refused > 20


# --- time to live -------------------------------------------------------------------------


def test_dynamodb_may_delete_a_lease_that_is_held_and_nothing_is_done_twice(
    where: Place, world: World
) -> None:
    """As TTL does at a moment of its own: here right after the index was written."""
    world.add(SAID[0][0], **ANN)
    lease = keys.lease("acme", "u:ann")

    def let_go_of(call: Callable[[], Any]) -> Any:
        answer = call()
        with closing(where.table()) as table:
            table._calls.send(
                "DeleteItem",
                {"TableName": where.name, "Key": {"pk": {"S": lease.pk}, "sk": {"S": lease.sk}}},
            )
        return answer

    robbed = World(world.table, WatchedIndex(world.index, let_go_of), world.clock, ids="03")
    robbed.deliver([Nudge("acme", "u:ann")])
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
