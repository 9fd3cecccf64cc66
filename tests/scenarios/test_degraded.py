"""Degraded, not down: the index or the embedder is away, and Lamella accepts, answers, says so."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from fakes import HashingEmbedder
from scenarios.conftest import Build
from scenarios.gates import GatedIndex
from world import World

from lamella.engines.reference import ReferenceIndex
from lamella.errors import Unavailable
from lamella.ports import Answer, Search, Vector
from lamella.settings import Settings
from lamella.sight import NO_EMBEDDER, NO_INDEX, TOO_LATE

HOME, TASTE = "I live in Oslo.", "I prefer boutique hotels."


class FickleEmbedder(HashingEmbedder):
    """An embedder that can be away."""

    away = False

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        if self.away:
            raise Unavailable("the embedder can't be reached")
        return super().embed(texts)

    def embed_query(self, text: str) -> Vector:
        if self.away:
            raise Unavailable("the embedder can't be reached")
        return super().embed_query(text)


class StuckIndex(ReferenceIndex):
    """An index that answers only once it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def search(self, query: Search) -> Answer:
        assert self.let_go.wait(60)
        return super().search(query)


@pytest.fixture
def index(gated: World) -> GatedIndex:
    assert isinstance(gated.index, GatedIndex)
    return gated.index


@pytest.fixture
def embedder() -> FickleEmbedder:
    return FickleEmbedder()


@pytest.fixture
def world(build: Build, embedder: FickleEmbedder) -> World:
    return build(embedder=embedder)


def texts(world: World, query: str = "boutique hotels in Oslo") -> list[str]:
    return [
        hit["memory"] for hit in world.search(query, user_id="alex", layers=["user"])["results"]
    ]


def test_without_the_index_search_answers_from_the_table_and_says_so(
    gated: World, index: GatedIndex
) -> None:
    gated.add(HOME, user_id="alex")
    gated.flush(user_id="alex")
    index.away = True
    answer = gated.search("Where do I live?", user_id="alex")
    assert HOME in [hit["memory"] for hit in answer["results"]]
    assert answer["degraded"] == NO_INDEX


def test_without_the_index_a_call_is_accepted_and_read_back(
    gated: World, index: GatedIndex
) -> None:
    index.away = True
    assert gated.add(TASTE, user_id="alex")["status"] == "PENDING"
    gated.deliver()
    assert texts(gated) == [TASTE]


def test_an_index_that_returns_gets_what_it_missed_once_each(
    gated: World, index: GatedIndex
) -> None:
    index.away = True
    gated.add(HOME, user_id="alex")
    gated.add(TASTE, user_id="alex")
    gated.deliver()
    index.away = False
    gated.recover()
    assert gated.due() == []
    assert gated.search("hotels", user_id="alex")["degraded"] is None
    assert sorted(texts(gated)) == [HOME, TASTE]


def test_without_the_embedder_words_alone_are_matched_and_that_is_said(
    world: World, embedder: FickleEmbedder
) -> None:
    world.add(HOME, user_id="alex")
    world.flush(user_id="alex")
    embedder.away = True
    answer = world.search("Is it Oslo?", user_id="alex", layers=["user"])
    assert [hit["memory"] for hit in answer["results"]] == [HOME]
    assert answer["degraded"] == NO_EMBEDDER


def test_an_embedder_that_returns_makes_the_vectors_it_owed(
    world: World, embedder: FickleEmbedder
) -> None:
    embedder.away = True
    world.add(TASTE, user_id="alex")
    world.deliver()
    assert texts(world, "boutique hotels") == [TASTE]
    embedder.away = False
    world.recover()
    assert world.due() == []
    [hit] = world.search("hotels", user_id="alex", layers=["user"], explain=True)["results"]
    assert hit["score_breakdown"]["dense"] > 0


def test_an_index_that_is_too_slow_is_not_waited_for(world: World) -> None:
    stuck = StuckIndex()
    impatient = World(world.table, stuck, world.clock, settings=Settings(settle=0, deadline=50))
    impatient.add(HOME, user_id="alex")
    impatient.flush(user_id="alex")
    answer = impatient.search("Where do I live?", user_id="alex")
    stuck.let_go.set()
    assert HOME in [hit["memory"] for hit in answer["results"]]
    assert answer["degraded"] == TOO_LATE
