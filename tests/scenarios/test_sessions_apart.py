"""A note belongs to its session: no other sees it, and it ends when its session does."""

from __future__ import annotations

from typing import Any

from world import World

BUDGET = "Our budget for this trip is 400 euros."


def layers(answer: dict[str, Any]) -> set[str]:
    return {hit["layer"] for hit in answer["results"] if hit["memory"] == BUDGET}


def noted(world: World) -> None:
    world.add(BUDGET, user_id="alex", session_id="trip")
    world.deliver()


def test_a_note_just_promoted_shows_in_its_own_session_only(world: World) -> None:
    noted(world)
    assert "session" in layers(world.search("budget", user_id="alex", session_id="trip"))
    assert not layers(world.search("budget", user_id="alex", session_id="other"))
    assert not layers(world.search("budget", user_id="alex"))


def test_a_note_just_promoted_says_when_its_session_ends(world: World) -> None:
    noted(world)
    found = world.search("budget", user_id="alex", session_id="trip")["results"]
    [note] = [hit for hit in found if hit["layer"] == "session"]
    assert 4 * 3600 - 5 < note["expires_in_seconds"] <= 4 * 3600


def test_a_note_is_gone_once_its_session_is_closed(world: World) -> None:
    noted(world)
    world.close_session(user_id="alex", session_id="trip")
    world.deliver()
    for ids in ({}, {"session_id": "trip"}, {"session_id": "other"}):
        assert not layers(world.search("budget", user_id="alex", **ids))
