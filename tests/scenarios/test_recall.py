"""Retrieval can't rot silently: a floor under what a small conversation's questions recall."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import fmean

import pytest
from fakes import HashingEmbedder
from scenarios.test_degraded import FickleEmbedder
from scenarios.two_friends import QUESTIONS, SESSIONS
from world import ORG, World, in_memory

from lamella.clock import MINUTE
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.ports import Answer, Search
from lamella.requests import ContextRequest

USER = {"user_id": "friends"}
BUDGET = 120
"""Words: about a sixth of what was said."""


def turns() -> list[tuple[str, str, str]]:
    """Date, speaker and text of each turn."""
    return [
        (date, speaker, text)
        for date, told in SESSIONS.items()
        for line in told.strip().splitlines()
        for speaker, _, text in (line.partition(": "),)
    ]


def lived(embedder: HashingEmbedder) -> World:
    """A world in which the two friends have said everything, and that no overlay helps any more."""
    world = in_memory(embedder=embedder)
    for date in SESSIONS:
        ids = {**USER, "session_id": date}
        said = [
            {"role": "user", "name": who, "content": text}
            for day, who, text in turns()
            if day == date
        ]
        world.add(said, timestamp=datetime.fromisoformat(date).replace(tzinfo=UTC), **ids)
        world.close_session(**ids)
        world.flush(**USER)
    world.clock.advance(MINUTE)
    return world


def context(world: World, question: str) -> str:
    asked = ContextRequest.parse({"query": question, "tokens": BUDGET, **USER})
    told = world.service.retrieve.context(ORG, asked).wire()
    assert told["tokens"] <= BUDGET
    return str(told["context"])


def recalled(world: World) -> float:
    """The share of what the questions need that stands in their contexts."""
    return fmean(
        fmean(needed in told for needed in evidence)
        for question, evidence in QUESTIONS.items()
        for told in (context(world, question),)
    )


@pytest.fixture(scope="module")
def world() -> World:
    return lived(HashingEmbedder())


def test_a_sixth_of_the_words_answers_most_questions(world: World) -> None:
    assert recalled(world) >= 0.77


def test_words_alone_answer_most_questions_too() -> None:
    embedder = FickleEmbedder()
    world = lived(embedder)
    embedder.away = True
    assert recalled(world) >= 0.65


def test_no_sentence_is_stored_twice_and_little_is_lost(world: World) -> None:
    stored = [memory["memory"] for memory in world.list(**USER)]
    said = " ".join(f"{speaker}: {text}" for _, speaker, text in turns())
    assert sum(len(text.split()) for text in stored) <= len(said.split())
    for evidence in QUESTIONS.values():
        for needed in evidence:
            assert sum(needed in text for text in stored) >= 1
    whole = [text for _, _, text in turns()]
    assert not [text for text in whole if sum(text in memory for memory in stored) > 1]


class Watched(ReferenceIndex):
    """An index that remembers how much it was last asked for."""

    asked_for = 0

    def search(self, query: Search) -> Answer:
        self.asked_for = query.limit
        return super().search(query)


def test_a_context_looks_farther_than_a_search_for_what_stands_beside_its_lines() -> None:
    index = Watched()
    world = World(ReferenceTable(), index)
    world.search("Where was the concert?", top_k=5, **USER)
    looked = index.asked_for
    asked = ContextRequest.parse({"query": "Where was the concert?", "top_k": 5, **USER})
    world.service.retrieve.context(ORG, asked)
    assert index.asked_for > 5 * looked > 5 * 5
