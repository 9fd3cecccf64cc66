"""A list goes through all that is remembered, page by page, each memory once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from world import ORG, World

from lamella import listing
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.errors import Invalid
from lamella.ports import Page, Read
from lamella.requests import ListRequest


class CountingTable(ReferenceTable):
    """Counts the items that were read."""

    items = 0

    def read(self, reads: Sequence[Read]) -> list[Page]:
        pages = super().read(reads)
        self.items += sum(len(page.items) for page in pages)
        return pages


def listed(world: World, **fields: Any) -> dict[str, Any]:
    return world.service.govern.list(ORG, ListRequest.parse(fields)).wire()


def test_pages_by_number_and_by_cursor_hold_the_same_memories_once(world: World) -> None:
    told = [world.remember(f"Fact number {n}.", user_id="alex") for n in range(23)]
    note = world.remember("Only for today.", user_id="alex", session_id="s")
    newest = [note, *reversed(told)]
    numbered = [listed(world, user_id="alex", page=n, page_size=10) for n in (1, 2, 3)]
    assert [one["id"] for page in numbered for one in page["results"]] == newest
    assert {(page["count"], page["count_exact"]) for page in numbered} == {(24, True)}
    assert [one["id"] for one in world.list(user_id="alex", page_size=7)] == newest


def test_a_cursor_survives_the_memory_it_names(world: World) -> None:
    told = [world.remember(f"Fact number {n}.", user_id="alex") for n in range(4)]
    first = listed(world, user_id="alex", page_size=2)
    world.delete(first["cursor"].removeprefix("m-"))
    rest = listed(world, user_id="alex", page_size=2, cursor=first["cursor"])
    assert [one["id"] for one in rest["results"]] == [told[1], told[0]]
    assert (rest["count"], rest["cursor"]) == (None, None)


def test_an_agents_memories_are_listed_once_wherever_they_lie(world: World) -> None:
    own = world.remember("Be brief.", agent_id="helper")
    shared = world.remember("Alex likes tea.", user_id="alex", agent_id="helper")
    world.settle()
    assert {one["id"] for one in world.list(agent_id="helper", page_size=1)} == {own, shared}


def test_a_page_below_a_cursor_reads_no_more_from_a_longer_list() -> None:
    reads = []
    for many in (1_200, 2_400):
        table = CountingTable()
        world = World(table, ReferenceIndex())
        for start in range(0, many, 400):
            world.add([f"Fact {start + n}." for n in range(400)], user_id="alex", infer=False)
        cursor = listed(world, user_id="alex", page_size=10)["cursor"]
        table.items = 0
        listed(world, user_id="alex", page_size=10, cursor=cursor)
        reads.append(table.items)
        world.close()
    assert reads[0] == reads[1] < 600


def test_beyond_what_is_counted_the_answer_says_so_and_pages_have_no_numbers(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED", 20)
    world.add([f"Fact {n}." for n in range(30)], user_id="alex", infer=False)
    last = listed(world, user_id="alex", page=2, page_size=10)
    assert (last["count"], last["count_exact"], last["cursor"] is None) == (20, False, False)
    with pytest.raises(Invalid, match="cursor"):
        listed(world, user_id="alex", page=3, page_size=10)
    assert len(world.list(user_id="alex", page_size=10)) == 30
