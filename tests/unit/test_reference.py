"""The reference engine's faults: without them working, no scenario proves anything."""

from __future__ import annotations

import pytest

from lamella.engines.faults import Crash, Faults
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.errors import LamellaError, Throttled, Unavailable
from lamella.models import Record
from lamella.ports import Get, Item, Key, Listing, Mark, Marked, Put, Remove, Upsert

MEMORY = Record("01", "u:ann", "user", "factual", "hotel", 1, 1, 1, version=1)
EVERYTHING = Listing("org", None, now=1)
DUE = Marked("due", until=99)


def put(name: str, at: int = 1) -> Put:
    return Put(Item(Key("p", name), {"name": name}, mark=Mark("due", at)))


def names(table: ReferenceTable) -> list[str]:
    pages = table.read([Get(Key("p", name)) for name in "abc"])
    return [page.first.key.sk for page in pages if page.first]


def test_a_paused_index_shows_what_was_there_before_until_it_is_resumed() -> None:
    index = ReferenceIndex()
    index.apply([Upsert("org", MEMORY)])
    index.faults.index_paused = True
    assert index.apply([Remove("org", "u:ann", "01", version=2)]) == [None]
    assert index.list(EVERYTHING).count == 1
    index.faults.index_paused = False
    assert index.list(EVERYTHING).count == 0


def test_stale_marks_miss_the_latest_commit_and_nothing_more() -> None:
    table = ReferenceTable(Faults(stale_marks=True))
    table.write([(put("a"),)])
    table.write([(put("b"),)])
    [marked] = table.read([DUE])
    assert [item.key.sk for item in marked.items] == ["a"]
    assert names(table) == ["a", "b"]
    table.faults.stale_marks = False
    [marked] = table.read([DUE])
    assert [item.key.sk for item in marked.items] == ["a", "b"]


def test_a_crash_before_a_call_leaves_half_a_round_done() -> None:
    table = ReferenceTable(Faults(crash_before=2))
    with pytest.raises(Crash):
        table.write([(put("a"),), (put("b"),), (put("c"),)])
    assert names(table) == ["a"]


def test_a_crash_after_a_call_has_done_it() -> None:
    table = ReferenceTable(Faults(crash_after=2))
    with pytest.raises(Crash):
        table.write([(put("a"),), (put("b"),), (put("c"),)])
    assert names(table) == ["a", "b"]


def test_table_and_index_share_one_count_of_calls() -> None:
    faults = Faults(crash_before=2)
    ReferenceTable(faults).write([(put("a"),)])
    with pytest.raises(Crash):
        ReferenceIndex(faults).apply([Upsert("org", MEMORY)])
    assert ReferenceIndex(faults).list(EVERYTHING).count == 0


def test_a_store_that_is_down_refuses_every_call_alone() -> None:
    faults = Faults(table_down=True)
    table, index = ReferenceTable(faults), ReferenceIndex(faults)
    with pytest.raises(Unavailable, match="table"):
        table.write([(put("a"),)])
    assert index.list(EVERYTHING).count == 0
    faults.table_down, faults.index_down = False, True
    assert names(table) == []
    with pytest.raises(Unavailable, match="index"):
        index.list(EVERYTHING)


def test_throttling_strikes_every_so_often() -> None:
    table = ReferenceTable(Faults(throttle_every=3))
    answers = []
    for _ in range(6):
        try:
            table.read([DUE])
            answers.append("answered")
        except Throttled:
            answers.append("throttled")
    assert answers == ["answered", "answered", "throttled"] * 2


def test_the_next_calls_fail_as_told_and_then_no_more() -> None:
    first, second = Unavailable("away"), Throttled("slow down")
    table = ReferenceTable(Faults(fail_next=[first, second]))
    for expected in (first, second):
        with pytest.raises(LamellaError) as raised:
            table.write([(put("a"),)])
        assert raised.value is expected
    assert table.write([(put("a"),)]) == [None]
