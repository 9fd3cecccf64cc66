"""A prompt-ready text out of hits, inside a token budget."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from lamella.models import Record
from lamella.ports import Embedder
from lamella.results import Block, Hit, Hits
from lamella.scopes import PRESENTATION, Kind, Layer

HEADINGS = {
    Layer.USER: "Known about them",
    Layer.SESSION: "This session",
    Layer.ORG: "Shared knowledge",
    Layer.CONVERSATION: "Just said",
}


def packed(hits: Hits, budget: int, embedder: Embedder) -> Block:
    """The best hits that fit into `budget` tokens, shown by layer, each on one line with its date.

    A raw turn that a memory in the text already quotes is left out. Tokens are counted by the
    embedder's own tokenizer, line by line and with the headings.
    """
    chosen: list[Hit] = []
    layers: set[str] = set()
    left = budget
    for hit in _worth_saying(hits):
        cost = embedder.count(line(hit.record)) + 1
        if hit.record.layer not in layers:
            cost += embedder.count(_heading(hit.record.layer)) + 1
        if cost <= left:
            chosen.append(hit)
            layers.add(hit.record.layer)
            left -= cost
    text = "\n".join(_lines(chosen))
    return Block(text, embedder.count(text), embedder.model, replace(hits, hits=_ordered(chosen)))


def line(record: Record) -> str:
    """One memory as one line: who, what, when."""
    said = datetime.fromtimestamp(record.said_at / 1000, UTC).date().isoformat()
    text = " ".join(record.text.split())
    who = f"{record.speaker}: " if record.speaker and record.kind != Kind.EPISODIC else ""
    return f"- {who}{text} ({said})"


def _worth_saying(hits: Hits) -> Iterator[Hit]:
    """Best first, without raw turns that a chosen memory was made of and says again."""
    said: list[str] = []
    for hit in sorted(hits.hits, key=lambda one: -one.score):
        words = " ".join(hit.record.text.casefold().split())
        if hit.record.layer == Layer.CONVERSATION and any(words in other for other in said):
            continue
        said.append(words)
        yield hit


def _ordered(hits: list[Hit]) -> list[Hit]:
    order = {layer: place for place, layer in enumerate(PRESENTATION)}
    return sorted(hits, key=lambda hit: (order[Layer(hit.record.layer)], -hit.score))


def _lines(hits: list[Hit]) -> Iterator[str]:
    shown: str | None = None
    for hit in _ordered(hits):
        if hit.record.layer != shown:
            shown = hit.record.layer
            yield _heading(shown)
        yield line(hit.record)


def _heading(layer: str) -> str:
    return f"## {HEADINGS[Layer(layer)]}"
