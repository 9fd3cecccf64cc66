"""What only OpenSearch can get wrong."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from itertools import count
from uuid import uuid4

import pytest
from contract.samples import DIMENSIONS, MODEL, NOW, axis, embedded, memory_id, record
from opensearchpy import OpenSearch

from lamella import filters
from lamella.engines.opensearch import OpenSearchIndex
from lamella.engines.opensearch_client import client
from lamella.errors import Invalid, SetupError, Unavailable
from lamella.models import Record
from lamella.ports import Listing, Remove, Search, Upsert
from lamella.text import tokens
from lamella.vectors import pack

EAST, NORTH = axis(1.0), axis(0.0, 1.0)

Open = Callable[..., OpenSearchIndex]


@pytest.fixture(scope="module")
def raw(opensearch_url: str) -> Iterator[OpenSearch]:
    """A client of our own, to look behind the engine."""
    with closing(client(opensearch_url)) as opened:
        yield opened


@pytest.fixture
def alias() -> str:
    return f"own-{uuid4().hex[:8]}"


@pytest.fixture
def opened(opensearch_url: str, alias: str, raw: OpenSearch) -> Iterator[Open]:
    """Opens the index of this test as another process would."""
    indexes: list[OpenSearchIndex] = []

    def open_(model: str = MODEL, dimensions: int = DIMENSIONS, shards: int = 1) -> OpenSearchIndex:
        made = OpenSearchIndex(
            opensearch_url,
            model=model,
            dimensions=dimensions,
            alias=alias,
            shards=shards,
            refresh="10ms",
        )
        indexes.append(made)
        return made

    yield open_
    for index in indexes:
        index.close()
    raw.indices.delete(index=f"{alias}*")
    raw.indices.delete_index_template(name=alias, ignore=404)


def put(index: OpenSearchIndex, org: str, *records: Record) -> None:
    assert index.apply([Upsert(org, one) for one in records]) == [None] * len(records)


def asked(org: str, *words: str, owner: str = "u:ann") -> Search:
    return Search(org, (owner,), words, EAST, NOW)


# --- which index it is --------------------------------------------------------------------


def test_an_index_of_another_model_is_refused_and_both_are_named(opened: Open) -> None:
    put(opened(), "org", embedded(1, EAST))
    for model, dimensions in (("other-model", DIMENSIONS), (MODEL, 16)):
        stranger = opened(model, dimensions)
        question = Search("org", None, (), None, NOW)
        with pytest.raises(SetupError) as refused:
            stranger.search(question)
        for told in (MODEL, model, str(DIMENSIONS), str(dimensions), "lamella reindex"):
            assert told in str(refused.value)
        with pytest.raises(SetupError):
            stranger.apply([Upsert("org", record(2))])


def test_two_processes_may_open_a_fresh_cluster_at_once(opened: Open) -> None:
    for index in (opened(), opened()):
        put(index, "org", record(1))
    assert opened().list(Listing("org", None, NOW)).count == 1


def test_a_lost_index_is_not_passed_off_as_an_empty_one(
    opened: Open, raw: OpenSearch, alias: str
) -> None:
    before = opened()
    put(before, "org", embedded(1, EAST, "hotel"))
    raw.indices.delete(index=f"{alias}-v1")
    for index in (before, opened()):
        with pytest.raises(Unavailable, match="lamella reindex"):
            index.search(asked("org", "hotel"))
        with pytest.raises(Unavailable, match="lamella reindex"):
            index.apply([Upsert("org", record(2)), Remove("org", "u:ann", memory_id(1), 9)])
    assert not raw.indices.exists(index=f"{alias}*", allow_no_indices=False)


def test_the_index_remembers_deletions_for_a_day_and_keeps_vectors_with_lucene(
    opened: Open, raw: OpenSearch, alias: str
) -> None:
    put(opened(), "org", embedded(1, EAST))
    [told] = raw.indices.get(index=alias).values()
    assert told["settings"]["index"]["gc_deletes"] == "24h"
    assert told["mappings"]["properties"]["vector"]["method"]["engine"] == "lucene"
    assert told["mappings"]["_meta"] == {"format": 1, "model": MODEL, "dimensions": DIMENSIONS}


# --- bulk ---------------------------------------------------------------------------------


def test_a_document_refused_for_good_is_told_apart_from_those_that_are_done(opened: Open) -> None:
    index = opened()
    put(index, "org", record(1, "hotel", version=5))
    reasons = index.apply(
        [
            Upsert("org", record(1, "an older hotel", version=4)),
            Upsert("org", record(2, "secret words", created_at=2**70)),
            Upsert("org", replace(record(3), embedding=pack([1.0, 0.0]))),
            Upsert("org", replace(record(4), embedding="not base64!")),
            Upsert("org", record(5, "boat")),
            Remove("org", "u:ann", memory_id(6), version=1),
        ]
    )
    assert [reason is None for reason in reasons] == [True, False, False, False, True, True]
    assert "secret" not in str(reasons[1])
    assert "2 dimensions" in str(reasons[2])
    texts = {one.text for one in index.list(Listing("org", None, NOW)).records}
    assert texts == {"hotel", "boat"}


def test_a_late_version_does_not_come_back_after_its_deletion(
    opened: Open, raw: OpenSearch, alias: str
) -> None:
    index = opened()
    put(index, "org", record(1, version=4))
    index.apply([Remove("org", "u:ann", memory_id(1), version=5)])
    raw.indices.forcemerge(index=alias)
    put(index, "org", record(1, version=5))
    assert index.list(Listing("org", None, NOW)).count == 0


def test_more_than_one_request_holds_is_sent_in_several(opened: Open) -> None:
    index = opened()
    put(index, "org", *[record(n, "東京 " * 50_000, words=("x",)) for n in range(12)])
    assert index.list(Listing("org", None, NOW, limit=1)).count == 12


# --- isolation ----------------------------------------------------------------------------


def test_an_owner_is_searched_in_its_own_shard_alone(
    opened: Open, raw: OpenSearch, alias: str
) -> None:
    index = opened(shards=5)
    owners = [f"u:{n}" for n in range(20)] + ["u:a,b", "u:ü#%"]
    put(index, "org", *[embedded(n, EAST, "hotel", owner=o) for n, o in enumerate(owners)])
    for number, owner in enumerate(owners):
        found = index.search(asked("org", "hotel", owner=owner))
        assert [one.record.id for one in found.found] == [memory_id(number)]
        assert found.statistics.documents == 1
    several = index.search(replace(asked("org", "hotel"), owners=("u:a,b", "u:3")))
    assert {one.record.owner for one in several.found} == {"u:a,b", "u:3"}
    routings = {hit["_routing"] for hit in raw.search(index=alias, size=30)["hits"]["hits"]}
    assert len(routings) == len(owners)
    assert len(index.search(replace(asked("org", "hotel"), owners=None)).found) == len(owners)


def test_another_tenants_500_documents_change_neither_hits_nor_scores_nor_statistics(
    opened: Open,
) -> None:
    index = opened()
    put(index, "org", *[embedded(n, axis(1.0, n / 10), f"hotel {n}") for n in range(20)])
    alone = index.search(asked("org", "hotel", "7"))
    put(index, "rival", *[embedded(n, EAST, "hotel hotel 7") for n in range(500)])
    assert index.search(asked("org", "hotel", "7")) == alone
    assert alone.statistics.documents == 20


# --- text, in any language ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("私は東京のホテルが好きです", "東京のホテル"),
        ("我住在上海 喜欢吃火锅", "上海 火锅"),
        ("أحب السفر إلى القاهرة في الشتاء", "السفر إلى القاهرة"),
        ("Straßenbahn und Donaudampfschifffahrtsgesellschaft in Köln", "STRASSENBAHN köln"),
        ("나는 서울에 산다", "서울"),
        ("I can't stand O'Hare airport", "o'hare"),
        ("w" * 40_000 + " tail", "w" * 40_000),
    ],
)
def test_words_of_any_language_and_length_are_found_and_counted(
    opened: Open, text: str, question: str
) -> None:
    index = opened()
    put(index, "org", record(1, text), record(2, "something else"))
    words = tuple(dict.fromkeys(tokens(question)))
    answer = index.search(replace(asked("org", *words), vector=None))
    assert [one.record.text for one in answer.found] == [text]
    assert answer.statistics.frequency == dict.fromkeys(words, 1)


def test_parts_of_long_texts_are_found_wherever_they_lie(opened: Open) -> None:
    index = opened()
    long = "".join(f"{n:06d} " for n in range(20_000))
    put(index, "org", record(1, long, words=()), record(2, "0", words=()))
    for start in (0, 7_990, 8_001, 70_003, len(long) - 2_000):
        where = filters.parse({"text": {"contains": long[start : start + 2_000]}})
        found = index.list(Listing("org", None, NOW, where)).records
        assert [one.id for one in found] == [memory_id(1)]
    where = filters.parse({"text": {"icontains": "A" * 2_000}})
    assert index.list(Listing("org", None, NOW, where)).count == 0


def test_a_question_may_have_more_words_than_a_query_has_clauses(opened: Open) -> None:
    index = opened()
    put(index, "org", record(1, "word7 word8"), record(2, "word9"))
    words = tuple(f"word{n}" for n in range(5_000))
    found = index.search(replace(asked("org", *words), where=filters.equals("kind", "factual")))
    assert [one.record.id for one in found.found] == [memory_id(1), memory_id(2)]


def test_metadata_comes_back_number_for_number(opened: Open) -> None:
    index = opened()
    odd = {"big": 10**20, "exact": 2**53 + 1, "tiny": 5e-324, "one": 1.0, "a.b": {"": [[], {}]}}
    put(index, "org", record(1, metadata=odd))
    [found] = index.list(Listing("org", None, NOW)).records
    assert found.metadata == odd


def test_the_widest_and_deepest_filter_that_can_be_asked_is_answered(opened: Open) -> None:
    index = opened()
    put(index, "org", record(1, "hotel", user_id="u499"), record(2, "hotel", user_id="other"))
    wide = filters.parse({"OR": [{"user_id": f"u{n}"} for n in range(500)]})
    found = index.search(replace(asked("org", *(f"w{n}" for n in range(600)), "hotel"), where=wide))
    assert found.statistics.documents == 2
    assert [one.id for one in index.list(Listing("org", None, NOW, wide)).records] == [memory_id(1)]
    deep: dict[str, object] = {"user_id": "other"}
    for _ in range(14):
        deep = {"NOT": [deep]}
    where = filters.parse(deep)
    shown = index.list(Listing("org", None, NOW, where)).records
    assert [one.id for one in shown] == [memory_id(2)]


# --- trouble ------------------------------------------------------------------------------


def test_a_question_of_another_length_is_refused(opened: Open) -> None:
    index = opened()
    with pytest.raises(Invalid, match=f"has {DIMENSIONS}"):
        index.search(replace(asked("org"), vector=axis(1.0)[:4]))


def test_a_cluster_that_is_away_or_silent_is_unavailable_in_time() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        away = OpenSearchIndex(url, model=MODEL, dimensions=DIMENSIONS)
        with closing(away), pytest.raises(Unavailable, match="reached"):
            away.search(asked("org", "hotel"))
        silent.listen()
        slow = OpenSearchIndex(url, model=MODEL, dimensions=DIMENSIONS, timeout=0.05)
        with closing(slow), pytest.raises(Unavailable, match="in time"):
            slow.search(asked("org", "hotel"))


def test_no_memory_reaches_the_log_at_any_level(
    opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    numbers = count()
    with caplog.at_level(logging.DEBUG):
        index = opened()
        put(index, "org", record(next(numbers), "my hidden hotel"))
        index.apply([Upsert("org", record(next(numbers), "my hidden boat", created_at=2**70))])
        index.search(asked("org", "hidden"))
    assert caplog.records
    assert "hidden" not in caplog.text
