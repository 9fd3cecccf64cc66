"""Promise 12: memory text reaches no log, no error message, no event and no receipt of ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from fakes import FrozenClock, HashingEmbedder, RecordingBus
from scenarios.callers import Caller, at
from scenarios.dumps import items
from world import ORG, World

from lamella import keys
from lamella.clock import MINUTE
from lamella.engines.inprocess import InProcessBus
from lamella.engines.rules import Rules
from lamella.ids import CountingIds
from lamella.local.worker import Worker
from lamella.models import Fact, Turn
from lamella.ports import Commit, Page, Read, Refusal, Table, Vector
from lamella.service import Engines, Service
from lamella.settings import Settings

CANARY = "zebrafish"
ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}


class Loud(Exception):
    """An error that repeats what it was given, as vendors' errors do."""


class LoudExtractor(Rules):
    def extract(self, turns: Sequence[Turn], *beside: object) -> list[Fact]:
        raise Loud(f"can't read {[turn.text for turn in turns]}")


class LoudEmbedder(HashingEmbedder):
    def embed(self, texts: Sequence[str]) -> list[Vector]:
        raise Loud(f"can't embed {texts}")

    def embed_query(self, text: str) -> Vector:
        raise Loud(f"can't embed {text}")


class LoudTable:
    """Fails once it is told to, and repeats every body that it should have written."""

    def __init__(self, behind: Table) -> None:
        self._behind = behind
        self.failing = False

    def read(self, reads: Sequence[Read]) -> list[Page]:
        return self._behind.read(reads)

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        if self.failing:
            raise Loud(f"can't write {commits}")
        return self._behind.write(commits)

    def tidy(self, now: int) -> int:
        return self._behind.tidy(now)

    def scrub(self) -> None:
        self._behind.scrub()

    def close(self) -> None:
        self._behind.close()


def everything_asked(world: World) -> Caller:
    """Every operation, well asked and badly, with the canary wherever a text may stand."""
    caller = Caller(world, ORG)
    said = [f"I prefer {CANARY} hotels.", {"role": "tool", "content": CANARY}]
    add = {"messages": said, "metadata": {"of": CANARY}, "attention": CANARY,
           "working": {"fish": CANARY}, "idempotency_key": "once"}  # fmt: skip
    event = caller.call("POST", "/v3/memories/add/", {**add, **TRIP}).body.get("event_id", "none")
    caller.call("POST", "/v3/memories/add/", {**add, "messages": f"{CANARY}!", **TRIP})
    verbatim = {"messages": f"I keep a {CANARY}.", "infer": False, **ALEX}
    answer = caller.call("POST", "/v3/memories/add/", verbatim).body
    id = answer["results"][0]["id"] if "results" in answer else "none"
    caller.call("POST", "/v3/memories/add/", {"messages": CANARY, "metadata": {"layer": CANARY},
                                              **ALEX})  # fmt: skip
    caller.call(
        "POST", "/v3/memories/add/", {"messages": CANARY, f"I keep a {CANARY}": CANARY, **ALEX}
    )
    caller.call("POST", "/v3/memories/add/", {"messages": [{"role": CANARY, "content": CANARY}]})
    caller.call("POST", "/v3/memories/add/", f'{{"messages": "{CANARY}"'.encode())
    caller.call("PUT", at("v1", "sessions", "trip", "working", "a"), {"value": CANARY, **ALEX})
    caller.call("PUT", at("v1", "sessions", "trip", "attention"), {"text": CANARY, **ALEX})
    caller.call("POST", "/v1/org/memories/", {"text": f"We sell {CANARY}.", "owner": "ops"})
    caller.call("POST", "/v1/org/memories/", {"text": f"We sell {CANARY}.", "owner": "ops"})
    caller.call("POST", "/v1/flush/", {})
    for ids in (ALEX, TRIP, {"filters": {"user_id": "alex", "text": {"icontains": CANARY}}}):
        caller.call("POST", "/v3/memories/search/", {"query": CANARY, **ids})
        caller.call("POST", "/v1/context/", {"query": CANARY, **ids})
        caller.call("POST", "/v3/memories/", ids)
    caller.call(
        "POST", "/v3/memories/search/", {"query": CANARY, "filters": {f"I keep a {CANARY}": CANARY}}
    )
    caller.call("POST", "/v3/memories/search/", {"query": CANARY, "as_of": CANARY, **ALEX})
    for path in ("", "history"):
        caller.call("GET", at("v1", "memories", id, *filter(None, [path])))
    caller.call("PUT", at("v1", "memories", id), {"text": f"I prefer {CANARY} hotels."})
    caller.call("PUT", at("v1", "memories", id), {"text": f"I feed a {CANARY}."})
    caller.call("PUT", at("v1", "memories", id), {"expiration_date": CANARY})
    caller.call("DELETE", at("v1", "memories", id))
    caller.call("POST", at("v1", "memories", id, "restore"))
    for to in (at("v1", "event", event), "/v1/events/"):
        caller.call("GET", to)
    for to in ("/v1/relations/", "/v1/sessions/", at("v1", "sessions", "trip")):
        caller.call("GET", to, None, ALEX)
    caller.call("POST", at("v1", "sessions", "trip", "close"), ALEX)
    caller.call("POST", "/v1/flush/", {})
    world.recover()
    caller.call("DELETE", "/v1/memories/", {"agent_id": "nobody", "metadata": {"of": CANARY}})
    caller.call("POST", "/v1/forget/", ALEX)
    return caller


def refusals(caller: Caller) -> list[str]:
    """Every answer that was a no."""
    told = zip(caller.statuses, caller.answers, strict=True)
    return [answer for status, answer in told if status >= 400]


def assert_silent(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    printed = capfd.readouterr()
    for heard in (caplog.text, str([vars(r) for r in caplog.records]), printed.out, printed.err):
        assert CANARY not in heard.casefold()


def test_no_operation_logs_or_publishes_a_text(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    caller = everything_asked(world)
    assert_silent(caplog, capfd)
    assert CANARY not in repr(world.bus.nudges).casefold()
    assert [answer for answer in refusals(caller) if CANARY in answer.casefold()] == []
    assert len([status for status in caller.statuses if status == 200]) > 25
    assert len(refusals(caller)) > 6


FAILING: dict[str, Callable[[World], Engines]] = {
    "extractor": lambda w: engines(w, extractor=LoudExtractor()),
    "embedder": lambda w: engines(w, embedder=LoudEmbedder()),
    "store": lambda w: engines(w, table=LoudTable(w.table)),
}


def engines(world: World, **other: Any) -> Engines:
    given = {"table": world.table, "index": world.index, "embedder": HashingEmbedder(),
             "extractor": Rules(), "bus": RecordingBus(), **other}  # fmt: skip
    return Engines(**given)


@pytest.mark.parametrize("part", FAILING)
def test_a_failure_that_repeats_the_text_takes_it_nowhere(
    world: World, part: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    failing = World(world.table, world.index)
    failing.service.close()
    failing.service = Service(FAILING[part](world), Settings(settle=0), world.clock, CountingIds())
    failing.clock = world.clock
    caller = Caller(failing, ORG)
    table = failing.service.engines.table
    if isinstance(table, LoudTable):
        table.failing = True
    say = {"messages": f"I prefer {CANARY} hotels.", **TRIP}
    caller.call("POST", "/v3/memories/add/", say)
    caller.call("POST", "/v3/memories/add/", {**say, "infer": False})
    for _ in range(6):
        caller.call("POST", "/v1/flush/", {})
        world.clock.advance(10 * MINUTE)
    caller.call("POST", "/v3/memories/search/", {"query": CANARY, **TRIP})
    caller.call("POST", "/v1/org/memories/", {"text": f"We sell {CANARY}.", "owner": "ops"})
    caller.call("GET", "/v1/events/")
    assert_silent(caplog, capfd)
    assert [answer for answer in refusals(caller) if CANARY in answer.casefold()] == []
    assert any(record.levelno >= logging.ERROR for record in caplog.records)
    assert CANARY not in left_by_receipts_and_reasons(failing)


def left_by_receipts_and_reasons(world: World) -> str:
    """The receipts, and what parked work says about why."""
    lines = items(world).casefold().splitlines()
    receipts = [line for line in lines if "acme#r#" in line]
    reasons = [line[line.index("'reason'") :] for line in lines if "'reason'" in line]
    return "\n".join(receipts + reasons)


@pytest.mark.parametrize("infer", [True, False])
def test_receipts_hold_ids_only(world: World, infer: bool) -> None:
    texts = [f"I prefer {CANARY} hotels.", f"Thanks for the {CANARY}!"]
    event = world.add(texts, infer=infer, metadata={"of": CANARY}, idempotency_key="a", **TRIP)
    world.flush(**ALEX)
    receipts = [line for line in items(world).splitlines() if "acme#R#" in line]
    assert len(receipts) == 1
    assert CANARY not in receipts[0]
    assert event["event_id"] in receipts[0]
    assert CANARY in str(world.event(event["event_id"]))


def test_a_plan_leaves_nothing_behind(world: World) -> None:
    world.add(f"I prefer {CANARY} hotels.", **TRIP)
    world.flush(**ALEX)
    world.close_session(**TRIP)
    world.flush(**ALEX)
    world.settle()
    assert world.of_owner("u:alex", keys.PLANS) == []
    assert world.of_owner("u:alex", keys.IN_FLIGHT) == []


def test_the_background_worker_tells_types_only(
    world: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    bus, table = InProcessBus(), LoudTable(world.table)
    later = FrozenClock(world.clock.now + MINUTE)
    service = Service(
        Engines(table, world.index, HashingEmbedder(), LoudExtractor(), bus),
        Settings(settle=0),
        later,
    )
    caller = Caller(world, ORG)
    caller.call("POST", "/v3/memories/add/", {"messages": f"I like {CANARY}.", **ALEX})
    bus.publish(world.bus.nudges)
    table.failing = True
    worker = Worker(service.promote, service.sweep, bus, table, later)
    worker.start()
    worker.stop()
    assert caplog.records
    assert_silent(caplog, capfd)
    service.close()
