"""When the truth changes, is the newest told, the outdated hidden, and the rest left alone?

`python -m benchmarks.stories [--open] [--failures] [--life]`

Each story of the project's own (`tests/stories`, see `story_book`) is one owner's, goes call by
call through the whole embedded pipeline (add, flush; extraction by rules, no model but the
embedder), and is then asked its question. Of what must be hidden, `stale` percent is still
answered; of what must be shown, `wrong` percent is not, because it was superseded wrongly or was
never kept. `as_of` is the percentage of expectations about a date in the past that are not met.
`--failures` prints what the open half misses; the held half (`tests/stories/held`) is never
printed. `--life` tells every eighth story to one who has said a hundred other things before
(`tests/stories/a_life.txt`), and prints how many of those a story ends: few are meant to be.
While rules are being written ask for `--open`: a held half that has been run is spent.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import result, show
from benchmarks.story_book import FOLDER, Expected, Story, load
from lamella import Memory

EVERYTHING = 100
SOME = 8
BEFORE = "2020-01-01"
LIFE = FOLDER / "a_life.txt"


@dataclass(frozen=True, slots=True)
class Checked:
    """How one expectation of a story was met: the excerpts that were missed on either side."""

    story: Story
    expected: Expected
    stale: tuple[str, ...]
    missing: tuple[str, ...]


def run(stories: Iterable[Story]) -> list[Checked]:
    """Tell every story to one memory, and check what it answers."""
    with TemporaryDirectory(prefix="lamella-stories-") as folder, Memory(data=folder) as memory:
        return [one for story in stories for one in _told(memory, story)]


def _told(memory: Memory, story: Story) -> list[Checked]:
    for call in story.calls:
        memory.add(list(call.messages), user_id=story.id, session_id=call.date, timestamp=call.date)
        memory.flush(user_id=story.id)
    return [_checked(memory, story, expected) for expected in story.expected]


def _checked(memory: Memory, story: Story, expected: Expected) -> Checked:
    then: dict[str, Any] = {"as_of": expected.on} if expected.on else {}
    found = memory.search(
        story.ask, user_id=story.id, layers=["user"], threshold=0, top_k=EVERYTHING, **then
    )
    answered = "\n".join(hit["memory"] for hit in found["results"])
    return Checked(
        story,
        expected,
        stale=tuple(excerpt for excerpt in expected.hidden if excerpt in answered),
        missing=tuple(excerpt for excerpt in expected.shown if excerpt not in answered),
    )


def ended_in_a_life(stories: Iterable[Story], life: Sequence[str]) -> float:
    """How many statements of a life are no longer answered after a story, on average."""
    ended: list[int] = []
    with TemporaryDirectory(prefix="lamella-stories-") as folder, Memory(data=folder) as memory:
        for story in stories:
            memory.add(list(life), user_id=story.id, session_id="life", timestamp=BEFORE)
            memory.flush(user_id=story.id)
            known = _still_known(memory, story, life)
            _told(memory, story)
            ended.append(len(known) - len(_still_known(memory, story, known)))
    return sum(ended) / max(1, len(ended))


def _still_known(memory: Memory, story: Story, life: Sequence[str]) -> list[str]:
    found = memory.get_all(user_id=story.id, layers=["user"], page_size=10 * EVERYTHING)
    known = "\n".join(one["memory"] for one in found["results"])
    return [said for said in life if said in known]


def stale(checks: Sequence[Checked]) -> float:
    """Percent of what must be hidden now that is still answered."""
    now = [check for check in checks if not check.expected.on]
    return _percent(
        sum(len(check.stale) for check in now), sum(len(check.expected.hidden) for check in now)
    )


def wrong(checks: Sequence[Checked]) -> float:
    """Percent of what must be shown now that is not answered."""
    now = [check for check in checks if not check.expected.on]
    return _percent(
        sum(len(check.missing) for check in now), sum(len(check.expected.shown) for check in now)
    )


def as_of(checks: Sequence[Checked]) -> float:
    """Percent of the expectations about a date in the past that are not met."""
    then = [check for check in checks if check.expected.on]
    return _percent(sum(bool(check.stale or check.missing) for check in then), len(then))


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def report(checks: Sequence[Checked]) -> None:
    """Print the table and the RESULT line; a half that was not run has no figures."""
    halves = {
        "open": [check for check in checks if not check.story.held],
        "held": [check for check in checks if check.story.held],
    }
    figures: dict[str, float] = {}
    for name, half in ((name, half) for name, half in halves.items() if half):
        categories = sorted({check.story.category for check in half})
        rows = [
            _row(category, [check for check in half if check.story.category == category])
            for category in categories
        ]
        columns = ["stories", "count", "stale", "wrong", "as_of wrong"]
        show(f"The {name} half, percent", columns, [*rows, _row("all", half)])
        figures |= {f"stale_{name}": stale(half), f"wrong_{name}": wrong(half)}
    result(**figures, as_of=as_of(checks))


def _row(category: str, checks: Sequence[Checked]) -> list[object]:
    count = len({check.story.id for check in checks})
    return [category, count, stale(checks), wrong(checks), as_of(checks)]


def _failures(checks: Sequence[Checked]) -> None:
    for check in checks:
        if not check.story.held and (check.stale or check.missing):
            on = check.expected.on or "now"
            print(f"{check.story.id}, {on}: stale {check.stale}, missing {check.missing}")


def main() -> None:
    """Run both halves, or the open one alone, and print how they end."""
    parser = argparse.ArgumentParser(description="Stories of truths that change.")
    parser.add_argument("--open", action="store_true", help="leave the held half unopened")
    parser.add_argument("--failures", action="store_true", help="print what the open half misses")
    parser.add_argument("--life", action="store_true", help="what stories end in a life around")
    asked = parser.parse_args()
    stories = [story for story in load() if not (asked.open and story.held)]
    if asked.life:
        result(ended_in_a_life=ended_in_a_life(stories[::SOME], LIFE.read_text().splitlines()))
        return
    checks = run(stories)
    if asked.failures:
        _failures(checks)
    report(checks)


if __name__ == "__main__":
    main()
