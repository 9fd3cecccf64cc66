"""A slot's head: who fills it, when that was last said, and the line of all who ever did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lamella.models import Record
from lamella.ports import Item, Key
from lamella.slots import LONGEST_LINE, Head, slot_key, taken

HERE = Key("p", "s")


def memory(id: str, said_at: int, slot: str | None = "home") -> Record:
    return Record(
        id=id,
        owner="u:alex",
        layer="user",
        kind="factual",
        text=id,
        created_at=said_at,
        updated_at=said_at,
        said_at=said_at,
        version=1,
        slot=slot,
        subject="user",
    )


def stored(head: Head) -> Item:
    return head.put(HERE, None).item


def test_what_was_stored_is_what_is_read() -> None:
    head = taken(None, memory("a", 5)).affirmed(9)
    assert Head.of(stored(head)) == head
    assert Head.of(None) is None


def test_a_head_of_before_there_were_lines_is_read_too() -> None:
    old = Item(HERE, {"id": "a", "captured_at": 3})
    assert Head.of(old) == Head("a", 3, 0, ())


@given(st.lists(st.integers(0, 99), min_size=1, max_size=20))
def test_the_line_is_in_the_order_of_saying_and_keeps_the_newest(times: list[int]) -> None:
    head = taken(None, memory("0", times[0]))
    for number, at in enumerate(times[1:], start=1):
        head = head.with_said(memory(str(number), at))
    said = [one.said_at for one in head.line]
    assert said == sorted(times)[-LONGEST_LINE:]


def test_saying_it_again_never_makes_it_older() -> None:
    head = taken(None, memory("a", 5))
    assert head.affirmed(9).affirmed(7).affirmed_at == 9


def test_who_fills_no_slot_has_no_head() -> None:
    assert slot_key("acme", memory("c", 1, None)) is None
