"""Frames: two sentences that give one thing two values of a sort fill the same one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.rules_frames import frames, is_frame, names_somebody
from lamella.engines.rules_topics import topics_of


def keys(clause: str) -> set[str]:
    return {frame.key for frame in frames(clause)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Client calls happen on Zoom", "Client calls happen on Google Meet"),
        ("The code for the garden gate is 4417", "The garden gate's code is 9032"),
        ("Band practice is on Friday nights", "Band practice is on Sundays"),
        ("The standup is at 9:15", "The standup has been moved to 10:00"),
        (
            "The request timeout of the gateway is 30 seconds",
            "I set the gateway's request timeout to 10",
        ),
        ("Ottilie is the product owner of the app", "The product owner of the app is Rashid"),
        ("Corentin maintains the parser library", "Ludmila maintains the parser library"),
        ("I prefer tabs for indentation", "I prefer spaces for indentation"),
        ("Our nightly backups are stored on the NAS", "We store the nightly backups on Backblaze"),
        ("There are 24 people coming on Friday", "It's 17 people coming, I counted them"),
        ("Backups of the wiki run once a week", "Backups of the wiki run every hour"),
        ("My daughter's favourite colour is pink", "My daughter's favourite colour is black"),
    ],
)
def test_another_value_of_one_thing_fills_the_same_frame(one: str, other: str) -> None:
    assert keys(one) & keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Client calls happen on Zoom", "Internal calls happen on Mumble"),
        ("The meeting is at ten", "The meeting is on Friday"),
        ("The standup starts at 9:00", "The standup ends at 9:15"),
        ("Ottilie is the product owner of the app", "Ottilie is the product owner of the shop"),
        ("Corentin maintains the parser library", "Corentin reviews the parser library"),
        ("I prefer tabs for indentation", "I prefer Zed for notes"),
        ("The gateway runs on Node 16", "The gateway is at Hetzner"),
    ],
)
def test_another_thing_or_sort_of_value_fills_another(one: str, other: str) -> None:
    assert keys(one)
    assert keys(other)
    assert not keys(one) & keys(other)


@pytest.mark.parametrize(
    "said",
    [
        "My car is fast",
        "I like tea",
        "I had my feet measured at the shop",
        "It is at ten",
        "The thing is on the table",
        "I speak my mother tongue at home",
        "We play the violin in a quartet",
        "My sister is called Mara",
    ],
)
def test_a_quality_an_event_and_what_holds_beside_others_fill_none(said: str) -> None:
    assert keys(said) == set()


def test_who_does_something_is_the_value_of_what_is_done() -> None:
    assert names_somebody("Ludmila maintains the parser library")
    assert not names_somebody("Ludmila lives in Graz")
    assert topics_of("Ludmila maintains the parser library")[0] is None


def test_a_restatement_renews_the_topic_of_its_frame() -> None:
    who, topics = topics_of("Client calls happen on Google Meet")
    assert who is None
    assert "call client | where=" in topics
    assert is_frame(topics[0])


@pytest.mark.parametrize(
    "said",
    [
        "The standup could be at ten",
        "Somebody suggested that the standup is at ten",
        "The standup is also at ten",
        "This week the standup is at ten",
        "On Christmas Eve only, the shop is open from 9",
    ],
)
def test_what_is_not_meant_to_last_fills_none(said: str) -> None:
    assert not any(map(is_frame, topics_of(said)[1]))


@given(st.text(max_size=120))
def test_whatever_is_said_its_frames_are_few_and_short(said: str) -> None:
    for frame in frames(said):
        assert 1 <= len(frame.thing) <= 6
