from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.conditions import holds
from lamella.ports import Absent, AllOf, AnyOf, AtLeast, Below, Condition, Is, Item, Key, Present

ITEM = Item(Key("p", "s"), {"name": "ann", "n": 5, "half": 0.5, "yes": True, "zero": 0})


@pytest.mark.parametrize(
    ("condition", "of_item", "of_nothing"),
    [
        (Present(), True, False),
        (Absent(), False, True),
        (Is("name", "ann"), True, False),
        (Is("name", "bob"), False, False),
        (Is("missing", None), True, False),
        (Is("name", None), False, False),
        (Is("yes", True), True, False),
        (Is("yes", 1), False, False),
        (Is("zero", False), False, False),
        (Is("n", "5"), False, False),
        (Below("n", 6), True, False),
        (Below("n", 5), False, False),
        (Below("half", 1), True, False),
        (Below("missing", 6), False, False),
        (Below("name", 6), False, False),
        (Below("yes", 6), False, False),
        (AtLeast("n", 5), True, False),
        (AtLeast("n", 6), False, False),
        (AtLeast("missing", -1), False, False),
        (AnyOf((Absent(), Is("n", 5))), True, True),
        (AnyOf((Absent(), Is("n", 6))), False, True),
        (AllOf((Present(), Is("n", 5))), True, False),
        (AllOf((Is("n", 5), Is("n", 6))), False, False),
    ],
    ids=repr,
)
def test_a_condition_holds_as_ports_say(
    condition: Condition, of_item: bool, of_nothing: bool
) -> None:
    assert holds(condition, ITEM) is of_item
    assert holds(condition, None) is of_nothing


@given(found=st.integers(), limit=st.integers())
def test_a_number_is_either_below_or_at_least(found: int, limit: int) -> None:
    item = Item(Key("p", "s"), {"n": found})
    assert holds(Below("n", limit), item) is not holds(AtLeast("n", limit), item)
