"""Reads LoCoMo (Maharana et al., 2024): long conversations of two, and questions about them.

The file is not part of this project: https://github.com/snap-research/locomo, CC BY-NC 4.0.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CATEGORIES = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop"}

_SESSION = re.compile(r"session_(\d+)")
_TURN_ID = re.compile(r"D\d+:\d+")
_DATE = "%I:%M %p on %d %B, %Y"


@dataclass(frozen=True, slots=True)
class Said:
    """One turn; a photo's caption is part of its text."""

    id: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Session:
    """What was said at one date."""

    name: str
    date: datetime
    turns: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the turns one must know to answer it."""

    question: str
    category: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One of the file's elements."""

    name: str
    sessions: tuple[Session, ...]
    questions: tuple[Asked, ...]
    observed: frozenset[str] = frozenset()
    """Ids of the turns that the data's authors found worth remembering."""

    @property
    def turns(self) -> dict[str, Said]:
        """Every turn by its id."""
        return {turn.id: turn for session in self.sessions for turn in session.turns}


def load(path: Path) -> list[Conversation]:
    """The conversations of the file at `path`, with the questions of categories 1 to 4."""
    return [
        _conversation(str(raw.get("sample_id", place)), raw)
        for place, raw in enumerate(json.loads(path.read_text()))
    ]


def _conversation(name: str, raw: Mapping[str, Any]) -> Conversation:
    sessions = tuple(_sessions(raw["conversation"]))
    known = {turn.id for session in sessions for turn in session.turns}
    labels = _TURN_ID.findall(json.dumps(raw.get("observation", {})))
    return Conversation(
        name, sessions, tuple(_questions(raw["qa"], known)), frozenset(known.intersection(labels))
    )


def _sessions(raw: Mapping[str, Any]) -> Iterator[Session]:
    for number in sorted(int(m[1]) for key in raw if (m := _SESSION.fullmatch(key))):
        name = f"session_{number}"
        date = datetime.strptime(raw[f"{name}_date_time"], _DATE).replace(tzinfo=UTC)
        turns = tuple(Said(turn["dia_id"], turn["speaker"], _text(turn)) for turn in raw[name])
        if turns:
            yield Session(name, date, turns)


def _text(turn: Mapping[str, Any]) -> str:
    caption = turn.get("blip_caption")
    return f"{turn['text']} [photo: {caption}]" if caption else str(turn["text"])


def _questions(raw: list[Mapping[str, Any]], known: set[str]) -> Iterator[Asked]:
    for asked in raw:
        ids = dict.fromkeys(_TURN_ID.findall(" ".join(asked.get("evidence", ()))))
        evidence = tuple(id for id in ids if id in known)
        if asked["category"] in CATEGORIES and evidence:
            yield Asked(asked["question"], asked["category"], evidence)
