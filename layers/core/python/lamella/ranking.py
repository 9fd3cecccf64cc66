"""One pure ranking for every engine: how much each candidate helps with the question.

Each feature is stretched between the weakest and the strongest candidate (min-max), but never
beyond fixed anchors, so that a lone weak candidate stays weak. Keyword evidence is BM25 over the
owner's own statistics (Robertson and Zaragoza, 2009), never the engine's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from lamella.models import Record
from lamella.ports import Statistics


@dataclass(frozen=True, slots=True)
class Weights:
    """The few numbers of the ranking. Shares are relative to each other.

    `near` and `far` are the cosines at which two texts surely do, and surely don't, mean alike;
    `half` is the share of the question's keyword weight that counts as a strong match.
    """

    dense: float = 1.0
    keyword: float = 1.0
    speaker: float = 0.3
    length: float = 0.3
    far: float = 0.35
    near: float = 0.80
    half: float = 0.5
    k1: float = 1.2
    b: float = 0.3
    long: int = 40


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: its content words, and the names it mentions (casefolded)."""

    words: tuple[str, ...]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory and its cosine to the question, if both have vectors."""

    record: Record
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate's score in [0, 1], which orders; and its evidence in [0, 1], which admits."""

    record: Record
    score: float
    evidence: float
    parts: dict[str, float]


def rank(
    candidates: Sequence[Candidate],
    question: Question,
    statistics: Statistics,
    weights: Weights = Weights(),
) -> list[Ranked]:
    """All candidates, best first; ties go to what was said last."""
    idf = _idf(question.words, statistics)
    ideal = sum(idf.values())
    average = statistics.words / statistics.documents if statistics.documents else 0.0
    keyword = [_bm25(one.record, idf, average, weights) for one in candidates]
    dense = _stretched(
        [one.cosine if one.cosine is not None else -1.0 for one in candidates],
        weights.far,
        weights.near,
    )
    lexical = _stretched(keyword, 0.0, max(ideal * weights.half, 1e-9))
    has_vectors = any(one.cosine is not None for one in candidates)
    ranked = [
        _ranked(one, question, idf, ideal, d, k, weights, has_vectors)
        for one, d, k in zip(candidates, dense, lexical, strict=True)
    ]
    return sorted(ranked, key=lambda r: (-r.score, -r.record.said_at, r.record.id))


def _ranked(
    one: Candidate,
    question: Question,
    idf: dict[str, float],
    ideal: float,
    dense: float,
    lexical: float,
    weights: Weights,
    has_vectors: bool,
) -> Ranked:
    record = one.record
    speaker = float((record.speaker or "").casefold() in question.names)
    length = min(log(1 + len(record.words)) / log(weights.long), 1.0)
    told = {
        "dense": (weights.dense if has_vectors else 0.0, dense),
        "keyword": (weights.keyword, lexical),
        "speaker": (weights.speaker if question.names else 0.0, speaker),
        "length": (weights.length, length if dense or lexical else 0.0),
    }
    score = sum(w * f for w, f in told.values()) / sum(w for w, _ in told.values())
    near = 0.0
    if one.cosine is not None:
        near = (one.cosine - weights.far) / (weights.near - weights.far)
    matched = sum(idf[word] for word in set(record.words) & idf.keys()) / ideal if ideal else 0.0
    evidence = min(max(near, matched, 0.0), 1.0)
    return Ranked(record, score, evidence, {name: f for name, (w, f) in told.items() if w})


def _idf(words: Sequence[str], statistics: Statistics) -> dict[str, float]:
    """How telling each word is among the owner's memories; one nobody used is the most telling."""
    total = statistics.documents
    return {
        word: log(1 + (total - seen + 0.5) / (seen + 0.5))
        for word in words
        for seen in (min(statistics.frequency.get(word, 0), total),)
    }


def _bm25(record: Record, idf: dict[str, float], average: float, weights: Weights) -> float:
    words = record.words
    longer = len(words) / average if average else 1.0
    norm = weights.k1 * (1 - weights.b + weights.b * longer)
    score = 0.0
    for word, weight in idf.items():
        count = words.count(word)
        if count:
            score += weight * count * (weights.k1 + 1) / (count + norm)
    return score


def _stretched(values: Sequence[float], low: float, high: float) -> list[float]:
    """`values` from 0, the weakest (at most `low`), to 1, the strongest (at least `high`)."""
    present = [value for value in values if value > -1.0]
    if not present:
        return [0.0] * len(values)
    bottom = max(min(present), 0.0) if min(present) < low else low
    top = max(max(present), high)
    return [min(max((value - bottom) / (top - bottom), 0.0), 1.0) for value in values]
