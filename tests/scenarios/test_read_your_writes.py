"""Promise 1: what `add` acknowledged, the next search sees: a turn, then a note or a memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from scenarios.gates import GatedIndex, GatedTable
from world import World

from lamella import keys, overlay, sight
from lamella.clock import SECOND
from lamella.models import Role
from lamella.reach import EVENTUAL

UNRELATED = "quantum chromodynamics"
FACTS = (
    "I prefer boutique hotels.",
    "My sister Mara lives in Oslo.",
    "I am allergic to peanuts.",
    "I work at Globex.",
    "My favourite composer is Satie.",
    "I drive an old Volvo.",
    "I play the cello on Sundays.",
    "I was born in Lisbon.",
    "I speak Portuguese at home.",
    "I collect fountain pens.",
    "I run a marathon every autumn.",
    "My dog is called Bruno.",
)
ASKED: tuple[dict[str, Any], ...] = (
    {"user_id": "alex"},
    {"user_id": "alex", "session_id": "trip"},
    {"filters": {"user_id": "alex"}},
)


def texts(answer: dict[str, Any]) -> list[str]:
    return [hit["memory"] for hit in answer["results"]]


def layers(answer: dict[str, Any], text: str) -> set[str]:
    return {hit["layer"] for hit in answer["results"] if hit["memory"] == text}


@pytest.mark.parametrize("ids", ASKED)
@pytest.mark.parametrize("turns", [1, 3, 12])
def test_the_newest_turns_are_answered_whatever_is_asked(
    world: World, ids: dict[str, Any], turns: int
) -> None:
    for fact in FACTS[:turns]:
        world.add(fact, user_id="alex", session_id="trip")
    answer = world.search(UNRELATED, **ids, top_k=20, threshold=1)
    newest = FACTS[:turns][-10:]
    assert set(newest) <= set(texts(answer))
    assert all(layers(answer, fact) == {"conversation"} for fact in newest)
    assert answer["degraded"] is None


def test_a_tight_top_k_leaves_the_newest_turns_their_seats(world: World) -> None:
    for number in range(30):
        world.remember(f"Hotel fact number {number}.", user_id="alex")
    for fact in FACTS:
        world.add(fact, user_id="alex", session_id="trip")
    answer = world.search("hotel fact number", user_id="alex", top_k=1)
    assert set(FACTS[-10:]) <= set(texts(answer))
    assert len([text for text in texts(answer) if text.startswith("Hotel fact")]) == 1


def test_mem0s_form_keeps_its_top_k_and_still_seats_the_newest_turn(world: World) -> None:
    for number in range(30):
        world.remember(f"Hotel fact number {number}.", user_id="alex")
    world.add(FACTS[1], user_id="alex")
    for top_k in (1, 2, 3):
        answer = world.search("hotel fact", filters={"user_id": "alex"}, top_k=top_k)
        assert len(texts(answer)) == top_k
        assert FACTS[1] in texts(answer)


def test_a_conversation_of_one_call_is_seen_turn_by_turn(world: World) -> None:
    said = [{"role": Role.USER, "content": fact} for fact in FACTS]
    world.add(said, user_id="alex", session_id="trip")
    answer = world.search(UNRELATED, user_id="alex", top_k=3)
    assert set(FACTS[-10:]) <= set(texts(answer))


# --- no gap while promotion stands still at any of its stages -----------------------------

UNPLACED = ("captured", "planned, not applied")
PLACED = (keys.MEMORIES, keys.NOTES)


def stages(world: World) -> Iterator[str]:
    """Walk what was captured through promotion, with a rest at each stage."""
    table, index = world.table, world.index
    assert isinstance(table, GatedTable)
    assert isinstance(index, GatedIndex)
    yield "captured"
    table.closed_to = PLACED
    world.flush(user_id="alex")
    assert world.of_owner("u:alex", keys.PLANS)
    yield "planned, not applied"
    table.closed_to, index.away = (), True
    world.flush(user_id="alex")
    assert not world.of_owner("u:alex", keys.PLANS)
    yield "applied, not projected"
    index.away, index.lagging = False, True
    world.flush(user_id="alex")
    assert not world.due()
    yield "projected, not refreshed"
    index.refresh()
    yield "done, not purged"
    world.table.tidy(world.clock.advance(world.service.settings.done_grace + SECOND))
    assert not world.of_owner("u:alex", keys.IN_FLIGHT)
    yield "purged"


@pytest.mark.parametrize("ids", ASKED)
def test_a_lasting_fact_has_no_gap_between_turn_and_memory(
    gated: World, ids: dict[str, Any]
) -> None:
    gated.add(FACTS[0], user_id="alex", session_id="trip")
    turn = {"conversation"} if "session_id" in ids else set()
    for stage in stages(gated):
        found = layers(gated.search(UNRELATED, **ids, threshold=0), FACTS[0])
        placed = stage not in UNPLACED
        assert found == ({"user"} | turn if placed else {"conversation"}), stage


def test_a_passing_fact_has_no_gap_between_turn_and_note(gated: World) -> None:
    passing = "Our train to Ghent leaves at seven today."
    gated.add(passing, user_id="alex", session_id="trip", metadata={"layer": "session"})
    for stage in stages(gated):
        answer = gated.search(UNRELATED, user_id="alex", session_id="trip", threshold=0)
        placed = stage not in UNPLACED
        assert layers(answer, passing) == {"conversation", *(["session"] if placed else [])}, stage


def test_many_turns_of_many_calls_have_no_gap_either(gated: World) -> None:
    for fact in FACTS:
        gated.add(fact, user_id="alex", session_id="trip")
    for stage in stages(gated):
        answer = gated.search(UNRELATED, user_id="alex", top_k=20, threshold=0)
        missing = {fact for fact in FACTS if not any(fact in text for text in texts(answer))}
        assert missing <= set(FACTS[:-10]), stage
        if stage not in UNPLACED:
            assert not missing, stage


def test_what_small_talk_leaves_nothing_fades_from_its_owner_but_not_from_its_session(
    world: World,
) -> None:
    world.add("Thanks, bye!", user_id="alex", session_id="trip")
    world.flush(user_id="alex")
    assert texts(world.search(UNRELATED, user_id="alex")) == []
    asked = world.search("thanks bye", user_id="alex", session_id="trip")
    assert texts(asked) == ["Thanks, bye!"]


# --- never a stale version ----------------------------------------------------------------


def test_an_update_is_read_at_once_and_its_old_wording_never_again(gated: World) -> None:
    id = gated.remember("I live in Oslo.", user_id="alex")
    gated.flush(user_id="alex")
    gated.update(id, text="I live in Bergen.")
    for stage in stages_of_a_change(gated):
        answer = gated.search("Where do I live?", user_id="alex", threshold=0)
        assert texts(answer) == ["I live in Bergen."], stage


def test_a_deleted_memory_is_gone_at_once_whatever_the_index_still_says(gated: World) -> None:
    id = gated.remember("I live in Oslo.", user_id="alex")
    gated.flush(user_id="alex")
    gated.delete(id)
    for stage in stages_of_a_change(gated):
        assert texts(gated.search("Where do I live?", user_id="alex", threshold=0)) == [], stage


def test_a_superseded_memory_is_hidden_at_once_whatever_the_index_still_says(
    gated: World,
) -> None:
    gated.add("I live in Oslo.", user_id="alex")
    gated.flush(user_id="alex")
    gated.add("I live in Bergen.", user_id="alex")
    index = gated.index
    assert isinstance(index, GatedIndex)
    index.away = True
    gated.flush(user_id="alex")
    for stage in stages_of_a_change(gated):
        answer = gated.search("Where do I live?", user_id="alex", threshold=0, layers=["user"])
        assert texts(answer) == ["I live in Bergen."], stage


def test_a_restored_memory_is_read_at_once(gated: World) -> None:
    id = gated.remember("I live in Oslo.", user_id="alex")
    gated.flush(user_id="alex")
    gated.delete(id)
    gated.flush(user_id="alex")
    gated.restore(id)
    for stage in stages_of_a_change(gated):
        answer = gated.search("Where do I live?", user_id="alex", threshold=0)
        assert texts(answer) == ["I live in Oslo."], stage


def stages_of_a_change(world: World) -> Iterator[str]:
    """From a change that the index knows nothing of to one that is over."""
    index = world.index
    assert isinstance(index, GatedIndex)
    index.away = False
    index.lagging = True
    yield "written"
    world.flush(user_id="alex")
    assert not world.due()
    yield "projected, not refreshed"
    index.refresh()
    yield "done, not purged"
    world.table.tidy(world.clock.advance(world.service.settings.done_grace + SECOND))
    yield "purged"


# --- searches that name no single owner ---------------------------------------------------


@pytest.mark.parametrize(
    "ids",
    [
        {"agent_id": "concierge"},
        {"app_id": "shop"},
        {"filters": {"user_id": {"in": ["alex", "sam"]}}},
        {"filters": {"user_id": "*"}},
        {"filters": {"OR": [{"user_id": "alex"}, {"user_id": "sam"}]}},
    ],
)
def test_a_search_of_many_owners_says_that_it_is_eventual(
    world: World, ids: dict[str, Any]
) -> None:
    assert EVENTUAL in world.search(UNRELATED, **ids)["warnings"]


@pytest.mark.parametrize("ids", [*ASKED, {"session_id": "trip"}])
def test_a_search_of_one_owner_needs_no_such_warning(world: World, ids: dict[str, Any]) -> None:
    assert world.search(UNRELATED, **ids)["warnings"] == []


def test_more_unfinished_work_than_one_read_holds_is_said(world: World) -> None:
    for _ in range(sight.OVERLAY_LIMIT + 1):
        world.add("ok", user_id="alex")
    assert world.search(UNRELATED, user_id="alex")["degraded"] == overlay.UNFINISHED
