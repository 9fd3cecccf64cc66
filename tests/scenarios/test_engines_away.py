"""Promises 9 and 10 on the real engines: OpenSearch goes away, comes back, is lost, is rebuilt."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from uuid import uuid4

import httpx
import pytest
from fakes import HashingEmbedder
from proxy import Proxy
from real import Place, place
from scenarios.support import indexed
from world import AT_ONCE, ORG, World

from lamella import changes
from lamella.engines.opensearch_rebuild import OpenSearchRebuild
from lamella.ids import CountingIds
from lamella.models import Record
from lamella.reindex import Reindex
from lamella.sight import NO_INDEX, SCANNED, TOO_LATE
from lamella.text import tokens
from lamella.vectors import pack

ALEX = {"user_id": "alex"}
FACTS = ("I live in Oslo.", "I prefer boutique hotels.", "My sister is called Mara.")
HASTE = 400
"""A deadline, in milliseconds, far below what OpenSearch's own client waits."""


@pytest.fixture
def where(dynamodb_url: str, opensearch_url: str) -> Iterator[Place]:
    with place(dynamodb_url, opensearch_url, f"away-{uuid4().hex[:8]}") as made:
        yield made


@pytest.fixture
def wire(opensearch_url: str) -> Iterator[Proxy]:
    with Proxy(opensearch_url) as wire:
        yield wire


@pytest.fixture
def world(where: Place, wire: Proxy) -> Iterator[World]:
    with ExitStack() as opened:
        world = World(where.table(), where.index(wire.url, sleep=lambda seconds: None))
        opened.callback(world.close)
        assert indexed(world, "u:alex") == []
        yield world


def texts(world: World, query: str = "Oslo, hotels, Mara") -> list[str]:
    found = world.search(query, threshold=0, layers=["user"], **ALEX)
    return sorted(hit["memory"] for hit in found["results"])


@pytest.mark.parametrize("cut_at", [b"_bulk", b""], ids=["its answer lost", "before it began"])
def test_a_projection_cut_in_the_middle_is_done_when_opensearch_is_back(
    world: World, wire: Proxy, cut_at: bytes
) -> None:
    for fact in FACTS:
        world.add(fact, **ALEX)
    wire.cut_at = cut_at
    if not cut_at:
        wire.cut()
    world.deliver()
    assert world.add("I drink tea.", **ALEX)["status"] == "PENDING"
    world.deliver()
    answer = world.search("Oslo", **ALEX)
    assert answer["degraded"] == NO_INDEX
    assert texts(world) == sorted([*FACTS, "I drink tea."])
    wire.mend()
    world.recover()
    assert world.due() == []
    assert world.search("Oslo", **ALEX)["degraded"] is None
    assert sorted(indexed(world, "u:alex")) == sorted(
        (fact, True) for fact in [*FACTS, "I drink tea."]
    )


def test_a_search_that_opensearch_leaves_unanswered_is_answered_inside_its_deadline(
    world: World, wire: Proxy
) -> None:
    for fact in FACTS:
        world.add(fact, **ALEX)
    world.flush(**ALEX)
    hasty = World(world.table, world.index, world.clock, settings=replace(AT_ONCE, deadline=HASTE))
    wire.hold()
    began = time.perf_counter()
    answer = hasty.search("Where do I live?", **ALEX)
    took = time.perf_counter() - began
    wire.mend()
    assert answer["degraded"] == TOO_LATE
    assert FACTS[0] in [hit["memory"] for hit in answer["results"]]
    assert took < HASTE / 1000 + 1.5


def test_a_search_of_every_layer_asks_opensearch_once(world: World, wire: Proxy) -> None:
    for fact in FACTS:
        world.add(fact, **ALEX, session_id="trip")
    world.flush(**ALEX)
    world.search("Where do I live?", **ALEX)
    wire.asked.clear()
    answer = world.search("Where do I live?", **ALEX, session_id="trip")
    assert FACTS[0] in [hit["memory"] for hit in answer["results"]]
    assert wire.asked == ["/_msearch"]


def test_a_search_cut_in_the_middle_is_answered_from_the_table(world: World, wire: Proxy) -> None:
    for fact in FACTS:
        world.add(fact, **ALEX)
    world.flush(**ALEX)
    assert world.search("Where do I live?", **ALEX)["degraded"] is None
    wire.cut_at = b"_msearch"
    answer = world.search("Where do I live?", **ALEX)
    assert answer["degraded"] == NO_INDEX
    assert FACTS[0] in [hit["memory"] for hit in answer["results"]]
    wire.mend()
    assert world.search("Where do I live?", **ALEX)["degraded"] is None


def test_without_the_index_the_newest_two_thousand_memories_are_looked_at(
    world: World, where: Place, wire: Proxy
) -> None:
    many = SCANNED + 50
    with closing(where.table()) as table:
        table.write([(changes.put_record(ORG, one, None),) for one in memories(world, many)])
    wire.cut()
    newest = world.search(f"Pebble number {many - 1}", **ALEX, top_k=1, threshold=0)
    oldest = world.search("Pebble number 0", **ALEX, top_k=1_000, threshold=0)
    assert newest["results"][0]["memory"] == f"Pebble number {many - 1}."
    assert "Pebble number 0." not in [hit["memory"] for hit in oldest["results"]]
    assert oldest["degraded"] == NO_INDEX


def memories(world: World, count: int) -> Iterator[Record]:
    ids, embedder, now = CountingIds("00"), HashingEmbedder(), world.clock()
    for number in range(count):
        text = f"Pebble number {number}."
        yield Record(
            id=ids(), owner="u:alex", layer="user", kind="factual", text=text, user_id="alex",
            created_at=now, updated_at=now, said_at=now, captured_at=now, version=now,
            words=tuple(tokens(text)), model=embedder.model, guard=f"{number:064x}",
            embedding=pack(embedder.embed_query(text)),
        )  # fmt: skip


def test_a_lost_index_is_said_so_and_rebuilt_from_the_table(world: World, where: Place) -> None:
    for fact in FACTS:
        world.add(fact, **ALEX)
    gone = world.remember("I own a boat.", **ALEX)
    world.flush(**ALEX)
    world.delete(gone)
    world.deliver()
    httpx.delete(f"{where.opensearch}/{where.name}-v1").raise_for_status()
    lost = world.search("Oslo", **ALEX)
    assert lost["degraded"] == NO_INDEX
    assert texts(world) == sorted(FACTS)
    assert rebuilt(world, where) == 3
    world.recover()
    assert world.search("Oslo", **ALEX)["degraded"] is None
    assert texts(world) == sorted(FACTS)
    assert sorted(indexed(world, "u:alex")) == sorted((fact, True) for fact in FACTS)


def rebuilt(world: World, where: Place) -> int:
    embedder = HashingEmbedder()
    rebuild = OpenSearchRebuild(
        where.opensearch, model=embedder.model, dimensions=embedder.dimensions,
        alias=where.name, refresh="10ms", sleep=lambda seconds: None,
    )  # fmt: skip
    with closing(rebuild):
        return Reindex(world.table, rebuild, embedder, world.clock).run().memories
