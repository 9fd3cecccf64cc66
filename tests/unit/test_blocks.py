"""Turns packed into blocks, each small enough for one item."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella import blocks, keys
from lamella.clock import DAY
from lamella.errors import TooLarge
from lamella.limits import check_item, size
from lamella.models import Turn
from lamella.ports import Item
from lamella.scopes import Scope

NOW = 20_760 * DAY
TRIP = Scope(user_id="alex", session_id="trip")


def turn(number: int, text: str) -> Turn:
    return Turn(f"e-{number}", "user", text, NOW, NOW)


LENGTHS = st.lists(st.integers(0, 9_000), min_size=1, max_size=130)


@given(LENGTHS)
def test_every_turn_lies_in_one_block_in_order(lengths: list[int]) -> None:
    turns = [turn(n, "x" * length) for n, length in enumerate(lengths)]
    packed = blocks.packed(turns)
    assert [one for block in packed for one in block] == turns
    assert all(0 < len(block) <= blocks.MAX_TURNS for block in packed)
    for block in packed:
        item = blocks.block_item("acme", TRIP, "01", block, NOW + 1)
        check_item(item)
        assert size(item.key, item.body) < blocks.MAX_BLOCK_BYTES + 50_000


def test_a_call_without_turns_has_no_block() -> None:
    assert blocks.packed([]) == []


def test_more_than_a_commit_can_hold_is_refused() -> None:
    with pytest.raises(TooLarge, match="send several"):
        blocks.packed([turn(n, "x" * 200_000) for n in range(10)])


def test_a_block_is_kept_a_week_for_a_late_promotion() -> None:
    item: Item = blocks.block_item("acme", TRIP, "01", [turn(0, "hi")], NOW + 1)
    assert item.ttl == NOW + 7 * DAY
    assert item.body["expires_at"] == NOW + 1
    assert item.key == keys.turns("acme", "u:alex", "trip", "01")
    longer = blocks.block_item("acme", TRIP, "01", [turn(0, "hi")], NOW + 30 * DAY)
    assert longer.ttl == NOW + 30 * DAY
