from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.errors import Invalid, TooLarge
from lamella.limits import apply_update, check_commit, check_item, size
from lamella.ports import MAX_ITEM_BYTES, Check, Delete, Item, Key, Mark, Present, Put, Update

KEY = Key("partition", "a")
FIELDS = st.dictionaries(
    st.sampled_from("abc"), st.none() | st.integers() | st.text(max_size=3), max_size=3
)


def puts(count: int, text: str = "") -> tuple[Put, ...]:
    return tuple(Put(Item(Key("p", f"{n:03}"), {"text": text})) for n in range(count))


def test_a_hundred_small_operations_fit() -> None:
    check_commit(puts(100))
    check_commit((Check(KEY, Present()), Delete(Key("p", "b"))))


def test_more_than_a_hundred_do_not() -> None:
    with pytest.raises(TooLarge, match="101 operations"):
        check_commit(puts(101))


def test_the_size_of_an_item_is_its_json_and_its_key_in_bytes() -> None:
    assert size(Key("é", "s"), {"a": "☃"}) == len(b'{"a":"\xe2\x98\x83"}') + 3
    room = MAX_ITEM_BYTES - size(KEY, {"text": ""})
    check_item(Item(KEY, {"text": "x" * room}))
    check_commit((Put(Item(KEY, {"text": "x" * room})),))
    with pytest.raises(TooLarge, match="400001 bytes"):
        check_item(Item(KEY, {"text": "x" * (room + 1)}))
    with pytest.raises(TooLarge):
        check_commit((Update(KEY, {"text": "x" * (room + 1)}),))


def test_a_commit_is_bounded_as_a_whole() -> None:
    check_commit(puts(10, "x" * 390_000))
    with pytest.raises(TooLarge, match="at most 4000000"):
        check_commit(puts(11, "x" * 390_000))


@pytest.mark.parametrize(
    "commit",
    [
        (),
        (Put(Item(KEY, {})), Delete(KEY)),
        (Delete(Key("", "a")),),
        (Delete(Key("p", "")),),
    ],
)
def test_a_commit_that_makes_no_sense_is_refused(commit: tuple[Delete, ...]) -> None:
    with pytest.raises(Invalid):
        check_commit(commit)


@pytest.mark.parametrize("key", [Key("é" * 1_025, "s"), Key("p", "x" * 1_025)])
def test_a_key_is_no_longer_than_dynamodb_takes(key: Key) -> None:
    with pytest.raises(TooLarge, match="too long"):
        check_commit((Delete(key),))


def test_an_update_creates_keeps_and_removes() -> None:
    mark = Mark("bucket", 5)
    assert apply_update(Update(KEY, {"a": 1, "b": None}), None) == Item(KEY, {"a": 1})
    old = Item(KEY, {"a": 1, "b": 2}, ttl=7, mark=mark)
    assert apply_update(Update(KEY, {"b": None}), old) == Item(KEY, {"a": 1}, 7, mark)
    assert apply_update(Update(KEY, {}, mark=None, ttl=None), old) == Item(KEY, {"a": 1, "b": 2})
    assert old.body == {"a": 1, "b": 2}


@given(before=FIELDS, fields=FIELDS)
def test_the_same_update_twice_changes_nothing_more(before: dict, fields: dict) -> None:
    once = apply_update(Update(KEY, fields), Item(KEY, before))
    assert apply_update(Update(KEY, fields), once) == once
    for name, value in fields.items():
        assert once.body.get(name) == value
        assert (name in once.body) is (value is not None)
