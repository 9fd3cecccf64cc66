"""The project's own stories of truths that change: what is said, and what must be known then.

A story is a table in `tests/stories`; its file names its category. Turns stand in the order
of their arrival, each `date [speaker:] words`; turns of one date that arrive together are one call.
`shown` and `hidden` are excerpts of what a search must and must not answer, `as_of` the same for a
date in the past. What lies in `tests/stories/held` is held back from who writes the rules: it is
written by somebody else, and run when no more rules follow. The rest is open.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "tests" / "stories"
HELD = "held"
_SPEAKER = r"(?!Correction|Update)[A-Z]\w+|assistant"
_TURN = re.compile(rf"(?P<date>\d{{4}}-\d\d-\d\d) (?:(?P<speaker>{_SPEAKER}): )?(?P<words>.+)")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a search must answer and what it must not; `on` is a date in the past, None for now."""

    shown: tuple[str, ...]
    hidden: tuple[str, ...]
    on: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What is said at once: a date and the messages."""

    date: str
    messages: tuple[dict[str, str], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One owner's conversation, and what must be known after it; `held` is kept from rules."""

    id: str
    category: str
    held: bool
    ask: str
    calls: tuple[Call, ...]
    expected: tuple[Expected, ...]


def load(folder: Path = FOLDER) -> list[Story]:
    """Every story. Raises ValueError for a turn that has no date."""
    return [
        _story(told, path.stem, held=path.parent == folder / HELD)
        for path in (*sorted(folder.glob("*.toml")), *sorted(folder.glob(f"{HELD}/*.toml")))
        for told in tomllib.loads(path.read_text(encoding="utf-8"))["story"]
    ]


def _story(told: dict[str, Any], category: str, *, held: bool) -> Story:
    expected = [_expected(one) for one in (told, *told.get("as_of", ()))]
    calls = tuple(_calls(told["turns"]))
    return Story(told["id"], category, held, told["ask"], calls, tuple(expected))


def _expected(told: dict[str, Any]) -> Expected:
    return Expected(tuple(told["shown"]), tuple(told.get("hidden", ())), told.get("on"))


def _calls(turns: list[str]) -> Iterator[Call]:
    for date, together in groupby(map(_turn, turns), lambda turn: turn["date"]):
        yield Call(date, tuple(map(_message, together)))


def _turn(line: str) -> re.Match[str]:
    if match := _TURN.fullmatch(line):
        return match
    raise ValueError(f"a turn is `date [speaker:] words`, not {line!r}")


def _message(turn: re.Match[str]) -> dict[str, str]:
    speaker, words = turn["speaker"], turn["words"]
    if speaker == "assistant":
        return {"role": "assistant", "content": words}
    named = {"name": speaker} if speaker else {}
    return {"role": "user", "content": words, **named}
