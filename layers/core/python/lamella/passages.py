"""Passages: what a context is packed from. Episodes are opened, so that each line stands alone.

An episode tells many turns at once, and most of them don't help with one question. Its lines
compete one by one, each at its own place in the conversation; a fact that a line says in its own
words (an extractor may write such episodes) leaves it the words, so that nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from lamella.lines import is_episode, spoken, tokens_by_line, words_by_line
from lamella.models import Record
from lamella.ranking import Candidate, Line
from lamella.text import sentences

APART = 0.05
"""How much less a line is like the question than its episode as a whole, on average, in cosine."""


def opened(candidates: Sequence[Candidate], counted_by: str) -> list[Candidate]:
    """The candidates with each episode replaced by its lines, which keep the episode's id.

    A line that holds a fact carries the fact's id, cosine and layer instead. Facts that one turn
    told stand together again, in its order, under the id of the nearest. Counts of tokens are
    taken from the memories that the model `counted_by` made the vectors of.
    """
    lines: list[Candidate] = []
    facts: list[Candidate] = []
    for one in candidates:
        if is_episode(one.record):
            lines += _lines(one, counted_by)
        else:
            facts.append(one)
    apart, held = _placed(facts, lines)
    by_turn: dict[tuple[str, ...], list[Candidate]] = {}
    for fact in apart:
        by_turn.setdefault(_turn(fact.record), []).append(fact)
    return [
        *(_together(each, counted_by) for each in by_turn.values()),
        *(_holding(line, held.get(at, ())) for at, line in enumerate(lines)),
    ]


def _placed(
    facts: Sequence[Candidate], lines: Sequence[Candidate]
) -> tuple[list[Candidate], dict[int, list[Candidate]]]:
    """The facts that no line says, and those that one does, by its number."""
    if not lines:
        return list(facts), {}
    by_source: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for source in line.told.sources:
            by_source.setdefault(source, []).append(at)
    apart: list[Candidate] = []
    held: dict[int, list[Candidate]] = {}
    for fact in facts:
        near = [at for source in fact.record.sources for at in by_source.get(source, ())]
        said = fact.record.text
        holder = next((at for at in near if _says(lines[at].told.text, said)), None)
        if holder is None:
            apart.append(fact)
        else:
            held.setdefault(holder, []).append(fact)
    return apart, held


def _says(line: str, fact: str) -> bool:
    if fact[:8] not in line:
        return False
    return fact in line or all(sentence in line for sentence in sentences(fact))


def _turn(record: Record) -> tuple[str, ...]:
    """What facts share that stand together: one turn, in one layer."""
    return (record.layer, record.sources[0]) if len(record.sources) == 1 else (record.id,)


def _together(facts: Sequence[Candidate], counted_by: str) -> Candidate:
    """The facts of one turn as one passage: their ids sort as the turn told them."""
    if len(facts) == 1:
        return facts[0]
    nearest = max(facts, key=_cosine)
    ordered = sorted((fact.record for fact in facts), key=lambda record: record.id)
    return Candidate(nearest.record, nearest.cosine, _joined(nearest.record, ordered, counted_by))


def _joined(nearest: Record, ordered: Sequence[Record], counted_by: str) -> Line:
    counts = [count for record in ordered for count in tokens_by_line(record, counted_by)]
    known = [count for count in counts if count is not None]
    return Line(
        text=" ".join([record.text for record in ordered]),
        speaker=nearest.speaker,
        words=[word for record in ordered for word in record.words],
        sources=nearest.sources,
        tokens=sum(known) if len(known) == len(counts) else None,
        memories=(nearest, *[record for record in ordered if record is not nearest]),
    )


def _lines(episode: Candidate, counted_by: str) -> Iterator[Candidate]:
    record = episode.record
    told = spoken(record)
    counts = tokens_by_line(record, counted_by, len(told))
    sources: list[tuple[str, ...]] = [(one,) for one in record.sources]
    if len(sources) != len(told):
        sources = [record.sources] * len(told)
    cosine = None if episode.cosine is None else episode.cosine - APART
    for (speaker, said), words, source, count in zip(
        told, words_by_line(record), sources, counts, strict=True
    ):
        yield Candidate(record, cosine, Line(said, speaker, words, source, count, (record,)))


def _holding(line: Candidate, facts: Sequence[Candidate]) -> Candidate:
    """The line, which tells `facts` if it holds any."""
    if not facts or line.line is None:
        return line
    nearest = max(facts, key=_cosine)
    memories = (nearest.record, *[one.record for one in facts if one is not nearest])
    known = nearest.cosine if nearest.cosine is not None else line.cosine
    return Candidate(nearest.record, known, replace(line.line, memories=memories))


def _cosine(candidate: Candidate) -> float:
    return -1.0 if candidate.cosine is None else candidate.cosine
