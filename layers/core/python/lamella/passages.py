"""Passages: what a context is packed from. Episodes are opened, so that each line stands alone.

An episode tells many turns at once, and most of them don't help with one question. Its lines
compete one by one, each at its own place in the conversation; a fact that a line says in its own
words (an extractor may write such episodes) leaves it the words, so that nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lamella.models import Record
from lamella.ranking import Candidate
from lamella.scopes import Kind
from lamella.text import sentences, tokens

APART = 0.05
"""How much less a line is like the question than its episode as a whole, on average, in cosine."""


def opened(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with each episode replaced by its lines, which keep the episode's id.

    A line that holds a fact carries the fact's id, cosine and layer instead. Facts that one turn
    told stand together again, in its order, under the id of the nearest.
    """
    lines = [line for one in candidates if _is_episode(one.record) for line in _lines(one)]
    facts = [one for one in candidates if not _is_episode(one.record)]
    by_source: dict[str, list[_Line]] = {}
    for line in lines:
        for source in line.episode.record.sources:
            by_source.setdefault(source, []).append(line)
    apart: list[Candidate] = []
    for fact in facts:
        near = [line for source in fact.record.sources for line in by_source.get(source, ())]
        holder = next((line for line in near if line.says(fact.record)), None)
        if holder is None:
            apart.append(fact)
        else:
            holder.facts.append(fact)
    return [*_by_turn(apart), *(line.candidate() for line in lines)]


def _by_turn(facts: Sequence[Candidate]) -> Iterator[Candidate]:
    told: dict[tuple[str, ...], list[Candidate]] = {}
    for fact in facts:
        record = fact.record
        turn = (record.layer, *record.sources) if len(record.sources) == 1 else (record.id,)
        told.setdefault(turn, []).append(fact)
    return (_together(each) if len(each) > 1 else each[0] for each in told.values())


def _together(facts: Sequence[Candidate]) -> Candidate:
    """The facts of one turn as one passage: their ids sort as the turn told them."""
    ordered = sorted((fact.record for fact in facts), key=lambda record: record.id)
    nearest = max(facts, key=lambda fact: -1.0 if fact.cosine is None else fact.cosine)
    whole = replace(
        nearest.record,
        text=" ".join(record.text for record in ordered),
        words=tuple(word for record in ordered for word in record.words),
    )
    return Candidate(whole, nearest.cosine)


@dataclass(slots=True)
class _Line:
    episode: Candidate
    speaker: str | None
    text: str
    sources: tuple[str, ...]
    facts: list[Candidate]

    def says(self, fact: Record) -> bool:
        return all(sentence in self.text for sentence in sentences(fact.text))

    def candidate(self) -> Candidate:
        record = self.facts[0].record if self.facts else self.episode.record
        own = replace(
            record,
            text=self.text,
            speaker=self.speaker,
            words=tuple(tokens(self.text)),
            sources=self.sources,
        )
        return Candidate(own, self._cosine())

    def _cosine(self) -> float | None:
        known = [fact.cosine for fact in self.facts if fact.cosine is not None]
        if known:
            return max(known)
        return None if self.episode.cosine is None else self.episode.cosine - APART


def _lines(episode: Candidate) -> Iterator[_Line]:
    told = episode.record.text.splitlines()
    for place, line in enumerate(told):
        speaker, colon, said = line.partition(": ")
        sources = _sources(episode.record, place, len(told))
        yield _Line(episode, speaker if colon else None, said if colon else line, sources, [])


def _sources(episode: Record, place: int, lines: int) -> tuple[str, ...]:
    """The turn that a line quotes, where each line quotes one; else all that the episode tells."""
    return episode.sources[place : place + 1] if len(episode.sources) == lines else episode.sources


def _is_episode(record: Record) -> bool:
    return record.kind == Kind.EPISODIC and "\n" in record.text
