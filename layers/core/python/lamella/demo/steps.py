"""What can happen in the demo's story, each with what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of the user and the agent's answer.

    `keeps` are (layer, words) of the memories that must come of it, and no others may.
    """

    text: str
    answer: str
    keeps: tuple[tuple[str, str], ...] = ()
    supersedes: str | None = None
    drops: str | None = None


@dataclass(frozen=True, slots=True)
class Thought:
    """The agent's reasoning, of use for this turn alone."""

    text: str


@dataclass(frozen=True, slots=True)
class Looked:
    """A tool's output, kept as working memory under its name."""

    tool: str
    output: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Focused:
    """What the agent's attention is on."""

    text: str


@dataclass(frozen=True, slots=True)
class Ruled:
    """A policy of the organization, with who answers for it and when it is looked at again."""

    text: str
    owner: str
    review_in_days: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to memory: `first` is in the first hit, `finds` in some, `never` in none.

    `finds` are (layer, words). `history` asks for what is no longer true, too.
    """

    question: str
    finds: tuple[tuple[str, str], ...] = ()
    first: str | None = None
    never: tuple[str, ...] = ()
    history: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """The same for a prompt: one text inside a token budget."""

    question: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Related:
    """How the people and things that memory knows hang together."""

    expected: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Closed:
    """The session ends: it is summarized, its notes and turns go."""

    summary: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The speaker asks to be forgotten; `other` is not, and still knows `keeps`."""

    other: str
    keeps: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A look at what each layer holds, in the middle of a session."""


Beside = Thought | Looked | Focused | Ruled | Shown
Step = Said | Asked | Packed | Related | Closed | Forgotten | Beside


@dataclass(frozen=True, slots=True)
class Session:
    """One session: whose, how long ago, and what happened; `remark` says what to watch."""

    name: str
    speaker: str
    days_ago: int
    remark: str
    steps: tuple[Step, ...]
