"""Passages: what a context is packed from. Episodes are opened, so that each line stands alone.

An episode tells many turns at once, and most of them don't help with one question. Its lines
compete one by one, each with the evidence that stands around it; a fact that a line says in its
own words gives it its place and leaves it the words, so that nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lamella.models import Record
from lamella.ranking import Around, Candidate
from lamella.scopes import Kind
from lamella.text import sentences, tokens

NEIGHBOURS = 1
APART = 0.05
"""How much less a line is like the question than its episode as a whole, on average, in cosine."""


def opened(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates with each episode replaced by its lines, which keep the episode's id.

    A line that holds a fact carries the fact's id, cosine and layer instead.
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
    return [*apart, *(line.candidate() for line in lines)]


@dataclass(slots=True)
class _Line:
    episode: Candidate
    speaker: str | None
    text: str
    around: tuple[str, ...]
    facts: list[Candidate]

    def says(self, fact: Record) -> bool:
        return all(sentence in self.text for sentence in sentences(fact.text))

    def candidate(self) -> Candidate:
        place = Around(self.episode.cosine, self.around)
        record = self.facts[0].record if self.facts else self.episode.record
        own = replace(record, text=self.text, speaker=self.speaker, words=tuple(tokens(self.text)))
        return Candidate(own, self._cosine(), place)

    def _cosine(self) -> float | None:
        known = [fact.cosine for fact in self.facts if fact.cosine is not None]
        if known:
            return max(known)
        return None if self.episode.cosine is None else self.episode.cosine - APART


def _lines(episode: Candidate) -> Iterator[_Line]:
    told = episode.record.text.splitlines()
    words = [tokens(line) for line in told]
    for place, line in enumerate(told):
        speaker, colon, said = line.partition(": ")
        near = words[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
        around = tuple(word for each in near for word in each)
        yield _Line(episode, speaker if colon else None, said if colon else line, around, [])


def _is_episode(record: Record) -> bool:
    return record.kind == Kind.EPISODIC and "\n" in record.text
