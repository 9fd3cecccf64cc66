"""Promise 8, told as stories: the newest truth wins, and nothing else gives way."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.stories import as_of, report, run, stale, wrong
from benchmarks.story_book import Story, load

MOST_STALE = 3.0
MOST_WRONG = 2.0
STALE_WHEN_OPENED = 100 * 13 / 65
WRONG_WHEN_OPENED = 100 * 3 / 97


def test_the_open_half_ends_as_it_should() -> None:
    checks = run(story for story in load() if not story.held)
    assert len({check.story.id for check in checks}) >= 75
    assert stale(checks) <= MOST_STALE
    assert wrong(checks) <= MOST_WRONG
    assert as_of(checks) == 0


def test_the_held_half_ends_no_worse_than_when_it_was_opened() -> None:
    """Its one blind run missed the aims (docs/decisions/0024); since then it only guards."""
    checks = run(story for story in load() if story.held)
    assert stale(checks) <= STALE_WHEN_OPENED
    assert wrong(checks) <= WRONG_WHEN_OPENED
    assert as_of(checks) == 0


def test_there_are_enough_stories_and_half_of_them_are_held_back() -> None:
    stories = load()
    assert len({story.id for story in stories}) == len(stories) >= 150
    assert 0.4 < sum(story.held for story in stories) / len(stories) < 0.6


@pytest.mark.parametrize("story", load(), ids=lambda story: story.id)
def test_what_a_story_expects_is_said_in_it(story: Story) -> None:
    said = "\n".join(message["content"] for call in story.calls for message in call.messages)
    for expected in story.expected:
        assert expected.shown or expected.hidden
        assert all(excerpt in said for excerpt in (*expected.shown, *expected.hidden))


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


def test_a_turn_without_a_date_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text(
        '[[story]]\nid = "x"\nask = "?"\nturns = ["I live in Oslo."]\nshown = ["Oslo"]\n'
    )
    with pytest.raises(ValueError, match="date"):
        load(tmp_path)
