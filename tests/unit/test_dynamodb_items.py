from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.dynamodb_items import attribute, attribute_name, item_attributes, read_item
from lamella.limits import size
from lamella.ports import Item, Key, Mark

KEY = Key("pk", "sk")
NAMES = st.text(min_size=1) | st.sampled_from(["pk", "~pk", "~~pk", "ttl", "~0", "[1]", "a.b", "~"])
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(
    body=st.dictionaries(NAMES, JSON_VALUES),
    ttl=st.none() | st.integers(0, 2**45),
    mark=st.none() | st.builds(Mark, st.text(min_size=1), st.integers(0, 2**45)),
)
def test_an_item_is_read_back_as_it_was(
    body: dict[str, Any], ttl: int | None, mark: Mark | None
) -> None:
    item = Item(KEY, body, ttl, mark)
    assert read_item(item_attributes(item)) == item


@given(names=st.lists(NAMES, unique=True))
def test_different_fields_are_different_attributes(names: list[str]) -> None:
    assert len({attribute_name(name) for name in names}) == len(names)


@given(name=NAMES)
def test_no_attribute_name_could_be_taken_for_an_index_into_a_list(name: str) -> None:
    assert not {"[", "]"} & set(attribute_name(name))


@pytest.mark.parametrize(
    ("value", "lies_as"),
    [
        ("", {"S": ""}),
        (True, {"BOOL": True}),
        (0, {"N": "0"}),
        (-0.25, {"N": "-0.25"}),
        (10**37, {"N": "1" + "0" * 37}),
        (10**38, {"B": b"1" + b"0" * 38}),
        (1e-200, {"B": b"1e-200"}),
        ({"é": [None]}, {"B": '{"é":[null]}'.encode()}),
    ],
)
def test_what_conditions_compare_is_native_and_the_rest_is_json(
    value: Any, lies_as: dict[str, Any]
) -> None:
    assert attribute(value) == lies_as


def test_numbers_that_dynamodb_has_rewritten_are_still_the_same() -> None:
    found = {"pk": {"S": "p"}, "sk": {"S": "s"}, "a": {"N": "1E+20"}, "b": {"N": "0.5"}}
    body = read_item(found).body
    assert body == {"a": 10**20, "b": 0.5}


def test_ttl_is_rounded_up_for_the_store_and_kept_exactly_for_us() -> None:
    stored = item_attributes(Item(KEY, {}, ttl=1_001))
    assert stored["ttl"] == {"N": "2"}
    assert read_item(stored).ttl == 1_001


@given(body=st.dictionaries(st.text(min_size=1, max_size=9), JSON_VALUES, max_size=5))
def test_no_item_is_larger_in_the_store_than_it_was_counted(body: dict[str, Any]) -> None:
    fixed = sum(len(name) for name in ("pk", "sk", "ttl", "ttl_ms", "due", "due_bucket")) + 100
    stored = item_attributes(Item(KEY, body))
    assert sum(map(_weight, stored.items())) <= size(KEY, body) + fixed


def _weight(pair: tuple[str, dict[str, Any]]) -> int:
    """Bytes as DynamoDB counts them: names and texts in UTF-8, numbers by two digits a byte."""
    name, typed = pair
    [(kind, value)] = typed.items()
    of_value = {
        "S": lambda: len(value.encode()),
        "B": lambda: len(value),
        "N": lambda: len(value) // 2 + 2,
    }.get(kind, lambda: 1)()
    return len(name.encode()) + of_value
