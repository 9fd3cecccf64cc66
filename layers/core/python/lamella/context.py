"""A prompt-ready text out of passages, inside a token budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from lamella.models import Record
from lamella.ports import Embedder
from lamella.ranking import Ranked
from lamella.results import Block, Hits
from lamella.scopes import PRESENTATION, Kind, Layer

Heading = tuple[str, ...]
"""A layer, or a layer and a day in it."""

HEADINGS = {
    Layer.USER: "Known about them",
    Layer.SESSION: "This session",
    Layer.ORG: "Shared knowledge",
    Layer.CONVERSATION: "Just said",
}


def packed(passages: Sequence[Ranked], hits: Hits, budget: int, embedder: Embedder) -> Block:
    """The best passages that fit into `budget` tokens, by layer and day, in order of time.

    What a chosen passage says already is left out. Tokens are counted by the embedder's own
    tokenizer, line by line and with the headings. The block's hits are the memories it tells of.
    """
    chosen: list[Record] = []
    headings: set[Heading] = set()
    left = budget
    for record in _worth_saying(passages):
        needed = [heading for heading in _headings(record) if heading not in headings]
        lines = (*map(_title, needed), line(record))
        cost = sum(embedder.count(f"{told}\n") for told in lines)
        if cost <= left:
            chosen.append(record)
            headings.update(needed)
            left -= cost
    text = "\n".join(_lines(sorted(chosen, key=_place)))
    told = {named for record in chosen for named in (record.id, _turn(record)) if named}
    shown = replace(
        hits,
        hits=[hit for hit in hits.hits if not told.isdisjoint({hit.record.id, _turn(hit.record)})],
    )
    return Block(text, embedder.count(text), embedder.model, shown)


def _turn(record: Record) -> str | None:
    """The turn that a fact tells of, for facts of one turn stand together."""
    alone = len(record.sources) == 1 and record.kind != Kind.EPISODIC
    return f"{record.layer} {record.sources[0]}" if alone else None


def line(record: Record) -> str:
    """One memory as one line: who said what."""
    text = " ".join(record.text.split())
    who = f"{record.speaker}: " if record.speaker else ""
    return f"- {who}{text}"


def _worth_saying(passages: Sequence[Ranked]) -> Iterator[Record]:
    """Best first, without what an earlier one says word for word."""
    said: list[str] = []
    for passage in passages:
        words = " ".join(passage.record.text.casefold().split())
        if not any(words in other for other in said):
            said.append(words)
            yield passage.record


def _headings(record: Record) -> tuple[Heading, Heading]:
    day = datetime.fromtimestamp(record.said_at / 1000, UTC).date().isoformat()
    return (record.layer,), (record.layer, day)


def _title(heading: Heading) -> str:
    layer, *day = heading
    return day[0] if day else f"## {HEADINGS[Layer(layer)]}"


def _lines(ordered: Sequence[Record]) -> Iterator[str]:
    shown: set[Heading] = set()
    for record in ordered:
        fresh = [heading for heading in _headings(record) if heading not in shown]
        shown.update(fresh)
        yield from map(_title, fresh)
        yield line(record)


def _place(record: Record) -> tuple[int, int, str, int]:
    """By layer, then in the order of what was said."""
    event, _, turn = (record.sources[0] if record.sources else "").rpartition("-")
    number = int(turn) if turn.isdigit() else 0
    return PRESENTATION.index(Layer(record.layer)), record.said_at, event, number
