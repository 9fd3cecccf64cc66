"""Random memories, random filters: every engine finds what the reference evaluator says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contract.samples import NOW, record
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamella import filters
from lamella.clock import DAY, iso
from lamella.models import Record
from lamella.ports import Index, Listing, Search, Upsert
from lamella.scopes import Kind, Layer

TEXTS = st.text(st.sampled_from("aAbßİi%_*?.\\'\" é#\n☃"), max_size=6)
IDS = st.sampled_from(["ann", "Ann", "b#b%", "*x", "é", "01"])
LABELS = st.sampled_from(["Food", "food", "FOO", "tra_vel", "straße", "%"])
TIMES = st.sampled_from([NOW - 2 * DAY, NOW - DAY, NOW - 1, NOW, NOW + 1, NOW + DAY])
NUMBERS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([0.5, -0.5, 0.1, 10, 100, 7.5, 2**53 + 1, -(10**20), 1e300, 5e-324, -0.0]),
)
SCALARS = st.one_of(TEXTS, NUMBERS, st.booleans())
NAMES = st.sampled_from(["a", "b", "A", "a.b", "x y", "%", "é"])
METADATA = st.dictionaries(
    NAMES,
    st.recursive(
        SCALARS | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=3,
)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


CHANGES = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "owner": st.sampled_from(["u:ann", "u:bob", "o"]),
        "layer": st.sampled_from(["user", "org"]),
        "kind": st.sampled_from(["factual", "episodic", "semantic"]),
        "user_id": maybe(IDS),
        "agent_id": maybe(IDS),
        "app_id": maybe(IDS),
        "session_id": maybe(IDS),
        "speaker": maybe(TEXTS),
        "created_at": TIMES,
        "updated_at": TIMES,
        "said_at": TIMES,
        "expires_at": maybe(TIMES),
        "valid_to": maybe(TIMES),
        "immutable": st.booleans(),
        "categories": st.lists(LABELS, max_size=2).map(tuple),
        "entities": st.lists(LABELS, max_size=2).map(tuple),
        "audience": st.lists(IDS, max_size=2).map(tuple),
        "metadata": METADATA,
    }
)


def records(changes: list[dict[str, Any]]) -> list[Record]:
    return [record(n, **one, words=("common",)) for n, one in enumerate(changes)]


def operators(values: st.SearchStrategy[Any], *names: str) -> st.SearchStrategy[Any]:
    """A value, a list of them, or one or two operators with theirs."""
    listed = st.lists(values, min_size=1, max_size=3)
    clauses = {name: listed if name == "in" else values for name in names}
    chosen = st.sampled_from(names).flatmap(lambda n: st.fixed_dictionaries({n: clauses[n]}))
    pairs = st.tuples(chosen, chosen).map(lambda two: {**two[0], **two[1]})
    return values | listed | chosen | pairs | st.just("*")


EQUALITY = ("eq", "ne", "in")
ORDER = ("gt", "gte", "lt", "lte")
PARTS = ("contains", "icontains")
WHENS = TIMES.flatmap(lambda at: st.sampled_from([iso(at), iso(at)[:10], at / 1000]))
FIELDS = {
    **dict.fromkeys(("user_id", "agentId", "app_id", "run_id", "audience"), (IDS, EQUALITY)),
    **dict.fromkeys(
        ("created_at", "updated_at", "timestamp", "expiration_date"), (WHENS, EQUALITY + ORDER)
    ),
    **dict.fromkeys(("text", "speaker", "keywords"), (TEXTS, EQUALITY + PARTS)),
    **dict.fromkeys(("categories", "entities"), (LABELS, EQUALITY + PARTS)),
    "memory_ids": (st.integers(0, 4).map(lambda n: record(n).id), EQUALITY),
    "layer": (st.sampled_from(list(Layer)), EQUALITY),
    "kind": (st.sampled_from(list(Kind)), EQUALITY),
}
ENTITY_LEAVES = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda name: st.fixed_dictionaries({name: operators(FIELDS[name][0], *FIELDS[name][1])})
)
CLAUSE = operators(SCALARS, *EQUALITY, *ORDER, *PARTS)
METADATA_LEAVES = st.dictionaries(
    NAMES, CLAUSE | st.dictionaries(NAMES, CLAUSE, min_size=1, max_size=1), min_size=1, max_size=2
).map(lambda inner: {"metadata": inner})
LEAVES = st.one_of(
    ENTITY_LEAVES,
    METADATA_LEAVES,
    st.just({"metadata": "*"}),
    st.booleans().map(lambda flag: {"immutable": flag}),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"AND": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"OR": parts}),
        inner.map(lambda part: {"NOT": part}),
        st.lists(inner, min_size=1, max_size=2).map(lambda parts: {"NOT": parts}),
        st.tuples(inner, inner).map(lambda two: {**two[0], **two[1]}),
    ),
    max_leaves=5,
)

agreeing = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@agreeing
@given(
    changes=st.lists(CHANGES, min_size=1, max_size=5),
    raw=st.lists(FILTERS, min_size=1, max_size=4),
)
def test_lists_and_searches_hold_exactly_what_the_filter_asks_for(
    index: Index,
    fresh: Callable[[str], str],
    changes: list[dict[str, Any]],
    raw: list[dict[str, Any]],
) -> None:
    org, stored = fresh("org"), records(changes)
    index.apply([Upsert(org, one) for one in stored])
    for where in map(filters.parse, raw):
        asked = {one.id: one for one in stored if filters.matches(where, one)}
        everything = Listing(org, None, NOW, where, expired=True, superseded=True)
        found = index.list(everything)
        assert [one.id for one in found.records] == sorted(asked, reverse=True)
        assert found.count == len(asked)
        current = {id for id, one in asked.items() if one.current(NOW)}
        plain = index.list(replace(everything, expired=False, superseded=False))
        assert {one.id for one in plain.records} == current
        answer = index.search(Search(org, None, ("common",), None, NOW, where))
        assert {one.record.id for one in answer.found} == current
