"""A list is read from the truth, page by page, whatever happens between two pages."""

from __future__ import annotations

import pytest
from world import ORG, World

from lamella.errors import Invalid
from lamella.requests import ListRequest

ALEX = {"user_id": "alex"}


def test_pages_tell_everything_once_also_while_it_is_deleted(world: World) -> None:
    ids = {world.remember(f"Fact number {number}.", **ALEX) for number in range(25)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        asked = ListRequest.parse({"page_size": 7, "cursor": cursor, **ALEX})
        page = world.service.govern.list(ORG, asked).wire()
        for memory in page["results"]:
            seen.append(memory["id"])
            world.delete(memory["id"])
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(ids)
    assert set(seen) == ids


@pytest.mark.parametrize("cursor", ["", "x", "12", "-a", "٣-a", "1e3-a"])
def test_a_cursor_of_another_make_is_refused(world: World, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        world.service.govern.list(ORG, ListRequest.parse({"cursor": cursor, **ALEX}))


def test_notes_of_more_sessions_than_one_page_are_listed(world: World) -> None:
    for number in range(130):
        world.remember(
            f"Note number {number}.", session_id=f"s{number}", metadata={"layer": "session"}, **ALEX
        )
    assert len(world.list(**ALEX)) == 130
    world.delete_all(session_id="s7", **ALEX)
    assert len(world.list(**ALEX)) == 129
