"""Promise 8: the newest truth wins and history stays."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from world import ORG, World

from lamella.clock import DAY, HOUR
from lamella.errors import Conflict, NotFound
from lamella.requests import RelationsRequest

ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}
OSLO, BERGEN, PARIS = "I live in Oslo.", "I live in Bergen.", "I live in Paris."


def said(world: World, text: str, **fields: Any) -> None:
    world.add(text, **{**ALEX, **fields})
    world.flush(**ALEX)
    world.clock.advance(HOUR)


def current(world: World, **ids: Any) -> list[str]:
    """What is listed, and what a search for where Alex lives answers: they always agree."""
    listed = [m["memory"] for m in world.list(layers=["user"], **{**ALEX, **ids})]
    found = world.search("Where do I live?", threshold=0, top_k=50, layers=["user"], **ALEX)
    assert sorted(hit["memory"] for hit in found["results"]) == sorted(listed)
    return listed


def everything(world: World) -> dict[str, dict[str, Any]]:
    """All memories by text, superseded ones too."""
    return {m["memory"]: m for m in world.list(superseded=True, **ALEX)}


def test_a_contradicted_memory_gives_way_and_is_hidden(world: World) -> None:
    said(world, OSLO)
    said(world, BERGEN)
    assert current(world) == [BERGEN]
    old, new = everything(world)[OSLO], everything(world)[BERGEN]
    assert old["superseded_by"] == new["id"]
    assert old["valid_to"] == new["timestamp"]
    assert "valid_to" not in new


def test_a_superseded_memory_is_there_for_who_asks(world: World) -> None:
    said(world, OSLO)
    said(world, BERGEN)
    ask: dict[str, Any] = {"query": "Where do I live?", "threshold": 0, "layers": ["user"], **ALEX}
    for asked in ({"superseded": True}, {"latest_only": False}):
        found = world.search(**ask, **asked)["results"]
        assert {hit["memory"] for hit in found} == {OSLO, BERGEN}
    old = everything(world)[OSLO]
    assert world.service.govern.get(ORG, old["id"])["memory"] == OSLO


def test_what_was_true_then_is_told_as_of_then(world: World) -> None:
    said(world, OSLO)
    between = world.clock.now - 1
    said(world, BERGEN)
    asked = {"query": "Where do I live?", "threshold": 0, "layers": ["user"], **ALEX}
    then = world.search(**asked, as_of=between / 1000)["results"]
    now = world.search(**asked, as_of=world.clock.now / 1000)["results"]
    assert [hit["memory"] for hit in then] == [OSLO]
    assert [hit["memory"] for hit in now] == [BERGEN]


def test_the_history_tells_every_step(world: World) -> None:
    said(world, OSLO)
    said(world, BERGEN)
    id = everything(world)[OSLO]["id"]
    world.restore(id)
    world.update(id, text="I live in Oslo again.")
    world.delete(id)
    world.restore(id)
    told = [(one["event"], one["old_memory"], one["new_memory"]) for one in world.history(id)]
    again = "I live in Oslo again."
    assert told == [
        ("ADD", None, OSLO),
        ("SUPERSEDE", OSLO, OSLO),
        ("RESTORE", OSLO, OSLO),
        ("UPDATE", OSLO, again),
        ("DELETE", again, None),
        ("RESTORE", None, again),
    ]


def test_a_restored_memory_is_current_and_its_rival_gives_way(world: World) -> None:
    said(world, OSLO)
    said(world, BERGEN)
    world.restore(everything(world)[OSLO]["id"])
    assert current(world) == [OSLO]
    rival = everything(world)[BERGEN]
    assert rival["superseded_by"] == everything(world)[OSLO]["id"]
    world.settle()
    assert current(world) == [OSLO]
    said(world, PARIS)
    assert current(world) == [PARIS]
    with pytest.raises(Conflict, match="current"):
        world.restore(everything(world)[PARIS]["id"])


def test_a_deleted_memory_comes_back_as_it_was(world: World) -> None:
    said(world, OSLO, metadata={"trip": "north"})
    before = everything(world)[OSLO]
    world.delete(before["id"])
    assert current(world) == []
    with pytest.raises(NotFound):
        world.service.govern.get(ORG, before["id"])
    world.settle()
    world.restore(before["id"])
    after = everything(world)[OSLO]
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"version", "updated_at", "age_seconds"}
    world.settle()
    assert current(world) == [OSLO]


def test_what_was_said_last_wins_however_late_the_older_arrives(world: World) -> None:
    newest = world.clock.now
    said(world, BERGEN, timestamp=newest / 1000)
    said(world, OSLO, timestamp=(newest - 30 * DAY) / 1000)
    assert current(world) == [BERGEN]
    old = everything(world)[OSLO]
    assert old["superseded_by"] == everything(world)[BERGEN]["id"]
    said(world, PARIS, timestamp=(newest - 10 * DAY) / 1000)
    assert current(world) == [BERGEN]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2)])
def test_the_end_is_the_same_in_whatever_order_it_arrives(
    world: World, order: tuple[int, ...]
) -> None:
    texts, start = (OSLO, BERGEN, PARIS), world.clock.now - 10 * DAY
    for number in order:
        said(world, texts[number], timestamp=(start + number * DAY) / 1000)
    assert current(world) == [PARIS]
    assert all("valid_to" in everything(world)[text] for text in (OSLO, BERGEN))


def test_the_same_holds_within_one_call(world: World) -> None:
    world.add([OSLO, BERGEN, PARIS], **ALEX)
    world.flush(**ALEX)
    assert current(world) == [PARIS]
    assert len(everything(world)) == 3


def test_one_may_move_back(world: World) -> None:
    for text in (OSLO, BERGEN, OSLO):
        said(world, text)
    assert current(world) == [OSLO]
    all_of_them = world.list(superseded=True, **ALEX)
    assert sorted(m["memory"] for m in all_of_them) == [BERGEN, OSLO, OSLO]
    said(world, BERGEN)
    assert current(world) == [BERGEN]


def test_saying_the_same_again_changes_nothing(world: World) -> None:
    said(world, OSLO)
    [before] = world.list(**ALEX)
    for again in (OSLO, "i live in oslo", "I  live in Oslo!", "I live in Oslo"):
        if again.endswith("!"):
            continue
        said(world, again)
    [after] = world.list(superseded=True, **ALEX)
    assert (after["id"], after["version"]) == (before["id"], before["version"])
    assert [one["event"] for one in world.history(after["id"])] == ["ADD"]


def test_a_truth_said_again_outlasts_what_was_said_in_between(world: World) -> None:
    """Oslo at first and at last; that it was Bergen meanwhile is heard after both."""
    first = world.clock.now
    said(world, OSLO, timestamp=first / 1000 - 300)
    said(world, OSLO, timestamp=first / 1000 - 100)
    said(world, BERGEN, timestamp=first / 1000 - 200)
    assert current(world) == [OSLO]
    held = everything(world)
    assert held[BERGEN]["superseded_by"] == held[OSLO]["id"]
    assert held[BERGEN]["timestamp"] < held[BERGEN]["valid_to"]
    said(world, PARIS)
    assert current(world) == [PARIS]


def test_different_people_and_slots_do_not_contradict_each_other(world: World) -> None:
    world.add([OSLO, "I work at Globex.", "My sister Mara lives in Bergen."], **ALEX)
    world.flush(**ALEX)
    said(world, "My sister Mara lives in Paris.")
    assert set(current(world)) == {OSLO, "I work at Globex.", "My sister Mara lives in Paris."}


def test_another_users_truth_is_another(world: World) -> None:
    said(world, OSLO)
    world.add(BERGEN, user_id="sam")
    world.flush(user_id="sam")
    assert current(world) == [OSLO]


def test_a_sessions_passing_truth_leaves_the_lasting_one_alone(world: World) -> None:
    said(world, OSLO)
    world.add("I live in Bergen.", metadata={"layer": "session"}, **TRIP)
    world.flush(**ALEX)
    assert current(world) == [OSLO]
    world.add("I live in Paris.", metadata={"layer": "session"}, **TRIP)
    world.flush(**ALEX)
    assert [note["memory"] for note in world.session(**TRIP)["notes"]] == [PARIS]


def test_an_immutable_memory_is_corrected_by_nobody(world: World) -> None:
    id = world.remember("My name is Alex.", immutable=True, **ALEX)
    with pytest.raises(Conflict, match="immutable"):
        world.update(id, text="My name is Sam.")
    with pytest.raises(Conflict, match="immutable"):
        world.update(id, metadata={"a": 1})
    assert world.service.govern.get(ORG, id)["memory"] == "My name is Alex."
    world.delete(id)
    assert world.list(**ALEX) == []


def test_an_update_can_not_say_what_another_memory_says(world: World) -> None:
    first = world.remember("I like tea.", **ALEX)
    second = world.remember("I like coffee.", **ALEX)
    with pytest.raises(Conflict) as refused:
        world.update(second, text="I LIKE  TEA")
    assert refused.value.holder == first
    assert world.service.govern.get(ORG, second)["memory"] == "I like coffee."


def test_an_updated_memory_still_gives_way(world: World) -> None:
    said(world, OSLO)
    world.update(everything(world)[OSLO]["id"], text="I live in Oslo, near the harbour.")
    said(world, BERGEN)
    assert current(world) == [BERGEN]


# --- relations ----------------------------------------------------------------------------


def relations(world: World) -> list[tuple[str, str, str]]:
    asked = RelationsRequest.parse(ALEX)
    found = world.service.retrieve.relations(ORG, asked)["results"]
    return sorted((one["subject"], one["predicate"], one["object"]) for one in found)


def test_relations_tell_what_is_current(world: World) -> None:
    said(world, "My sister Mara lives in Oslo.")
    assert relations(world) == [("Mara", "lives in", "Oslo")]
    said(world, "My sister Mara lives in Bergen.")
    assert relations(world) == [("Mara", "lives in", "Bergen")]
    world.restore(everything(world)["My sister Mara lives in Oslo."]["id"])
    assert relations(world) == [("Mara", "lives in", "Oslo")]


def test_a_relation_goes_and_returns_with_its_memory(world: World) -> None:
    said(world, "My sister Mara lives in Oslo.")
    id = everything(world)["My sister Mara lives in Oslo."]["id"]
    world.delete(id)
    assert relations(world) == []
    world.restore(id)
    assert relations(world) == [("Mara", "lives in", "Oslo")]
    world.update(id, text="My sister Mara moved abroad.")
    assert relations(world) == []


def test_a_correction_clashes_no_wider_than_the_memory_it_corrects(world: World) -> None:
    """What agents keep apart by their ids stays apart when one of them is reworded."""
    first = world.remember("Tea.", user_id="alex", agent_id="a")
    world.remember("Coffee.", user_id="alex", agent_id="b")
    assert world.update(first, text="Coffee.")["memory"] == "Coffee."


# --- late, repeated and shared --------------------------------------------------------------


def as_of(world: World, at: int) -> set[str]:
    """What was believed at a moment."""
    asked: dict[str, Any] = {"query": "me", "threshold": 0, "layers": ["user"], **ALEX}
    return {hit["memory"] for hit in world.search(**asked, as_of=at / 1000)["results"]}


@pytest.mark.parametrize("arrival", list(permutations(range(4))))
def test_each_day_has_one_truth_in_whatever_order_they_arrive(
    world: World, arrival: tuple[int, ...]
) -> None:
    texts = [OSLO, BERGEN, PARIS, "I live in Rome."]
    start = world.clock.now - 10 * DAY
    for number in arrival:
        said(world, texts[number], timestamp=(start + number * DAY) / 1000)
    believed = [as_of(world, start + number * DAY + HOUR) for number in range(4)]
    assert believed == [{text} for text in texts]


def test_what_was_said_again_is_newer_than_what_arrives_late(world: World) -> None:
    start = world.clock.now - 10 * DAY
    said(world, OSLO, timestamp=start / 1000)
    said(world, OSLO, timestamp=(start + 4 * DAY) / 1000)
    said(world, BERGEN, timestamp=(start + 2 * DAY) / 1000)
    assert current(world) == [OSLO]
    said(world, PARIS, timestamp=(start + 5 * DAY) / 1000)
    assert current(world) == [PARIS]


def test_what_is_said_of_a_habit_stands_together_until_it_ends(world: World) -> None:
    daily, band = "I play the guitar every day.", "I play the guitar in a band."
    for text in (daily, band):
        said(world, text)
    assert sorted(current(world)) == [daily, band]
    gave_up = "I gave up the guitar."
    said(world, gave_up)
    assert current(world) == [gave_up]
    said(world, "I play the guitar again.")
    assert current(world) == ["I play the guitar again."]


def test_what_ended_a_topic_is_heeded_by_what_arrives_late(world: World) -> None:
    start = world.clock.now - 10 * DAY
    plays, gave_up, again = "I play the guitar.", "I gave up the guitar.", "I play the guitar."
    said(world, gave_up, timestamp=(start + 4 * DAY) / 1000)
    said(world, plays, timestamp=start / 1000)
    assert current(world) == [gave_up]
    said(world, again, timestamp=(start + 6 * DAY) / 1000)
    assert current(world) == [again]


def test_what_was_said_again_since_is_not_ended_by_what_arrives_late(world: World) -> None:
    start = world.clock.now - 10 * DAY
    said(world, "I play the guitar.", timestamp=start / 1000)
    said(world, "I play the guitar.", timestamp=(start + 6 * DAY) / 1000)
    said(world, "I gave up the guitar.", timestamp=(start + 4 * DAY) / 1000)
    assert "I play the guitar." in current(world)


def test_one_statement_leaves_one_thing_and_takes_up_another(world: World) -> None:
    for text in ("I use Vim.", "I switched from Vim to Zed."):
        said(world, text)
    assert current(world) == ["I switched from Vim to Zed."]
    said(world, "I switched from Zed to Helix.")
    assert current(world) == ["I switched from Zed to Helix."]


def test_a_forgotten_value_is_no_neighbour_of_a_late_one(world: World) -> None:
    start = world.clock.now - 10 * DAY
    said(world, OSLO, timestamp=start / 1000)
    said(world, PARIS, timestamp=(start + 4 * DAY) / 1000)
    world.delete(everything(world)[OSLO]["id"])
    said(world, BERGEN, timestamp=(start + 2 * DAY) / 1000)
    assert set(everything(world)) == {BERGEN, PARIS}
    assert current(world) == [PARIS]
