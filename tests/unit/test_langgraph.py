"""LangGraph's store on Lamella: as its documentation says, and as its own store in memory does."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langgraph.store.base import (
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)
from langgraph.store.memory import InMemoryStore
from world import ORG, World, in_memory, on_file

import lamella
from lamella import Memory
from lamella.api import Api
from lamella.client import InProcess
from lamella.clock import MINUTE
from lamella.errors import Conflict, Invalid, TooLarge
from lamella.integrations.langgraph import LamellaStore
from lamella.integrations.langgraph.items import read, spelled, word
from lamella.integrations.langgraph.matching import fits, served
from lamella.models import Principal
from lamella.routes import SCOPES

ALEX, KIM = ("users", "alex"), ("users", "kim")
LOW = ("docs",)


def memory_of(world: World) -> Memory:
    return Memory(transport=InProcess(Api(world.service), Principal(ORG, SCOPES)))


def store_on(world: World, **options: Any) -> LamellaStore:
    def now() -> datetime:
        return datetime.fromtimestamp(world.clock.advance(1) / 1000, UTC)

    return LamellaStore(memory_of(world), now=now, **options)


@pytest.fixture(params=["reference", "sqlite"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    built = in_memory() if request.param == "reference" else on_file(tmp_path / "store.db")
    yield built
    built.close()


@pytest.fixture(params=["at once", "promoted"])
def settled(request: pytest.FixtureRequest, world: World) -> Callable[[], None]:
    """What lies between a write and a read: nothing, or everything the machinery does."""
    return (lambda: None) if request.param == "at once" else world.settle


@pytest.fixture
def store(world: World) -> LamellaStore:
    return store_on(world)


# --- one item -------------------------------------------------------------------------------


def test_what_was_put_is_got_by_its_namespace_and_key(
    store: LamellaStore, settled: Callable[[], None]
) -> None:
    value = {"text": "boutique hotels", "n": 1, "f": 0.5, "none": None, "deep": {"a": [1, "x"]}}
    store.put(ALEX, "hotels", value)
    settled()
    found = store.get(ALEX, "hotels")
    assert found is not None
    assert (found.namespace, found.key, found.value) == (ALEX, "hotels", value)
    assert found.updated_at >= found.created_at
    assert store.get(KIM, "hotels") is None
    assert store.get(ALEX, "other") is None
    assert store.get((*ALEX, "hotels"), "hotels") is None


def test_putting_again_replaces_the_value_and_keeps_when_it_was_created(
    store: LamellaStore, world: World, settled: Callable[[], None]
) -> None:
    store.put(ALEX, "mood", {"text": "cheerful", "since": "May"})
    settled()
    first = store.get(ALEX, "mood")
    world.clock.advance(MINUTE)
    store.put(ALEX, "mood", {"text": "thoughtful"})
    settled()
    second = store.get(ALEX, "mood")
    assert first is not None
    assert second is not None
    assert second.value == {"text": "thoughtful"}
    assert second.created_at == first.created_at
    assert second.updated_at > first.updated_at
    assert len(store.search(ALEX)) == 1


def test_a_deleted_item_is_gone_and_can_be_put_again(
    store: LamellaStore, settled: Callable[[], None]
) -> None:
    store.put(ALEX, "a", {"text": "one"})
    settled()
    store.delete(ALEX, "a")
    store.delete(ALEX, "a")
    assert store.get(ALEX, "a") is None
    assert store.search(ALEX, query="one") == []
    store.put(ALEX, "a", {"text": "one"})
    settled()
    assert [found.key for found in store.search(ALEX, query="one")] == ["a"]


def test_keys_with_the_same_value_stay_apart_however_they_come_to_it(
    store: LamellaStore, settled: Callable[[], None]
) -> None:
    for key in ("a", "b", "c"):
        store.put(ALEX, key, {"text": "the same"})
    settled()
    for key in ("a", "b", "c"):
        store.put(ALEX, key, {"text": "another same", "of": key})
    settled()
    assert {found.key: found.value["of"] for found in store.search(ALEX)} == {
        "a": "a",
        "b": "b",
        "c": "c",
    }


@pytest.mark.parametrize("key", ["*", "a/b", "a%2Fb", "ä ö", "", " ", "a.b", "'\"", "k" * 300])
def test_any_key_is_exact(store: LamellaStore, key: str) -> None:
    store.put(ALEX, "plain", {"text": "plain"})
    assert store.get(ALEX, key) is None
    store.put(ALEX, key, {"text": "special"})
    assert [store.get(ALEX, k).value["text"] for k in (key, "plain")] == ["special", "plain"]  # type: ignore[union-attr]


def test_namespaces_that_personal_data_or_slashes_would_confuse_stay_apart(
    store: LamellaStore,
) -> None:
    names = [("u", "+49 170 1234567"), ("u", "+49 170 7654321"), ("u/v",), ("u", "v")]
    for number, name in enumerate(names):
        store.put(name, "k", {"text": "same", "n": number})
    assert [store.get(name, "k").value["n"] for name in names] == [0, 1, 2, 3]  # type: ignore[union-attr]
    assert set(store.list_namespaces()) == set(names)


def test_a_key_or_label_that_looks_like_a_secret_is_exact_too(store: LamellaStore) -> None:
    numbered = ("customers", "4111111111111111")
    for text in ("first", "second"):
        store.put(numbered, "4242424242424242", {"text": text, "password": "hunter2"})
    found = store.get(numbered, "4242424242424242")
    assert found is not None
    assert found.value == {"text": "second", "password": "[password removed]"}
    assert found.key == "4242424242424242"
    assert [one.value["text"] for one in store.search(("customers",), query="second")] == ["second"]
    assert store.list_namespaces() == [numbered]


@given(st.text())
def test_a_label_is_read_as_it_was_spelled(label: str) -> None:
    assert read(spelled(label)) == label
    assert set(spelled(label)) <= set("abcdefghijklmnop")


def test_what_cannot_be_kept_is_refused_and_changes_nothing(store: LamellaStore) -> None:
    store.put(ALEX, "a", {"text": "kept"})
    with pytest.raises(TooLarge, match="8192 bytes"):
        store.put(ALEX, "a", {"text": "x" * 9000})
    for bad in ({"at": {1, 2}}, {"n": float("nan")}):
        with pytest.raises(Invalid, match="JSON can't"):
            store.put(ALEX, "a", bad)
    with pytest.raises(Invalid, match="can't be stored"):
        store.put(ALEX, "\ud800", {"text": "a"})
    with pytest.raises(InvalidNamespaceError):
        store.put(("users.alex",), "a", {"text": "a"})
    with pytest.raises(InvalidNamespaceError):
        store.batch([PutOp(("users", ""), "a", {"text": "a"})])
    assert [found.value for found in store.search(())] == [{"text": "kept"}]


def test_two_stores_of_one_organization_are_apart(world: World) -> None:
    one, other = store_on(world, root="one"), store_on(world, root="other")
    one.put(ALEX, "a", {"text": "mine"})
    assert other.get(ALEX, "a") is None
    assert other.search((), query="mine") == []
    assert other.list_namespaces() == []


def test_another_process_reads_the_same_store(world: World) -> None:
    store_on(world).put(ALEX, "a", {"text": "shared"})
    again = store_on(world)
    assert again.get(ALEX, "a") is not None
    again.put(ALEX, "b", {"text": "too"})
    assert again.list_namespaces() == [ALEX]


def test_what_others_remember_of_such_a_user_is_no_item(store: LamellaStore, world: World) -> None:
    world.remember("the same", user_id="langgraph/users/alex")
    world.remember("a stray", user_id="langgraph")
    assert store.search(()) == []
    store.put(ALEX, "a", {"text": "the same"})
    assert [one.key for one in store.search((), query="the same")] == ["a"]
    store.delete(ALEX, "a")
    assert store.list_namespaces() == []


# --- search ---------------------------------------------------------------------------------


def test_a_query_finds_the_nearest_first_in_every_namespace_below(
    store: LamellaStore, settled: Callable[[], None]
) -> None:
    store.put(ALEX, "food", {"text": "loves spicy ramen noodles"})
    store.put(ALEX, "sport", {"text": "climbs mountains"})
    store.put(KIM, "food", {"text": "bakes bread"})
    store.put(("users2",), "food", {"text": "spicy ramen noodles"})
    settled()
    found = store.search(("users",), query="spicy ramen noodles")
    assert (found[0].namespace, found[0].key) == (ALEX, "food")
    assert found[0].score is not None
    assert 0 < found[0].score <= 1
    assert {one.namespace for one in found} <= {ALEX, KIM}
    assert [one.key for one in store.search(KIM, query="bread")] == ["food"]


def test_a_search_pages_by_limit_and_offset_without_gaps(store: LamellaStore) -> None:
    for number in range(7):
        store.put(LOW, str(number), {"text": f"page {number}"})
    pages = [store.search(LOW, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
    assert [len(page) for page in pages] == [3, 3, 1, 0]
    assert {one.key for page in pages for one in page} == set("0123456")
    ranked = [store.search(LOW, query="page 3", limit=3, offset=at)[0].key for at in (0, 3, 6)]
    assert len(set(ranked)) == 3


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        ({"kind": "report"}, {"a", "b"}),
        ({"kind": {"$ne": "report"}}, {"c"}),
        ({"n": {"$gt": 1}}, {"b", "c"}),
        ({"n": {"$gte": 2, "$lt": 3}, "kind": "report"}, {"b"}),
        ({"tags": ["x", "y"]}, {"a"}),
        ({"deep": {"level": {"$lte": 1}}}, {"a"}),
        ({"done": True}, {"b"}),
        ({"n": True}, set()),
        ({"kind": "*"}, set()),
        ({"in": "the box"}, {"c"}),
        ({"missing": None}, {"a", "b", "c"}),
    ],
)
@pytest.mark.parametrize("query", [None, "report"])
def test_filters_are_exact_with_and_without_a_query(
    store: LamellaStore, wanted: dict[str, Any], keys: set[str], query: str | None
) -> None:
    store.put(LOW, "a", {"kind": "report", "n": 1, "tags": ["x", "y"], "deep": {"level": 1}})
    store.put(LOW, "b", {"kind": "report", "n": 2, "tags": ["x"], "done": True})
    store.put(LOW, "c", {"kind": "memo", "n": 3, "in": "the box"})
    found = store.search(LOW, filter=wanted, query=query)
    assert {one.key for one in found} == keys


def test_an_unknown_operator_is_refused(store: LamellaStore) -> None:
    store.put(LOW, "a", {"n": 1})
    with pytest.raises(Invalid, match=r"unknown filter operator '\$near'"):
        store.search(LOW, filter={"n": {"$near": 1}})


def test_the_index_says_which_fields_are_searched(
    world: World, settled: Callable[[], None]
) -> None:
    store = store_on(world, index=["title"])
    store.put(LOW, "a", {"title": "gardening", "body": "chess openings"})
    store.put(LOW, "b", {"title": "cooking", "body": "roses"}, index=["body"])
    store.put(LOW, "c", {"title": "chess openings"}, index=False)
    store.put(LOW, "d", {"parts": [{"text": "violins"}]}, index=["parts[*].text"])
    settled()
    assert store.search(LOW, query="gardening")[0].key == "a"
    assert store.search(LOW, query="roses")[0].key == "b"
    assert store.search(LOW, query="violins")[0].key == "d"
    last = store.search(LOW, query="chess openings")[-1]
    assert (last.key, last.score) == ("c", None)
    assert [memory["memory"] for memory in world.list(user_id="langgraph/docs")].count("c") == 1


# --- namespaces -----------------------------------------------------------------------------


def test_namespaces_are_listed_by_prefix_suffix_wildcard_and_depth(store: LamellaStore) -> None:
    names = [
        ("a", "b", "c"),
        ("a", "b", "d", "e"),
        ("a", "b", "d", "i"),
        ("a", "b", "f"),
        ("a", "c", "f"),
        ("b", "a", "f"),
        ("users", "123"),
    ]
    for name in names:
        store.put(name, "k", {"text": "x"})
    assert store.list_namespaces() == sorted(names)
    assert store.list_namespaces(prefix=("a", "b")) == sorted(names[:4])
    assert store.list_namespaces(suffix=("f",)) == sorted(names[3:6])
    assert store.list_namespaces(prefix=("a",), suffix=("f",)) == sorted(names[3:5])
    assert store.list_namespaces(prefix=("a", "*", "f")) == sorted(names[3:5])
    assert store.list_namespaces(suffix=("*", "f")) == sorted(names[3:6])
    assert store.list_namespaces(prefix=("a", "b"), max_depth=3) == [
        ("a", "b", "c"),
        ("a", "b", "d"),
        ("a", "b", "f"),
    ]
    assert store.list_namespaces(limit=2, offset=1) == sorted(names)[1:3]


def test_a_namespace_whose_last_item_went_is_not_listed(store: LamellaStore) -> None:
    store.put(ALEX, "a", {"text": "x"})
    store.delete(ALEX, "a")
    assert store.list_namespaces() == []
    store.put(ALEX, "b", {"text": "y"})
    assert store.list_namespaces() == [ALEX]


# --- time to live ---------------------------------------------------------------------------


def test_an_item_ends_after_its_minutes_unless_it_is_read(
    store: LamellaStore, world: World
) -> None:
    store.put(ALEX, "a", {"text": "short"}, ttl=10)
    world.clock.advance(8 * MINUTE)
    assert store.get(ALEX, "a") is not None
    world.clock.advance(8 * MINUTE)
    assert [found.key for found in store.search(ALEX, query="short")] == ["a"]
    world.clock.advance(8 * MINUTE)
    assert store.get(ALEX, "a", refresh_ttl=False) is not None
    world.clock.advance(3 * MINUTE)
    assert store.get(ALEX, "a") is None
    assert store.search(ALEX) == []
    assert store.list_namespaces() == []


def test_reading_an_item_does_not_count_as_a_change_of_it(
    store: LamellaStore, world: World
) -> None:
    store.put(ALEX, "a", {"text": "short"}, ttl=10)
    before = store.get(ALEX, "a")
    world.clock.advance(MINUTE)
    after = store.get(ALEX, "a")
    assert before == after


def test_putting_again_without_a_ttl_lets_an_item_last(store: LamellaStore, world: World) -> None:
    store.put(ALEX, "a", {"text": "short"}, ttl=10)
    store.put(ALEX, "a", {"text": "short"})
    world.clock.advance(60 * MINUTE)
    assert store.get(ALEX, "a") is not None


def test_the_store_s_own_configuration_gives_every_item_a_ttl(world: World) -> None:
    store = store_on(world, ttl={"default_ttl": 5, "refresh_on_read": False})
    store.put(ALEX, "a", {"text": "short"})
    store.put(ALEX, "b", {"text": "long"}, ttl=None)
    world.clock.advance(3 * MINUTE)
    assert store.get(ALEX, "a") is not None
    world.clock.advance(3 * MINUTE)
    assert store.get(ALEX, "a") is None
    assert store.get(ALEX, "b") is not None


# --- batches, asynchronous calls, callers at once -------------------------------------------


def test_a_batch_reads_first_and_keeps_the_last_of_several_puts(store: LamellaStore) -> None:
    store.put(ALEX, "a", {"text": "old"})
    results = store.batch(
        [
            PutOp(ALEX, "a", {"text": "new"}),
            GetOp(ALEX, "a"),
            PutOp(ALEX, "a", {"text": "newest"}),
            SearchOp(("users",)),
            ListNamespacesOp((MatchCondition("prefix", ("users",)),)),
        ]
    )
    assert results[0] is None
    assert results[1].value == {"text": "old"}  # type: ignore[union-attr]
    assert [one.value for one in results[3]] == [{"text": "old"}]  # type: ignore[union-attr]
    assert results[4] == [ALEX]
    assert store.get(ALEX, "a").value == {"text": "newest"}  # type: ignore[union-attr]


def test_everything_can_be_awaited(store: LamellaStore) -> None:
    async def story() -> None:
        await asyncio.gather(*(store.aput(ALEX, str(n), {"text": f"note {n}"}) for n in range(4)))
        found = await store.aget(ALEX, "2")
        assert found is not None
        assert found.value == {"text": "note 2"}
        assert len(await store.asearch(ALEX)) == 4
        assert await store.alist_namespaces() == [ALEX]
        await store.adelete(ALEX, "2")
        assert await store.aget(ALEX, "2") is None

    asyncio.run(story())


def test_a_key_that_two_callers_put_first_is_one_item_after_the_next_put(world: World) -> None:
    store = store_on(world)
    store.put(ALEX, "a", {"text": "one"})
    twin = {
        "at": word("a"),
        "key": "a",
        "updated_at": "2026-11-03T00:00:00+00:00",
        "indexed": True,
        "ttl": None,
    }
    world.remember(
        "two",
        user_id="langgraph/users/alex",
        metadata={"store": twin, "value": {"text": "two"}},
    )
    assert len(store.search(ALEX)) == 1
    store.put(ALEX, "a", {"text": "three"})
    assert [one.value for one in store.search(ALEX)] == [{"text": "three"}]
    assert len(world.list(user_id="langgraph/users/alex")) == 1


# --- as LangGraph's own ---------------------------------------------------------------------

NAMESPACES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(tuple)
KEYS = st.sampled_from(["k", "l", "*"])
VALUES = st.dictionaries(
    st.sampled_from(["x", "y", "in"]),
    st.one_of(st.integers(0, 3), st.sampled_from(["p", "q", "*"]), st.just({"z": "p"})),
    max_size=2,
)
FILTERS = st.one_of(
    st.none(),
    st.dictionaries(st.sampled_from(["x", "in"]), st.sampled_from(["p", "*", 1]), max_size=1),
    st.just({"x": {"$ne": "p"}}),
    st.just({"y": {"z": "p"}}),
)
PUTS = st.tuples(NAMESPACES, KEYS, st.one_of(st.none(), VALUES)).map(lambda told: PutOp(*told))


@settings(max_examples=40, deadline=None)
@given(st.lists(PUTS, max_size=8), NAMESPACES, KEYS, FILTERS)
def test_it_holds_what_langgraph_s_own_store_would_hold(
    puts: list[PutOp], namespace: tuple[str, ...], key: str, wanted: dict[str, Any] | None
) -> None:
    world, theirs = in_memory(), InMemoryStore()
    ours = store_on(world)
    for put in puts:
        for each in (ours, theirs):
            each.batch([put])
    one, other = ours.get(namespace, key), theirs.get(namespace, key)
    assert (one and one.value) == (other and other.value)
    for prefix in (namespace[:1], namespace, ()):
        found, expected = (
            {(i.namespace, i.key): i.value for i in s.search(prefix, filter=wanted, limit=100)}
            for s in (ours, theirs)
        )
        assert found == expected
    assert set(ours.list_namespaces()) == {one.namespace for one in theirs.search((), limit=100)}
    world.close()


@given(VALUES, FILTERS)
def test_what_the_server_narrows_by_never_hides_what_fits(
    value: dict[str, Any], wanted: dict[str, Any] | None
) -> None:
    if fits(value, wanted):
        assert all(value[name] == text for name, text in served(wanted).items())


def test_a_conflict_that_nobody_holds_reaches_the_caller(world: World) -> None:
    class Contended(Memory):
        def update(self, *args: Any, **options: Any) -> Any:
            raise Conflict("memory m kept changing: read it again and repeat")

    transport = InProcess(Api(world.service), Principal(ORG, SCOPES))
    store = LamellaStore(Contended(transport=transport))
    store.put(ALEX, "a", {"text": "one"})
    with pytest.raises(Conflict, match="kept changing"):
        store.put(ALEX, "a", {"text": "two"})


def test_without_langgraph_the_import_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['langgraph'] = None\n"
        "from lamella.errors import SetupError\n"
        "try:\n    import lamella.integrations.langgraph\n"
        "except SetupError as error:\n    print(error.detail)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(Path(lamella.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pip install 'lamella[langgraph]'" in done.stdout


def test_a_refreshed_item_lasts_its_minutes_from_the_last_read(
    store: LamellaStore, world: World
) -> None:
    store.put(ALEX, "a", {"text": "short"}, ttl=0.5)
    world.clock.advance(timedelta(seconds=20) // timedelta(milliseconds=1))
    assert store.get(ALEX, "a") is not None
    world.clock.advance(timedelta(seconds=25) // timedelta(milliseconds=1))
    assert store.get(ALEX, "a", refresh_ttl=False) is not None
