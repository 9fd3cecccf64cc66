"""The same hits everywhere: a search answers alike on every engine, for it ranks by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from fakes import FrozenClock, HashingEmbedder
from real import place
from world import ORG, World, in_memory, on_file

from benchmarks import corpus
from lamella import changes
from lamella.clock import DAY, MINUTE
from lamella.ids import CountingIds
from lamella.models import Record
from lamella.ports import Upsert
from lamella.text import tokens
from lamella.vectors import pack

USERS, EACH, QUERIES, TOP = 5, 120, 500, 20
ALIKE, NEAR = 0.95, 1e-3

Answer = dict[str, float]


@pytest.fixture
def worlds(
    dynamodb_url: str, opensearch_url: str, tmp_path: Path, fresh: Callable[[str], str]
) -> Iterator[dict[str, World]]:
    with ExitStack() as opened:
        where = opened.enter_context(place(dynamodb_url, opensearch_url, fresh("same")))
        made = {
            "reference": in_memory(),
            "sqlite": on_file(tmp_path / "lamella.db"),
            "aws-local": World(where.table(), where.index()),
        }
        for world in made.values():
            opened.callback(world.close)
            fill(world)
        yield made


def fill(world: World) -> None:
    records = list(memories())
    world.table.write([(changes.put_record(ORG, record, None),) for record in records])
    assert not any(world.index.apply([Upsert(ORG, record) for record in records]))


def memories() -> Iterator[Record]:
    random, ids, embedder, now = Random(7), CountingIds(), HashingEmbedder(), FrozenClock()() - DAY
    for number in range(USERS * EACH):
        text, user, at = corpus.memory(random), f"user-{number % USERS}", now + number * MINUTE // 2
        yield Record(
            id=ids(), owner=f"u:{user}", layer="user", kind="factual", text=text, user_id=user,
            created_at=at, updated_at=at, said_at=at, captured_at=at, version=at,
            words=tuple(tokens(text)), speaker=text.partition(" ")[0], model=embedder.model,
            guard=f"{number:064x}", embedding=pack(embedder.embed_query(text)),
        )  # fmt: skip


def answer(world: World, number: int, question: str) -> Answer:
    user = f"user-{number % USERS}"
    found = world.search(question, user_id=user, top_k=TOP, threshold=0)
    assert found["degraded"] is None
    return {hit["id"]: hit["score"] for hit in found["results"]}


def test_five_hundred_questions_find_the_same_twenty_with_the_same_scores(
    worlds: dict[str, World],
) -> None:
    questions = corpus.questions(Random(11), QUERIES)
    same, apart = 0, 0.0
    for number, question in enumerate(questions):
        expected, *others = (answer(world, number, question) for world in worlds.values())
        assert len(expected) == TOP
        same += all(other.keys() == expected.keys() for other in others)
        shared = [(o, id) for o in others for id in o.keys() & expected.keys()]
        apart = max([apart, *(abs(o[id] - expected[id]) for o, id in shared)])
    assert same / QUERIES >= ALIKE
    assert apart <= NEAR
