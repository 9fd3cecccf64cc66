"""An owner's unfinished work, laid over what the index says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contract.samples import NOW, record

from lamella import overlay
from lamella.inflight import DONE, InFlight
from lamella.models import Record, Turn
from lamella.ports import Item, Key

OWNER = "u:ann"


def call(id: str, *texts: str, **changes: Any) -> InFlight:
    turns = tuple(Turn(f"{id}-{n}", "user", text, NOW, NOW).body() for n, text in enumerate(texts))
    made = InFlight(id, "acme", OWNER, captured_at=NOW, event=id, turns=turns, user_id="ann")
    return replace(made, **changes)


def change(id: str, of: Record, at: int = NOW, **changes: Any) -> InFlight:
    return replace(InFlight.of_memory(id, "acme", of, at), **changes)


def read(*work: InFlight, ttl: int | None = None, cutoff: int | None = None) -> overlay.Overlay:
    """The overlay of these, given in the order they were written."""
    items = [Item(one.key, one.body(), ttl=ttl) for one in reversed(work)]
    if cutoff is not None:
        items.insert(0, Item(Key("p", "~2#X"), {"cutoff": cutoff}))
    return overlay.read(OWNER, items, NOW)


def unplaced(laid: overlay.Overlay, *held: str, skew: int = 0) -> list[str]:
    return [turn.text for turn in laid.unplaced(held, NOW, skew)]


def test_turns_nobody_has_placed_come_newest_first() -> None:
    assert unplaced(read(call("1", "a", "b"), call("2", "c"))) == ["c", "b", "a"]


def test_a_done_call_shows_until_all_its_successors_do() -> None:
    done = call("1", "a", state=DONE, successors=("m1", "m2"))
    assert unplaced(read(done)) == ["a"]
    assert unplaced(read(done), "m1") == ["a"]
    assert unplaced(read(done), "m1", "m2") == []
    assert unplaced(read(call("1", "a", state=DONE))) == []


def test_a_call_done_before_the_search_began_shows_no_more_whatever_the_search_holds() -> None:
    earlier = call("1", "a", state=DONE, done_at=NOW - 1, successors=("m1",))
    assert unplaced(read(earlier)) == []
    just_now = call("1", "a", state=DONE, done_at=NOW, successors=("m1",))
    assert unplaced(read(just_now)) == ["a"]


def test_done_before_means_before_by_every_clock_of_the_deployment() -> None:
    done = call("1", "a", state=DONE, done_at=NOW - 5, successors=("m1",))
    assert unplaced(read(done), skew=5) == ["a"]
    assert unplaced(read(done), skew=4) == []


def test_a_successor_in_the_overlay_counts_as_seen() -> None:
    memory = record(1)
    done = call("1", "a", state=DONE, successors=(memory.id,))
    assert unplaced(read(done, change("2", memory))) == []
    assert unplaced(read(done, change("2", memory, removed=True))) == []


def test_what_has_been_purged_no_longer_counts() -> None:
    assert unplaced(read(call("1", "a"), ttl=NOW)) == []
    assert unplaced(read(call("1", "a"), ttl=NOW + 1)) == ["a"]


def test_what_expired_or_was_forgotten_is_not_shown() -> None:
    assert unplaced(read(call("1", "a", expires_at=NOW))) == []
    assert unplaced(read(call("1", "a"), cutoff=NOW)) == []
    assert unplaced(read(call("1", "a"), cutoff=NOW - 1)) == ["a"]


def test_the_last_word_on_a_memory_is_the_newest() -> None:
    old = record(1, "Oslo.", version=1)
    new = replace(old, text="Bergen.", version=2)
    laid = read(change("1", old), change("2", new))
    assert laid.memories[old.id].text == "Bergen."
    assert laid.hides(old)
    assert not laid.hides(new)


def test_a_removed_memory_is_hidden_and_a_later_return_is_not() -> None:
    memory = record(1, version=5)
    gone = read(change("1", memory), change("2", memory, at=10, removed=True))
    assert gone.hides(memory)
    assert gone.memories == {}
    back = replace(memory, version=11)
    assert not gone.hides(back)
    assert not read(change("1", memory, at=10, removed=True), change("2", back)).hides(back)


def test_a_tombstone_hides_its_owners_past_and_nobody_elses() -> None:
    laid = read(cutoff=NOW)
    assert laid.hides(record(1, captured_at=NOW))
    assert not laid.hides(record(1, captured_at=NOW + 1))
    assert not laid.hides(record(1, captured_at=NOW, owner="u:bob"))
