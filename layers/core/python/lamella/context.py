"""A prompt-ready text out of passages, inside a token budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from lamella.clock import DAY
from lamella.lines import tokens_by_line
from lamella.ports import Embedder
from lamella.ranking import Ranked
from lamella.results import Hit
from lamella.scopes import PLACES, Layer
from lamella.values import dataclass

Heading = tuple[str, ...]
"""A layer, or a layer and a day in it."""

HEADINGS = {
    Layer.USER: "Known about them",
    Layer.SESSION: "This session",
    Layer.ORG: "Shared knowledge",
    Layer.CONVERSATION: "Just said",
}
BULLET = "- "


@dataclass(frozen=True, slots=True)
class Packed:
    """The text, its length in tokens, and the passages it tells, best first."""

    text: str
    tokens: int
    passages: list[Ranked]


def packed(passages: Sequence[Ranked], budget: int, embedder: Embedder) -> Packed:
    """The best passages that fit into `budget` tokens, by layer and day, in order of time.

    What a chosen passage says already is left out. Tokens are the embedder's own: those of lines
    were counted when they were stored, and counts add up over the white space between.
    """
    chosen: list[Ranked] = []
    titled: set[Heading] = set()
    bullet, newline = embedder.count(BULLET), embedder.count("\n")
    left, said = budget + newline, ""
    for passage in passages:
        cost = bullet + _length(passage, embedder) + newline
        if cost > left or (words := _plain(passage)) in said:
            continue
        fresh = [heading for heading in _headings(passage) if heading not in titled]
        cost += sum(embedder.count(_title(heading)) + newline for heading in fresh)
        if cost <= left:
            chosen.append(passage)
            titled.update(fresh)
            left -= cost
            said = f"{said}\n{words}"
    text = "\n".join(_lines(sorted(chosen, key=_place)))
    return Packed(text, budget - left if chosen else 0, chosen)


def _plain(passage: Ranked) -> str:
    return " ".join(passage.told.text.casefold().split())


def told(passages: Sequence[Ranked]) -> list[Hit]:
    """The memories that `passages` tell, each as good as the best passage that tells it."""
    hits: dict[str, Hit] = {}
    for passage in passages:
        memories = passage.line.memories if passage.line else (passage.record,)
        for memory in memories:
            hits.setdefault(memory.id, Hit(memory, passage.score, passage.parts))
    return list(hits.values())


def _length(passage: Ranked, embedder: Embedder) -> int:
    told = passage.told
    kept = (
        passage.line.tokens if passage.line else tokens_by_line(passage.record, embedder.model)[0]
    )
    label = embedder.count(f"{told.speaker}: ") if told.speaker else 0
    return label + (embedder.count(told.text) if kept is None else kept)


def _headings(passage: Ranked) -> tuple[Heading, Heading]:
    record = passage.record
    return (record.layer,), (record.layer, _day(record.said_at // DAY))


@lru_cache(maxsize=4_096)
def _day(since_1970: int) -> str:
    return datetime.fromtimestamp(since_1970 * DAY / 1000, UTC).date().isoformat()


def _title(heading: Heading) -> str:
    layer, *day = heading
    return day[0] if day else f"## {HEADINGS[Layer(layer)]}"


def _lines(ordered: Sequence[Ranked]) -> Iterator[str]:
    shown: set[Heading] = set()
    for passage in ordered:
        fresh = [heading for heading in _headings(passage) if heading not in shown]
        shown.update(fresh)
        yield from map(_title, fresh)
        who = f"{passage.told.speaker}: " if passage.told.speaker else ""
        yield f"{BULLET}{who}{' '.join(passage.told.text.split())}"


def _place(passage: Ranked) -> tuple[int, int, str, int]:
    """By layer, then in the order of what was said."""
    record, sources = passage.record, passage.told.sources
    event, _, turn = (sources[0] if sources else "").rpartition("-")
    number = int(turn) if turn.isdigit() else 0
    return PLACES[record.layer], record.said_at, event, number
