"""Promise 8, told as stories: the newest truth wins, and nothing else gives way."""

from __future__ import annotations

from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from benchmarks.stories import as_of, ended_in_a_life, report, run, stale, wrong
from benchmarks.story_book import Story, load

MOST_STALE = 3.0
MOST_WRONG = 2.0
BY_STRANGERS = {
    "fifth_round": 13.0,
    "sixth_round": 34.0,
    "seventh_round": 10.0,
    "eighth_round": 8.0,
    "ninth_round": 15.0,
    "tenth_round": 40.0,
}
"""What is still shown of the rounds that strangers wrote: not the aim, but what may not be lost."""
SPEAK_TOGETHER = ("two_people", "other_tongues")


def test_the_open_stories_end_as_they_should() -> None:
    """No test runs the held half: its figures count once, when no more rules follow."""
    checks = run(story for story in load() if not story.held)
    own = [check for check in checks if check.story.category not in BY_STRANGERS]
    assert len({check.story.id for check in own}) >= 150
    assert stale(own) <= MOST_STALE
    assert wrong(checks) <= MOST_WRONG
    assert as_of(own) == 0
    for category, most in BY_STRANGERS.items():
        assert stale([check for check in checks if check.story.category == category]) <= most


def test_there_are_enough_stories_and_many_of_them_are_held_back() -> None:
    stories = load()
    assert len({story.id for story in stories}) == len(stories) >= 300
    assert sum(story.held for story in stories) >= 150


def test_what_is_held_back_is_of_the_open_categories() -> None:
    stories = load()
    held = {story.category for story in stories if story.held}
    assert held < {story.category for story in stories if not story.held}


def test_the_folder_of_a_story_says_whether_it_is_held_back(tmp_path: Path) -> None:
    story = '[[story]]\nid = "x"\nask = "?"\nturns = ["2025-01-05 Hello."]\nshown = ["Hello"]\n'
    (tmp_path / "held").mkdir()
    (tmp_path / "moves.toml").write_text(story)
    (tmp_path / "held" / "moves.toml").write_text(story)
    assert [(one.category, one.held) for one in load(tmp_path)] == [
        ("moves", False),
        ("moves", True),
    ]


@pytest.mark.parametrize("story", load(), ids=lambda story: story.id)
def test_what_a_story_expects_is_said_in_it(story: Story) -> None:
    """And said so that it can be told apart: nothing hidden stands in a turn that must be shown."""
    for expected in story.expected:
        assert expected.shown
        shown = [_said(story, excerpt) for excerpt in expected.shown]
        hidden = [_said(story, excerpt) for excerpt in expected.hidden]
        assert all((*shown, *hidden))
        assert not set(chain(*shown)) & set(chain(*hidden))
        assert not any(excerpt in heard for excerpt in expected.hidden for heard in _heard(story))
        if expected.on:
            assert all(min(turns)[0] < expected.on for turns in shown)
        else:
            assert all(max(turns)[0] <= max(chain(*shown))[0] for turns in hidden)


@pytest.mark.parametrize("story", load(), ids=lambda story: story.id)
def test_a_story_is_dated_and_names_its_speakers(story: Story) -> None:
    """A first word before a colon is read as who speaks: each of them must speak as a person."""
    assert all(date.fromisoformat(call.date) for call in story.calls)
    assert all(date.fromisoformat(one.on) for one in story.expected if one.on)
    names = [message.get("name") for call in story.calls for message in call.messages]
    assert not story.held or len(set(names)) == 1 or story.category in SPEAK_TOGETHER


def _said(story: Story, excerpt: str) -> list[tuple[str, str]]:
    """The dates and words of the turns in which an excerpt stands."""
    return [
        (call.date, message["content"])
        for call in story.calls
        for message in call.messages
        if message["role"] == "user" and excerpt in message["content"]
    ]


def _heard(story: Story) -> list[str]:
    """What the assistant said."""
    messages = chain.from_iterable(call.messages for call in story.calls)
    return [message["content"] for message in messages if message["role"] == "assistant"]


def test_a_story_that_ends_badly_is_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "impossible.toml").write_text(
        '[[story]]\nid = "x"\nask = "Where?"\nturns = ["2025-01-05 I live in Oslo."]\n'
        'shown = ["Bergen"]\nhidden = ["Oslo"]\n'
        'as_of = [{ on = "2025-02-01", shown = ["Bergen"] }]\n'
    )
    checks = run(load(tmp_path))
    assert (stale(checks), wrong(checks), as_of(checks)) == (100, 100, 100)
    report(checks)
    assert "as_of=100.000" in capsys.readouterr().out.splitlines()[-1]


def test_a_life_stands_but_for_what_its_story_ends(tmp_path: Path) -> None:
    (tmp_path / "moves.toml").write_text(
        '[[story]]\nid = "x"\nask = "?"\nturns = ["2025-01-05 I moved to Bergen."]\n'
        'shown = ["Bergen"]\n'
    )
    life = ["I live in Oslo.", "I keep bees behind the garage."]
    assert ended_in_a_life(load(tmp_path), life) == 1


def test_a_turn_without_a_date_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        '[[story]]\nid = "x"\nask = "?"\nturns = ["I live in Oslo."]\nshown = ["Oslo"]\n'
    )
    with pytest.raises(ValueError, match="date"):
        load(tmp_path)
