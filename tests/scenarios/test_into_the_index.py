"""A promoted memory on its way into the index: its call stays until it is there, or is to wait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Barrier, Lock

from fakes import HashingEmbedder
from scenarios.support import indexed
from world import ORG, World

from lamella import keys
from lamella.clock import MINUTE
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.errors import Unavailable
from lamella.inflight import DONE, DUE
from lamella.ports import Commit, Refusal, Remove, Update, Upsert, Vector

ALEX = {"user_id": "alex"}
OWNER = "u:alex"
HOME = "I live in Oslo."
PATIENCE = 60
MANY = [f"I visited the museum number {n} in Oslo." for n in range(20)]


class WatchedIndex(ReferenceIndex):
    """Tells of every change before it is made; it can be away."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.calls = 0
        self.on_its_way: Callable[[], object] = lambda: None

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        self.calls += 1
        then, self.on_its_way = self.on_its_way, lambda: None
        then()
        if self.away:
            raise Unavailable("the index can't be reached")
        return super().apply(changes)


def world_of(index: WatchedIndex) -> World:
    return World(ReferenceTable(), index)


def states(world: World) -> list[tuple[str, str]]:
    """What each in-flight item of alex is, and how it stands."""
    found = [item.body for item in world.of_owner(OWNER, keys.IN_FLIGHT)]
    return [("call" if "turns" in body else "memory", body["state"]) for body in found]


def remembered(world: World) -> list[str]:
    """What a search finds in the user layer."""
    found = world.search("Where do I live?", **ALEX, layers=["user"])
    return [hit["memory"] for hit in found["results"]]


def test_a_call_is_finished_only_when_searches_see_what_came_of_it() -> None:
    index = WatchedIndex()
    world = world_of(index)
    event = world.add(HOME, **ALEX)["event_id"]
    seen: list[object] = []
    index.on_its_way = lambda: seen.extend([*states(world), world.event(event)["status"]])
    world.deliver()
    assert seen == [("call", DUE), "PENDING"]
    assert states(world) == [("call", DONE)]
    assert world.event(event)["status"] == "SUCCEEDED"
    assert index.calls == 1


def test_until_then_the_turn_is_what_a_search_finds() -> None:
    index = WatchedIndex()
    world = world_of(index)
    world.add(HOME, **ALEX)
    seen: list[str] = []
    index.on_its_way = lambda: seen.extend(
        hit["layer"] for hit in world.search("Where do I live?", **ALEX)["results"]
    )
    world.deliver()
    assert seen == ["conversation"]
    assert remembered(world) == [HOME]


def test_without_the_index_the_call_is_finished_and_its_memory_waits() -> None:
    index = WatchedIndex()
    world = world_of(index)
    event = world.add(HOME, **ALEX)["event_id"]
    index.away = True
    world.deliver()
    assert states(world) == [("call", DONE), ("memory", DUE)]
    assert world.event(event)["status"] == "SUCCEEDED"
    assert remembered(world) == [HOME]
    index.away = False
    world.recover()
    assert indexed(world, OWNER) == [(HOME, True)]
    assert world.due() == []


def test_an_index_that_was_just_away_is_asked_for_nothing_more_than_what_waits() -> None:
    index = WatchedIndex()
    world = world_of(index)
    for session in "abc":
        world.add(f"I like the colour {session}.", **ALEX, session_id=session)
    index.away = True
    world.deliver()
    assert index.calls == 2
    index.away = False
    world.clock.advance(MINUTE)
    world.add(HOME, **ALEX)
    world.deliver()
    assert (HOME, True) in indexed(world, OWNER)


def test_a_memory_deleted_on_its_way_is_not_put_back_by_its_own_item() -> None:
    index = WatchedIndex()
    world = world_of(index)
    world.add(HOME, **ALEX)
    index.away = True
    index.on_its_way = lambda: [world.delete(one["id"]) for one in world.list(**ALEX)]
    world.deliver()
    assert [body.body["removed"] for body in world.of_owner(OWNER, keys.IN_FLIGHT)[1:]] == [True]
    assert remembered(world) == []
    index.away = False
    world.recover()
    assert indexed(world, OWNER) == []


def test_who_is_forgotten_while_a_memory_is_on_its_way_stays_forgotten() -> None:
    index = WatchedIndex()
    world = world_of(index)
    world.add(HOME, **ALEX)
    index.on_its_way = lambda: world.forget(**ALEX)
    world.deliver()
    world.settle()
    assert indexed(world, OWNER) == []
    assert remembered(world) == []
    assert [item.key.sk for item in world.of_owner(OWNER)] == [keys.tombstone(ORG, OWNER).sk]


def test_a_memory_corrected_on_its_way_is_found_as_it_was_corrected() -> None:
    index = WatchedIndex()
    world = world_of(index)
    world.add(HOME, **ALEX)
    index.on_its_way = lambda: [
        world.update(one["id"], text="I live in Bergen.") for one in world.list(**ALEX)
    ]
    world.deliver()
    assert remembered(world) == ["I live in Bergen."]
    world.deliver()
    assert indexed(world, OWNER) == [("I live in Bergen.", True)]


# --- portions -----------------------------------------------------------------------------


class Counter(ReferenceTable):
    """Lets a test watch the transactions under an owner's lease, and whether two ever meet."""

    def __init__(self, meeting: Barrier | None = None) -> None:
        super().__init__()
        self.sizes: list[int] = []
        self.met = False
        self._meeting = meeting
        self._alone = Lock()

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        placing = [c for c in commits if any(op.key.sk.startswith(keys.MEMORIES) for op in c)]
        if not placing:
            return super().write(commits)
        self.met |= not self._alone.acquire(blocking=False)
        assert all(isinstance(commit[0], Update) for commit in placing)
        self.sizes += [len(commit) for commit in placing]
        if self._meeting and len(self.sizes) == 1:
            self._meeting.wait(PATIENCE)
        told = super().write(commits)
        self._alone.release()
        return told


class MeetingEmbedder(HashingEmbedder):
    """Its second call ends only when the first transaction is on its way."""

    def __init__(self, meeting: Barrier) -> None:
        super().__init__()
        self._meeting = meeting
        self._calls = 0

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self._calls += 1
        if self._calls == 2:
            self._meeting.wait(PATIENCE)
        return super().embed(texts)


def test_a_portion_is_embedded_while_the_one_before_is_on_its_way_to_the_table() -> None:
    meeting = Barrier(2)
    world = World(Counter(meeting), ReferenceIndex(), embedder=MeetingEmbedder(meeting))
    world.add(MANY, **ALEX)
    world.deliver()
    assert len(indexed(world, OWNER)) == len(MANY)


def test_transactions_under_one_lease_never_meet() -> None:
    table = Counter()
    world = World(table, ReferenceIndex())
    world.add(MANY * 2, **ALEX)
    world.deliver()
    assert len(world.list(**ALEX)) == len(MANY)
    assert not table.met
    assert len(table.sizes) == 2
    assert max(table.sizes) <= 100
