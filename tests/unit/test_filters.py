from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella import filters
from lamella.clock import DAY
from lamella.errors import Invalid
from lamella.filters import All, Leaf, Not, all_of, equals, matches, mentions, parse, pinned
from lamella.filters.grammar import MAX_DEPTH, MAX_LEAVES
from lamella.models import Record
from lamella.scopes import Scope

MIDNIGHT = 20_000 * DAY
"""The beginning of 2024-10-04, UTC."""

MEMORY = Record(
    id="01A",
    owner="u:ann",
    layer="user",
    kind="factual",
    text="Ann moved to Zürich; budget is 500",
    created_at=MIDNIGHT,
    updated_at=MIDNIGHT + DAY - 1,
    said_at=MIDNIGHT + DAY,
    version=1,
    user_id="ann",
    session_id="s1",
    speaker="Ann",
    categories=("Travel", "personal_details"),
    entities=("Zürich",),
    immutable=True,
    metadata={
        "price": 7.5,
        "stars": 5,
        "city": "Zürich",
        "open": True,
        "tags": ["a", "b", 3],
        "at": {"lat": 47, "name": {"de": "Zürich"}},
        "flat.key": "x",
        "nothing": None,
        "empty": [],
    },
)


def holds(raw: dict[str, Any], record: Record = MEMORY) -> bool:
    return matches(parse(raw), record)


# --- what a filter means ------------------------------------------------------------------


def test_no_filter_asks_for_everything() -> None:
    assert parse(None) is None
    assert parse({}) is None
    assert matches(None, MEMORY)


@pytest.mark.parametrize(
    "raw",
    [
        {"user_id": "ann"},
        {"user_id": {"eq": "ann"}},
        {"user_id": {"ne": "bob"}},
        {"user_id": {"in": ["bob", "ann"]}},
        {"user_id": ["bob", "ann"]},
        {"user_id": "*"},
        {"user_id": {"in": ["bob", "*"]}},
        {"agent_id": {"ne": "*"}},
        {"run_id": {"ne": "s2"}},
        {"NOT": {"agent_id": "bob"}},
        {"userId": "ann"},
        {"run_id": "s1"},
        {"session_id": "s1"},
        {"runId": "s1"},
        {"memory_ids": ["01A", "01B"]},
        {"id": "01A"},
        {"layer": "user"},
        {"kind": ["factual", "semantic"]},
        {"speaker": {"icontains": "AN"}},
        {"immutable": True},
        {"text": {"contains": "Zürich"}},
        {"text": {"icontains": "ZÜRICH"}},
        {"keywords": {"icontains": "BUDGET"}},
        {"keywords": {"contains": "budget"}},
        {"keywords": "MOVED"},
        {"keywords_search": ["nothing", "zürich"]},
        {"categories": "travel"},
        {"categories": {"in": ["TRAVEL", "food"]}},
        {"categories": {"contains": "Personal"}},
        {"categories": {"ne": "food"}},
        {"entities": "zürich"},
    ],
    ids=repr,
)
def test_a_leaf_holds(raw: dict[str, Any]) -> None:
    assert holds(raw)


@pytest.mark.parametrize(
    "raw",
    [
        {"user_id": "Ann"},
        {"user_id": {"ne": "ann"}},
        {"agent_id": {"ne": "bob"}},
        {"appId": {"ne": "web"}},
        {"agent_id": "ann"},
        {"agent_id": "*"},
        {"user_id": {"ne": "*"}},
        {"text": {"contains": "zürich"}},
        {"keywords": {"contains": "BUDGET"}},
        {"categories": {"ne": "TRAVEL"}},
        {"categories": "trave"},
        {"immutable": {"ne": True}},
        {"layer": "org"},
    ],
    ids=repr,
)
def test_a_leaf_does_not_hold(raw: dict[str, Any]) -> None:
    assert not holds(raw)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"price": 7.5}, True),
        ({"price": {"gt": 5, "lte": 7.5}}, True),
        ({"stars": {"gt": 10}}, False),
        ({"stars": {"gte": "10"}}, False),
        ({"stars": 5.0}, True),
        ({"stars": "5"}, False),
        ({"stars": {"in": [4, 5]}}, True),
        ({"stars": [1, 2]}, False),
        ({"stars": {"ne": 4}}, True),
        ({"city": {"gt": "A"}}, True),
        ({"city": {"gt": 1}}, False),
        ({"city": {"icontains": "RICH"}}, True),
        ({"open": True}, True),
        ({"open": 1}, False),
        ({"open": {"gte": 0}}, False),
        ({"tags": "b"}, True),
        ({"tags": {"contains": "b"}}, True),
        ({"tags": {"contains": 3}}, True),
        ({"tags": "c"}, False),
        ({"at": {"lat": {"gt": 40}}}, True),
        ({"at.lat": {"gt": 40}}, True),
        ({"at": {"name": {"de": "Zürich"}}}, True),
        ({"at": {"name.de": "Zürich"}}, True),
        ({"flat": {"key": "x"}}, True),
        ({"flat.key": "x"}, True),
        ({"at": "*"}, True),
        ({"a": "*"}, False),
        ({"nothing": "*"}, False),
        ({"empty": "*"}, False),
        ({"missing": {"ne": "x"}}, True),
        ({"stars": 5, "open": False}, False),
        ("*", True),
    ],
    ids=repr,
)
def test_metadata_compares_by_path_and_type(raw: Any, expected: bool) -> None:
    assert holds({"metadata": raw}) is expected


def test_metadata_of_any_depth_can_be_asked() -> None:
    deep: Any = "bottom"
    for _ in range(5_000):
        deep = [deep]
    record = replace(MEMORY, metadata={"k": deep, "huge": 10**400})
    assert holds({"metadata": {"k": "bottom", "huge": {"gt": 1e300}}}, record)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"AND": [{"user_id": "ann"}, {"kind": "factual"}]}, True),
        ({"AND": [{"user_id": "ann"}, {"kind": "semantic"}]}, False),
        ({"OR": [{"user_id": "bob"}, {"kind": "factual"}]}, True),
        ({"OR": [{"user_id": "bob"}, {"kind": "semantic"}]}, False),
        ({"NOT": {"user_id": "bob"}}, True),
        ({"NOT": {"user_id": "ann", "kind": "semantic"}}, True),
        ({"NOT": [{"user_id": "bob"}, {"kind": "factual"}]}, False),
        ({"NOT": [{"user_id": "bob"}, {"kind": "semantic"}]}, True),
        ({"user_id": "ann", "kind": "semantic"}, False),
        ({"AND": [{"user_id": "ann"}], "OR": [{"kind": "semantic"}]}, False),
        ({"user_id": "ann", "OR": [{"kind": "semantic"}, {"layer": "user"}]}, True),
        ({"user_id": "ann", "NOT": [{"layer": "user"}]}, False),
        ({"AND": [{"OR": [{"NOT": {"AND": [{"user_id": "bob"}]}}]}]}, True),
    ],
    ids=repr,
)
def test_logic_nests_and_siblings_are_joined_by_and(raw: dict[str, Any], expected: bool) -> None:
    assert holds(raw) is expected


@pytest.mark.parametrize(
    ("clause", "days"),
    [
        ("2024-10-04", "·x·"),
        ({"ne": "2024-10-04"}, "x·x"),
        ({"gt": "2024-10-04"}, "··x"),
        ({"gte": "2024-10-04"}, "·xx"),
        ({"lt": "2024-10-04"}, "x··"),
        ({"lte": "2024-10-04"}, "xx·"),
        ({"in": ["2024-10-03", "2024-10-05"]}, "x·x"),
    ],
    ids=repr,
)
def test_a_bare_date_is_its_whole_day_in_utc(clause: Any, days: str) -> None:
    for day, mark in zip((-1, 0, 1), days, strict=True):
        for moment in (0, DAY // 2, DAY - 1):
            record = replace(MEMORY, created_at=MIDNIGHT + day * DAY + moment)
            assert holds({"created_at": clause}, record) is (mark == "x")


@pytest.mark.parametrize(
    "moment",
    [
        "2024-10-04T00:00:00Z",
        "2024-10-04T02:00:00+02:00",
        "2024-10-04T00:00:00",
        "2024-10-04 00:00:00.000",
        MIDNIGHT // 1000,
        MIDNIGHT / 1000,
    ],
)
def test_a_moment_may_be_told_in_several_ways(moment: Any) -> None:
    assert parse({"created_at": moment}) == Leaf(("created_at",), "eq", MIDNIGHT)
    assert holds({"created_at": moment})
    assert not holds({"created_at": {"gt": moment}})


def test_absent_times_match_no_comparison_but_ne() -> None:
    assert not holds({"expiration_date": "*"})
    assert not holds({"expiration_date": {"lt": "9000-01-01"}})
    assert holds({"expiration_date": {"ne": "2024-10-04"}})


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"colour": "red"}, "'colour'"),
        ({"said_at": 5}, "'said_at'"),
        ({"user_id": {"like": "a"}}, "eq, ne, in"),
        ({"user_id": {"gt": "a"}}, "eq, ne, in"),
        ({"created_at": {"contains": "2024"}}, "gt, gte, lt, lte"),
        ({"user_id": None}, "user_id must be a string"),
        ({"user_id": 5}, "user_id must be a string"),
        ({"user_id": {}}, "user_id"),
        ({"user_id": []}, "at least one"),
        ({"user_id": {"in": "ann"}}, "list"),
        ({"user_id": [["ann"]]}, "string"),
        ({"created_at": "soon"}, "ISO 8601"),
        ({"created_at": True}, "ISO 8601"),
        ({"created_at": None}, "ISO 8601"),
        ({"created_at": float("nan")}, "ISO 8601"),
        ({"created_at": 1_700_000_000_000}, "epoch seconds"),
        ({"layer": "attic"}, "user, org"),
        ({"kind": {"in": ["rumour"]}}, "factual"),
        ({"immutable": "yes"}, "true or false"),
        ({"metadata": "x"}, "object"),
        ({"metadata": {}}, "object"),
        ({"metadata": {"k": None}}, "metadata 'k'"),
        ({"metadata": {"k": {}}}, "metadata 'k'"),
        ({"metadata": {"k": {"eq": 1, "other": 2}}}, "'other'"),
        ({"metadata": {"k": float("inf")}}, "metadata 'k'"),
        ({"metadata": {"k": 10**400}}, "metadata 'k'"),
        ({"metadata": {"k": [{"a": 1}]}}, "metadata 'k'"),
        ({"AND": []}, "AND"),
        ({"OR": {"user_id": "ann"}}, "OR"),
        ({"AND": [{}]}, "AND"),
        ({"NOT": []}, "NOT"),
        ({"NOT": "x"}, "NOT"),
        ([{"user_id": "ann"}], "filters must be an object"),
        ({"user_id": "\ud800"}, "stored"),
        ({"text": "a\x00b"}, "stored"),
        ({"text": "x" * 2_001}, "2000"),
    ],
    ids=lambda value: repr(value)[:50],
)
def test_what_can_not_be_is_refused_with_its_name(raw: Any, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        parse(raw)


def test_a_refusal_never_repeats_a_value() -> None:
    for raw in (
        {"created_at": "my secret"},
        {"layer": "my secret"},
        {"metadata": {"k": ["x", None, "my secret"]}},
        {"user_id": {"in": "my secret"}},
    ):
        with pytest.raises(Invalid) as refused:
            parse(raw)
        assert "secret" not in refused.value.detail


def test_depth_and_size_are_bounded() -> None:
    deep: dict[str, Any] = {"user_id": "ann"}
    for _ in range(MAX_DEPTH - 1):
        deep = {"AND": [deep]}
    assert holds(deep)
    with pytest.raises(Invalid, match="deeper"):
        parse({"NOT": deep})
    path: dict[str, Any] = {"k": 1}
    for _ in range(MAX_DEPTH):
        path = {"k": path}
    with pytest.raises(Invalid, match="deeper"):
        parse({"metadata": path})
    assert parse({"user_id": ["ann"] * MAX_LEAVES}) is not None
    with pytest.raises(Invalid, match="500"):
        parse({"user_id": ["ann"] * (MAX_LEAVES + 1)})
    with pytest.raises(Invalid, match="500"):
        parse({"AND": [{"metadata": "*"}] * (MAX_LEAVES + 1)})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["AND", "OR", "NOT", "metadata", "eq", "in", "gt", "created_at", "text"]
            )
            | st.text(max_size=3),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(raw=JSON)
def test_any_json_is_read_or_refused(raw: Any) -> None:
    with suppress(Invalid):
        assert matches(parse(raw), MEMORY) in (True, False)


# --- what a tree tells --------------------------------------------------------------------


def test_equalities_at_the_top_pin_ids() -> None:
    where = parse(
        {
            "userId": "ann",
            "AND": [{"agent_id": {"in": ["planner"]}}, {"AND": [{"run_id": "s1"}]}],
            "OR": [{"app_id": "web"}, {"app_id": "phone"}],
        }
    )
    assert pinned(where) == Scope(user_id="ann", agent_id="planner", session_id="s1")


def test_nothing_but_an_equality_at_the_top_pins() -> None:
    for raw in (
        {"OR": [{"user_id": "ann"}, {"kind": "factual"}]},
        {"NOT": {"user_id": "ann"}},
        {"user_id": ["ann", "bob"]},
        {"user_id": "*"},
        {"user_id": {"ne": "ann"}},
    ):
        assert not pinned(parse(raw))
    assert pinned(None) == Scope()
    assert pinned(parse({"AND": [{"user_id": "ann"}, {"user_id": "bob"}]})).user_id == "ann"


def test_every_field_is_mentioned_by_its_own_name() -> None:
    where = parse({"OR": [{"runId": "s1"}, {"NOT": {"metadata": {"k": 1}}}], "timestamp": 5})
    assert mentions(where) == {"session_id", "metadata", "said_at"}
    assert mentions(None) == frozenset()


def test_filters_join() -> None:
    one, two = equals("user_id", "ann"), equals("run_id", "s1")
    assert two == parse({"run_id": "s1"})
    assert all_of() is None
    assert all_of(None, one) == one
    assert all_of(one, None, two) == All((one, two))
    assert not matches(all_of(one, Not(two)), MEMORY)


def test_every_name_of_the_wire_leads_to_a_field_of_a_record() -> None:
    for name in filters.SHAPES:
        assert hasattr(MEMORY, name)
