"""The lines of a memory: an episode tells what several people said, each on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from lamella.models import Record
from lamella.scopes import Kind
from lamella.text import tokens

ASSISTANT = "Assistant"
"""Who speaks in a line where an assistant without a name does."""

_LABEL = f"{ASSISTANT}: "


class Spoken(NamedTuple):
    """What one speaker said."""

    speaker: str | None
    said: str


def is_episode(record: Record) -> bool:
    """Whether `record` tells of several turns, line by line."""
    return record.kind == Kind.EPISODIC and "\n" in record.text


def spoken(record: Record) -> list[Spoken]:
    """Who says what in `record`; the whole is one line where it is no episode."""
    if not is_episode(record):
        return [Spoken(record.speaker, record.text)]
    return [_spoken(line) for line in record.text.splitlines()]


def answered(speaker: str | None, text: str) -> bool:
    """Whether an assistant says `text`: a single line of an episode has its speaker before it."""
    return speaker == ASSISTANT or (speaker is None and text.startswith(_LABEL))


def worded(text: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The tokens of `text`, read line by line, and where each further line begins among them."""
    first, *others = [tokens(line) for line in text.splitlines() or [text]]
    breaks: list[int] = []
    for line in others:
        breaks.append(len(first))
        first += line
    return tuple(first), tuple(breaks)


def words_by_line(record: Record) -> list[tuple[str, ...]]:
    """The tokens of each line of an episode, read anew only where they weren't kept."""
    lines = record.text.splitlines()
    if len(record.breaks) != len(lines) - 1:
        return [tuple(tokens(line)) for line in lines]
    bounds = (0, *record.breaks, len(record.words))
    return [record.words[a:b] for a, b in pairwise(bounds)]


def tokens_by_line(record: Record, counted_by: str, lines: int = 1) -> Sequence[int | None]:
    """How many tokens each line has for the model `counted_by`; None where that wasn't kept."""
    kept = record.model == counted_by and len(record.tokens) == lines
    return record.tokens if kept else [None] * lines


def _spoken(line: str) -> Spoken:
    speaker, colon, said = line.partition(": ")
    return Spoken(speaker, said) if colon else Spoken(None, line)
