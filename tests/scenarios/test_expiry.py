"""Promise 4: what has expired is invisible at once, in every layer, wherever its bytes are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from world import ORG, World

from lamella import keys
from lamella.clock import DAY, HOUR, MINUTE, SECOND, iso
from lamella.errors import Invalid, NotFound
from lamella.ports import Query
from lamella.requests import ContextRequest, ListRequest, OrgAddRequest, RelationsRequest
from lamella.settings import Settings

ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}


def later(world: World, milliseconds: int) -> None:
    """Let that time pass, and a second more: a service's clock ticks with each look at it."""
    world.clock.advance(milliseconds + SECOND)


def texts(answer: dict[str, Any]) -> list[str]:
    return [hit["memory"] for hit in answer["results"]]


def found(world: World, query: str, **fields: Any) -> list[str]:
    return texts(world.search(query, threshold=0, top_k=50, **fields))


def context(world: World, query: str, **fields: Any) -> str:
    asked = ContextRequest.parse({"query": query, "threshold": 0, **fields})
    return str(world.service.retrieve.context(ORG, asked).text)


# --- turns --------------------------------------------------------------------------------


def test_a_turn_leaves_sight_with_the_conversations_lifetime(world: World) -> None:
    world.add("Thanks a lot!", **TRIP)
    world.flush(**ALEX)
    assert found(world, "thanks a lot", **TRIP) == ["Thanks a lot!"]
    later(world, HOUR)
    assert found(world, "thanks a lot", **TRIP) == []
    assert "Thanks a lot" not in context(world, "thanks a lot", **TRIP)
    assert world.session(**TRIP)["turns"] == []


def test_a_turn_may_be_told_to_go_earlier(world: World) -> None:
    world.add("The gate is B12, leave at noon.", lifetime="10m", **TRIP)
    assert found(world, "gate", **TRIP)
    later(world, 10 * MINUTE)
    assert found(world, "gate", **TRIP) == []
    assert world.session(**TRIP)["turns"] == []


def test_what_its_caller_has_let_expire_is_never_promoted(world: World) -> None:
    world.add("I prefer boutique hotels.", lifetime="10m", **ALEX)
    later(world, 10 * MINUTE)
    world.flush(**ALEX)
    assert world.list(**ALEX) == []
    assert world.due() == []


def test_a_memory_ends_when_its_call_said_so(world: World) -> None:
    world.add("I prefer boutique hotels.", lifetime="10d", **ALEX)
    world.flush(**ALEX)
    assert found(world, "hotels", layers=["user"], **ALEX)
    later(world, 10 * DAY)
    assert found(world, "hotels", layers=["user"], **ALEX) == []
    assert world.list(**ALEX) == []


def test_what_only_the_default_lifetime_has_ended_is_still_promoted(world: World) -> None:
    world.add("I prefer boutique hotels.", **TRIP)
    later(world, 2 * DAY)
    world.flush(**ALEX)
    assert found(world, "hotels", **ALEX) == ["I prefer boutique hotels."]


def test_no_episode_quotes_what_was_to_end_by_itself(world: World) -> None:
    world.add("This time I need a boutique hotel in Lisbon.", **TRIP)
    world.add("My door is the blue one at the harbour.", lifetime="30m", **TRIP)
    world.add("My stay ends on Sunday, at the harbour.", metadata={"layer": "session"}, **TRIP)
    world.close_session(**TRIP)
    world.flush(**ALEX)
    episodes = [memory["memory"] for memory in world.list(kinds=["episodic"], **ALEX)]
    assert any("boutique hotel" in text for text in episodes)
    assert not any("harbour" in text for text in episodes)
    later(world, HOUR)
    assert not any("harbour" in text for text in found(world, "blue door harbour", **ALEX))


# --- what fades at the next user message --------------------------------------------------


def tool(text: str) -> dict[str, str]:
    return {"role": "tool", "name": "weather", "content": text}


def thought(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": [{"type": "thinking", "thinking": text}]}


def test_tool_outputs_and_thoughts_fade_at_the_next_user_message(world: World) -> None:
    world.add(["Is it raining?", tool("Rain in Ghent."), thought("They want Ghent.")], **TRIP)
    assert set(found(world, "ghent", **TRIP)) >= {"weather: Rain in Ghent.", "They want Ghent."}
    world.add("Thanks!", **TRIP)
    assert not any("Ghent" in text for text in found(world, "ghent", **TRIP))
    shown = world.session(**TRIP)
    assert shown["working"] == {}
    assert [turn["memory"] for turn in shown["turns"]] == ["Is it raining?", "Thanks!"]


def test_what_has_faded_stays_so_when_the_message_that_ended_it_expires(world: World) -> None:
    world.add(["Is it raining?", tool("Rain in Ghent."), thought("They want Ghent.")], **TRIP)
    world.add("Thanks!", lifetime="1m", **TRIP)
    world.flush(**ALEX)
    later(world, 2 * MINUTE)
    assert not any("Ghent" in text for text in found(world, "ghent", **TRIP))
    assert world.session(**TRIP)["working"] == {}


def test_a_turn_for_one_turn_fades_and_is_never_promoted(world: World) -> None:
    world.add("I prefer boutique hotels.", lifetime="turn", **TRIP)
    assert found(world, "hotels", **TRIP) == ["I prefer boutique hotels."]
    world.add("ok", **TRIP)
    assert "I prefer boutique hotels." not in found(world, "hotels", **TRIP)
    world.close_session(**TRIP)
    world.flush(**ALEX)
    assert not any("boutique" in memory["memory"] for memory in world.list(**ALEX))


def test_fleeting_messages_are_not_kept_verbatim_either(world: World) -> None:
    said = ["I prefer boutique hotels.", tool("Rain in Ghent."), thought("They want Ghent.")]
    answer = world.add(said, infer=False, **TRIP)
    assert [result["memory"] for result in answer["results"]] == ["I prefer boutique hotels."]
    assert set(found(world, "ghent", **TRIP)) >= {"weather: Rain in Ghent.", "They want Ghent."}
    world.add("Thanks!", **TRIP)
    assert not any("Ghent" in text for text in found(world, "ghent", **TRIP))
    with pytest.raises(Invalid, match="infer"):
        world.add("Only for now.", infer=False, lifetime="turn", **TRIP)


def test_working_items_beside_verbatim_messages_are_kept(world: World) -> None:
    world.add("I prefer boutique hotels.", infer=False, working={"step": 2},
              attention="the booking", **TRIP)  # fmt: skip
    shown = world.session(**TRIP)
    assert shown["working"]["step"]["value"] == 2
    assert shown["attention"]["value"] == "the booking"


def test_working_items_and_the_focus_end_with_their_lifetime(world: World) -> None:
    world.add("Let us begin.", **TRIP)
    world.working("step", 2, lifetime="5m", **TRIP)
    world.attention("the booking", **TRIP)
    later(world, 5 * MINUTE)
    assert world.session(**TRIP)["working"] == {}
    assert found(world, "step", kinds=["working"], **TRIP) == []
    later(world, HOUR)
    assert world.session(**TRIP)["attention"] is None
    assert found(world, "booking", kinds=["attention"], **TRIP) == []


# --- notes live as long as their session --------------------------------------------------

NOTE = "The room of today's meeting is number nine."


def noted(world: World) -> str:
    id = world.remember(NOTE, metadata={"layer": "session"}, **TRIP)
    world.flush(**ALEX)
    return id


def assert_note_is_gone(world: World, id: str) -> None:
    assert NOTE not in found(world, "room meeting", **TRIP)
    assert NOTE not in found(world, "room meeting", **ALEX)
    assert NOTE not in found(world, "room meeting", session_id="trip")
    assert world.list(**ALEX) == []
    with pytest.raises(NotFound):
        world.service.govern.get(ORG, id)


def test_a_note_ends_with_its_session(world: World) -> None:
    id = noted(world)
    assert found(world, "room meeting", layers=["session"], **TRIP) == [NOTE]
    later(world, 4 * HOUR)
    assert_note_is_gone(world, id)
    assert world.sessions(**ALEX) == []
    with pytest.raises(NotFound):
        world.session(**TRIP)


def test_a_note_ends_with_its_session_also_while_it_is_still_in_flight(world: World) -> None:
    id = world.remember(NOTE, metadata={"layer": "session"}, **TRIP)
    later(world, 4 * HOUR)
    assert_note_is_gone(world, id)


def test_every_message_prolongs_the_session_and_its_notes(world: World) -> None:
    id = noted(world)
    for _ in range(3):
        later(world, 3 * HOUR)
        world.add("ok", **TRIP)
    assert found(world, "room meeting", layers=["session"], **TRIP) == [NOTE]
    assert world.service.govern.get(ORG, id)["expires_in_seconds"] > 4 * 60 * 60 - 2
    later(world, 4 * HOUR)
    assert_note_is_gone(world, id)


def test_a_reused_session_id_starts_anew(world: World) -> None:
    id = noted(world)
    later(world, 4 * HOUR)
    world.add("hello again", **TRIP)
    assert_note_is_gone(world, id)
    turns = [turn["memory"] for turn in world.session(**TRIP)["turns"]]
    assert turns == ["hello again"]
    again = noted(world)
    assert again != id
    assert found(world, "room meeting", layers=["session"], **TRIP) == [NOTE]


def test_a_closed_session_is_hidden_at_once(world: World) -> None:
    id = noted(world)
    world.working("step", 2, **TRIP)
    world.close_session(**TRIP)
    assert_note_is_gone(world, id)
    assert found(world, "step", kinds=["working"], **TRIP) == []
    world.add("hello again", **TRIP)
    assert_note_is_gone(world, id)
    assert world.session(**TRIP)["working"] == {}


def test_an_expired_session_loses_its_bytes_in_the_end(world: World) -> None:
    noted(world)
    for _ in range(5):
        later(world, HOUR)
        world.service.sweep.run()
        world.deliver()
    world.settle()
    pk = keys.session_pk(ORG, "u:alex", "trip")
    [page] = world.table.read([Query(pk)])
    assert [item.key.sk for item in page.items] == ["META"]


# --- memories with an end of their own ----------------------------------------------------


def on_day(world: World, days: int) -> str:
    return datetime.fromtimestamp((world.clock.now + days * DAY) / 1000, UTC).date().isoformat()


ENDS: dict[str, tuple[Callable[[World], str], int]] = {
    "a date is inclusive": (lambda world: on_day(world, 2), 3 * DAY),
    "a date-time is a moment": (lambda world: iso(world.clock.now + 5 * HOUR), 5 * HOUR),
    "a duration counts from receipt": (lambda world: "90m", 90 * MINUTE),
}


@pytest.mark.parametrize("ends", ENDS)
def test_a_memory_ends_to_the_second(world: World, ends: str) -> None:
    written, lasts = ENDS[ends]
    id = world.remember("I prefer boutique hotels.", expiration_date=written(world), **ALEX)
    world.flush(**ALEX)
    world.clock.advance(lasts - SECOND)
    assert found(world, "hotels", **ALEX) == ["I prefer boutique hotels."]
    assert world.service.govern.get(ORG, id)["expires_in_seconds"] <= 1
    world.clock.advance(2 * SECOND)
    assert found(world, "hotels", **ALEX) == []
    assert found(world, "hotels", filters={"user_id": "alex"}) == []
    assert found(world, "hotels", filters={"user_id": "*"}) == []
    assert "boutique" not in context(world, "hotels", **ALEX)
    assert world.list(**ALEX) == []
    with pytest.raises(NotFound):
        world.service.govern.get(ORG, id)
    with pytest.raises(NotFound):
        world.update(id, text="I prefer large hotels.")
    with pytest.raises(NotFound):
        world.delete(id)


def test_a_lifetime_counts_from_receipt_never_from_the_timestamp(world: World) -> None:
    past = (world.clock.now - 30 * DAY) // 1000
    world.remember("I prefer boutique hotels.", timestamp=past, expiration_date="1d", **ALEX)
    assert found(world, "hotels", **ALEX)
    later(world, DAY)
    assert found(world, "hotels", **ALEX) == []


def test_the_event_of_a_call_tells_no_expired_text(world: World) -> None:
    event = world.add("I prefer boutique hotels.", lifetime="2h", **ALEX)["event_id"]
    world.flush(**ALEX)
    assert "boutique" in str(world.event(event))
    later(world, 2 * HOUR)
    assert "boutique" not in str(world.event(event))


def test_what_expired_may_be_said_again(world: World) -> None:
    first = world.remember("I prefer boutique hotels.", expiration_date="1d", **ALEX)
    world.flush(**ALEX)
    later(world, DAY)
    second = world.remember("I prefer boutique hotels.", **ALEX)
    assert second != first
    world.flush(**ALEX)
    assert [memory["id"] for memory in world.list(**ALEX)] == [second]
    assert world.remember("I prefer boutique hotels.", **ALEX) == second


def test_an_expired_value_gives_its_slot_free(world: World) -> None:
    world.add("I live in Oslo.", lifetime="1d", **ALEX)
    world.flush(**ALEX)
    later(world, DAY)
    world.add("I live in Bergen.", timestamp=(world.clock.now - 2 * DAY) // 1000, **ALEX)
    world.flush(**ALEX)
    assert found(world, "live", layers=["user"], **ALEX) == ["I live in Bergen."]


def test_an_expired_relation_is_no_longer_told(world: World) -> None:
    def relations() -> list[dict[str, Any]]:
        asked = RelationsRequest.parse(ALEX)
        return list(world.service.retrieve.relations(ORG, asked)["results"])

    world.add("My sister Mara lives in Oslo.", lifetime="1d", **ALEX)
    world.flush(**ALEX)
    assert relations()
    later(world, DAY)
    assert relations() == []


def test_an_end_that_has_passed_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="already passed"):
        world.add("I prefer hotels.", expiration_date="2020-01-01", **ALEX)


def test_the_organizations_longest_lifetime_bounds_every_wish(build: Any) -> None:
    world = build(settings=Settings(settle=0, max_lifetime=DAY))
    world.remember("I prefer boutique hotels.", expiration_date="90d", **ALEX)
    world.add("I am allergic to peanuts.", **ALEX)
    world.flush(**ALEX)
    assert len(world.list(**ALEX)) == 2
    later(world, DAY)
    assert world.list(**ALEX) == []


def test_an_end_can_be_cleared_and_set_anew(world: World) -> None:
    id = world.remember("I prefer boutique hotels.", expiration_date="1d", **ALEX)
    world.update(id, expiration_date=None)
    later(world, 2 * DAY)
    assert found(world, "hotels", **ALEX)
    world.update(id, expiration_date="1h")
    later(world, HOUR)
    assert found(world, "hotels", **ALEX) == []


def test_a_deleted_memory_whose_end_has_come_can_not_be_restored(world: World) -> None:
    id = world.remember("I prefer boutique hotels.", expiration_date="1d", **ALEX)
    world.delete(id)
    later(world, DAY)
    with pytest.raises(NotFound):
        world.restore(id)


def test_a_note_of_an_ended_session_can_not_be_restored(world: World) -> None:
    id = noted(world)
    world.delete(id)
    later(world, 4 * HOUR)
    with pytest.raises(NotFound):
        world.restore(id)


# --- the org layer ------------------------------------------------------------------------


def test_an_org_memory_ends_for_everybody(world: World) -> None:
    asked = OrgAddRequest.parse(
        {"text": "Checkout is at eleven.", "owner": "ops", "expiration_date": "1d"}
    )
    id = world.service.govern.org_add(ORG, asked)["id"]
    assert found(world, "checkout", **ALEX) == ["Checkout is at eleven."]
    later(world, DAY)
    assert found(world, "checkout", **ALEX) == []
    assert world.service.govern.org_list(ORG, ListRequest()).wire()["results"] == []
    with pytest.raises(NotFound):
        world.service.govern.get(ORG, id)
    again = world.service.govern.org_add(ORG, OrgAddRequest.parse(
        {"text": "Checkout is at eleven.", "owner": "ops"}
    ))  # fmt: skip
    assert again["id"] != id
