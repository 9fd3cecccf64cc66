"""The index is made anew under running searches and writes, and nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest
from contract.samples import NOW, memory_id, record
from fakes import HashingEmbedder

from lamella import keys
from lamella.engines.faults import Crash
from lamella.engines.opensearch import OpenSearchIndex
from lamella.engines.opensearch_client import client
from lamella.engines.opensearch_rebuild import OpenSearchRebuild
from lamella.engines.reference import ReferenceTable
from lamella.errors import Unavailable
from lamella.models import Record
from lamella.ports import Delete, Get, Item, Listing, Put, Remove, Scan, Search, Upsert, Vector
from lamella.reindex import BATCH, Reindex, Reindexed, Told
from lamella.vectors import pack

ORG = "org"


class NewerEmbedder(HashingEmbedder):
    """Another model, with longer vectors."""

    model = "newer"
    dimensions = 96


class CountingEmbedder(NewerEmbedder):
    """Counts the texts it has embedded."""

    def __init__(self) -> None:
        self.embedded = 0

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        self.embedded += len(texts)
        return super().embed(texts)


class InterruptedRebuild(OpenSearchRebuild):
    """Somebody does something at the last moment."""

    before_switch: Callable[[], None]

    def switch(self) -> None:
        self.before_switch()
        super().switch()


class World:
    """A table, and an index that follows it as projection makes it follow."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.alias = f"world-{uuid4().hex[:8]}"
        self.raw = client(url)
        self.table = ReferenceTable()
        self.opened: list[OpenSearchIndex | OpenSearchRebuild] = []
        self.index = self.process()

    def process(self, embedder: HashingEmbedder = HashingEmbedder()) -> OpenSearchIndex:  # noqa: B008
        """The index, opened by one more process."""
        index = OpenSearchIndex(
            self.url,
            model=embedder.model,
            dimensions=embedder.dimensions,
            alias=self.alias,
            refresh="10ms",
        )
        self.opened.append(index)
        return index

    def remember(self, *records: Record, by: OpenSearchIndex | None = None) -> None:
        """Write memories to the table, then to the index."""
        made = [embedded(one) for one in records]
        self.table.write([(Put(Item(place(one), one.body())),) for one in made])
        (by or self.index).apply([Upsert(ORG, one) for one in made])

    def forget(self, one: Record) -> None:
        self.table.write([(Delete(place(one)),)])
        self.index.apply([Remove(ORG, one.owner, one.id, one.version + 1)])

    def reindex(
        self,
        embedder: HashingEmbedder | None = None,
        told: Told = lambda done, total: None,
        sleep: Callable[[float], None] = lambda seconds: None,
        before_switch: Callable[[], None] = lambda: None,
    ) -> Reindexed:
        model = embedder or HashingEmbedder()
        rebuild = InterruptedRebuild(
            self.url,
            model=model.model,
            dimensions=model.dimensions,
            alias=self.alias,
            refresh="10ms",
            sleep=sleep,
        )
        rebuild.before_switch = before_switch
        self.opened.append(rebuild)
        return Reindex(self.table, rebuild, model, lambda: NOW).run(told)

    def versions(self) -> set[str]:
        return set(self.raw.indices.get(index=f"{self.alias}*"))

    def listed(self, index: OpenSearchIndex | None = None) -> dict[str, int]:
        """The ids and versions that the index knows."""
        shown = (index or self.index).list(Listing(ORG, None, NOW, limit=5_000))
        return {one.id: one.version for one in shown.records}


def embedded(one: Record) -> Record:
    model = HashingEmbedder()
    return replace(one, embedding=pack(model.embed_query(one.text)), model=model.model)


def place(one: Record) -> keys.Key:
    return keys.memory(ORG, one.owner, one.id)


def some(number: int, **changes: object) -> Record:
    return record(number, f"hotel number {number}", owner=f"u:{number % 7}", **changes)


def nearest(index: OpenSearchIndex, one: Record, embedder: HashingEmbedder) -> str:
    question = Search(ORG, None, (), embedder.embed_query(one.text), NOW, limit=1)
    return index.search(question).found[0].record.id


@pytest.fixture
def world(opensearch_url: str) -> Iterator[World]:
    made = World(opensearch_url)
    with closing(made.raw):
        yield made
        for opened in made.opened:
            opened.close()
        made.raw.indices.delete(index=f"{made.alias}*")
        made.raw.indices.delete_index_template(name=made.alias, ignore=404)


# --- what comes of it ---------------------------------------------------------------------


def test_a_rebuilt_index_answers_as_before_and_the_old_one_is_gone(world: World) -> None:
    memories = [some(n) for n in range(BATCH + 30)]
    world.remember(*memories)
    question = Search(ORG, ("u:3",), ("hotel",), HashingEmbedder().embed_query("hotel 3"), NOW)
    before = world.index.search(question)
    told: list[tuple[int, int]] = []
    done = world.reindex(told=lambda *numbers: told.append(numbers))
    assert done == Reindexed(BATCH + 30)
    assert told == [(BATCH, BATCH + 30), (BATCH + 30, BATCH + 30)]
    after = world.index.search(question)
    assert {(one.record.id, one.cosine) for one in after.found} == {
        (one.record.id, one.cosine) for one in before.found
    }
    assert after.statistics == before.statistics
    assert world.versions() == {f"{world.alias}-v2"}
    world.reindex()
    assert world.versions() == {f"{world.alias}-v3"}


def test_a_lost_index_is_made_again_from_the_table(world: World) -> None:
    world.remember(some(1), some(2))
    world.raw.indices.delete(index=f"{world.alias}-v1")
    world.reindex()
    assert world.listed() == {memory_id(1): 1, memory_id(2): 1}


def test_what_has_expired_is_left_out_and_what_is_refused_is_told(world: World) -> None:
    world.remember(some(1), some(2, expires_at=NOW))
    broken = some(3, created_at=2**70)
    world.table.write([(Put(Item(place(broken), broken.body())),)])
    assert world.reindex() == Reindexed(3, (broken.id,))
    assert world.listed() == {memory_id(1): 1}


def test_orphans_of_an_abandoned_rebuild_are_removed(world: World) -> None:
    world.remember(some(1))
    world.raw.indices.create(index=f"{world.alias}-v7")
    world.reindex()
    assert world.versions() == {f"{world.alias}-v8"}


# --- another model ------------------------------------------------------------------------


def test_an_index_moves_to_another_model_and_the_table_keeps_its_vectors(world: World) -> None:
    memories = [some(n) for n in range(20)]
    world.remember(*memories)
    newer = CountingEmbedder()
    world.reindex(newer)
    for one in memories[:3]:
        assert nearest(world.process(newer), one, newer) == one.id
    [page] = world.table.read([Get(place(memories[0]))])
    assert page.first is not None
    assert page.first.body["model"] == "newer"
    assert newer.embedded == 20
    world.reindex(newer)
    assert newer.embedded == 20, "a rebuild needs the model no more"


def test_a_process_of_the_old_model_steps_aside_and_loses_nothing(world: World) -> None:
    world.remember(some(1))
    world.reindex(NewerEmbedder())
    with pytest.raises(Unavailable, match="lamella reindex"):
        world.index.apply([Upsert(ORG, embedded(some(2)))])
    question = Search(ORG, None, ("hotel",), None, NOW)
    with pytest.raises(Unavailable, match="lamella reindex"):
        world.index.search(question)
    with pytest.raises(Unavailable, match="lamella reindex"):
        world.index.search(replace(question, vector=HashingEmbedder().embed_query("hotel")))


def test_what_the_old_model_writes_meanwhile_gets_vectors_of_the_new_one(world: World) -> None:
    world.remember(*[some(n) for n in range(BATCH + 5)])
    late = replace(some(900), text="a boat to the island")
    newer = NewerEmbedder()
    world.reindex(newer, told=lambda done, total: world.remember(late))
    assert nearest(world.process(newer), late, newer) == late.id


def test_what_the_old_model_writes_at_the_last_moment_gets_its_vector_after_it(
    world: World,
) -> None:
    world.remember(*[some(n) for n in range(5)])
    late = replace(some(900), text="a boat to the island")
    newer = NewerEmbedder()
    world.reindex(newer, before_switch=lambda: world.remember(late))
    assert nearest(world.process(newer), late, newer) == late.id


# --- meanwhile ----------------------------------------------------------------------------


def test_writes_and_deletions_during_a_rebuild_reach_both_versions(world: World) -> None:
    memories = [some(n) for n in range(BATCH + 50)]
    world.remember(*memories)

    def meanwhile(done: int, total: int) -> None:
        world.remember(replace(memories[0], version=done), some(1_000 + done))
        world.forget(memories[done - 1])
        assert world.listed()[memory_id(0)] == done, "the old version answers, up to date"

    world.reindex(told=meanwhile)
    expected = {one.id: 1 for one in memories}
    for done in (BATCH, BATCH + 50):
        expected |= {memory_id(0): done, memory_id(1_000 + done): 1}
        del expected[memories[done - 1].id]
    assert world.listed() == expected


def test_stale_news_that_reached_only_the_new_version_is_held_against_the_table(
    world: World,
) -> None:
    gone = some(5)
    world.remember(some(1), gone)
    world.forget(gone)
    stale = Upsert(ORG, embedded(gone))
    world.reindex(told=lambda done, total: world.index.apply([stale]) and None)
    assert world.listed() == {memory_id(1): 1}


def test_no_search_fails_and_no_write_is_lost_while_the_index_is_switched(world: World) -> None:
    anchor = some(0)
    world.remember(*[some(n) for n in range(100)])
    stop, answered, failed = threading.Event(), threading.Semaphore(0), list[Exception]()

    def searching(index: OpenSearchIndex) -> None:
        while not stop.is_set():
            found = index.search(Search(ORG, (anchor.owner,), ("0",), None, NOW)).found
            assert [one.record.id for one in found] == [anchor.id]
            answered.release()

    def writing(index: OpenSearchIndex, first: int) -> None:
        for number in range(first, first + 1_000):
            if stop.is_set():
                return
            world.remember(some(number), by=index)
            if number % 3 == 0:
                world.remember(replace(some(number), version=2), by=index)
            if number % 5 == 0:
                world.forget(replace(some(number), version=2))

    def two_more_searches(seconds: float) -> None:
        while answered.acquire(blocking=False):
            pass
        assert failed or (answered.acquire(timeout=seconds) and answered.acquire(timeout=seconds))

    def run(step: Callable[[], None]) -> None:
        try:
            step()
        except (AssertionError, Unavailable) as exc:
            failed.append(exc)

    with threads(
        lambda: run(lambda: searching(world.process())),
        lambda: run(lambda: writing(world.process(), 1_000)),
        lambda: run(lambda: writing(world.process(), 3_000)),
    ):
        for _ in range(3):
            world.reindex(sleep=two_more_searches)
        stop.set()
    assert failed == []
    [page] = world.table.read([Scan(keys.MEMORIES, limit=5_000)])
    assert world.listed() == {item.body["id"]: item.body["version"] for item in page.items}


@contextmanager
def threads(*steps: Callable[[], None]) -> Iterator[None]:
    running = [threading.Thread(target=step) for step in steps]
    for thread in running:
        thread.start()
    try:
        yield
    finally:
        for thread in running:
            thread.join()


# --- killed -------------------------------------------------------------------------------


def test_a_killed_rebuild_goes_on_where_it_was(world: World) -> None:
    world.remember(*[some(n) for n in range(BATCH + 50)])
    newer = CountingEmbedder()

    def dies(done: int, total: int) -> None:
        raise Crash

    with pytest.raises(Crash):
        world.reindex(newer, told=dies)
    assert newer.embedded == BATCH
    world.remember(some(900))
    told: list[int] = []
    world.reindex(newer, told=lambda done, total: told.append(done))
    assert told == [BATCH + 50]
    assert newer.embedded == BATCH + 51, "the late one was settled, being behind the scan"
    assert len(world.listed(world.process(newer))) == BATCH + 51


def test_a_rebuild_killed_after_the_switch_only_tidies_up(world: World) -> None:
    world.remember(some(1))

    def dies(seconds: float) -> None:
        raise Crash

    with pytest.raises(Crash):
        world.reindex(sleep=dies)
    assert world.listed() == {memory_id(1): 1}
    world.reindex()
    assert len(world.versions()) == 1
    assert world.listed() == {memory_id(1): 1}


def test_a_rebuild_for_another_model_than_the_one_begun_starts_anew(world: World) -> None:
    world.remember(some(1))

    def dies(done: int, total: int) -> None:
        raise Crash

    with pytest.raises(Crash):
        world.reindex(NewerEmbedder(), told=dies)
    world.reindex()
    assert world.versions() == {f"{world.alias}-v3"}
    assert world.listed() == {memory_id(1): 1}
