"""One pure ranking for every engine: how much each candidate helps with the question.

Each feature is stretched between the weakest and the strongest candidate (min-max), but never
beyond fixed anchors, so that a lone weak candidate stays weak. Keyword evidence is BM25 over the
owner's own statistics (Robertson and Zaragoza, 2009), never the engine's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log

from lamella.models import Record
from lamella.ports import Statistics
from lamella.surroundings import around, best_beside, best_of_session, place, places
from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """The few numbers of the ranking. Shares are relative to each other.

    `dense` and `keyword` are a memory's own evidence. `around` is the evidence of what was said
    just before and after it, `session` the best evidence of its session: an answer seldom repeats
    its question. `speaker` is that somebody the question names said it, `length` that it says
    much. `near` and `far` are
    the cosines at which two texts surely do, and surely don't, mean alike; `half` is the share of
    the question's keyword weight that counts as a strong match.
    """

    dense: float = 1.5
    keyword: float = 0.7
    around: float = 1.2
    session: float = 1.0
    speaker: float = 0.8
    length: float = 0.5
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
    weights: Weights = Weights(),  # noqa: B008 - frozen
) -> list[Ranked]:
    """All candidates, best first; ties go to what was said last."""
    keywords = _Keywords.of(question.words, statistics, weights)
    weighed = [keywords.weigh(one.record.words) for one in candidates]
    keyword = keywords.stretched([score for score, _ in weighed])
    shares = _shares(candidates, question, weights)
    features = _features(candidates, question, keyword, weights)
    total = sum(shares.values())
    ranked = []
    for at, one in enumerate(candidates):
        parts = {name: features[name][at] for name in shares}
        score = sum(share * parts[name] for name, share in shares.items()) / total
        evidence = max(_nearness(one.cosine, weights), weighed[at][1])
        ranked.append(Ranked(one.record, score, min(evidence, 1.0), parts))
    return sorted(ranked, key=lambda r: (-r.score, -r.record.said_at, r.record.id))


def with_company(ranked: Sequence[Ranked]) -> list[Ranked]:
    """The same, each admitted by what was said right beside it too: an answer by its question."""
    beside = best_beside([places(one.record) for one in ranked], [one.evidence for one in ranked])
    return [
        replace(one, evidence=best) if best > one.evidence else one
        for one, best in zip(ranked, beside, strict=True)
    ]


def _shares(
    candidates: Sequence[Candidate], question: Question, weights: Weights
) -> dict[str, float]:
    """What each feature counts for; those that can't tell these candidates apart are left out."""
    shares = {
        "keyword": weights.keyword,
        "around": weights.around,
        "session": weights.session,
        "length": weights.length,
    }
    if any(one.cosine is not None for one in candidates):
        shares["dense"] = weights.dense
    if question.names:
        shares["speaker"] = weights.speaker
    return shares


def _features(
    candidates: Sequence[Candidate],
    question: Question,
    keyword: Sequence[float],
    weights: Weights,
) -> dict[str, Sequence[float]]:
    """What speaks for each candidate, between 0 and 1."""
    dense = _stretched_cosines([one.cosine for one in candidates], weights)
    own = [(near + said) / 2 for near, said in zip(dense, keyword, strict=True)]
    where = [place(one.record) for one in candidates]
    return {
        "dense": dense,
        "keyword": keyword,
        "around": around(where, own),
        "session": best_of_session(where, own),
        "speaker": [_spoken_by(one.record, question.names) for one in candidates],
        "length": [
            _length(one.record, weights) if evidence else 0.0
            for one, evidence in zip(candidates, own, strict=True)
        ],
    }


@dataclass(frozen=True, slots=True)
class _Keywords:
    idf: Mapping[str, float]
    ideal: float
    average: float
    weights: Weights

    @classmethod
    def of(cls, words: Sequence[str], statistics: Statistics, weights: Weights) -> _Keywords:
        idf = _idf(words, statistics)
        average = statistics.words / statistics.documents if statistics.documents else 0.0
        return cls(idf, sum(idf.values()), average, weights)

    def weigh(self, words: Sequence[str]) -> tuple[float, float]:
        """The BM25 score, and the share of the question's keyword weight that `words` hold."""
        counts: dict[str, int] = {}
        for word in words:
            if word in self.idf:
                counts[word] = counts.get(word, 0) + 1
        if not counts:
            return 0.0, 0.0
        k1, b = self.weights.k1, self.weights.b
        norm = k1 * (1 - b + b * (len(words) / self.average if self.average else 1.0))
        score = sum(self.idf[w] * n * (k1 + 1) / (n + norm) for w, n in counts.items())
        return score, sum(self.idf[word] for word in counts) / self.ideal

    def stretched(self, scores: Sequence[float]) -> list[float]:
        return _stretched(scores, 0.0, max(self.ideal * self.weights.half, 1e-9))


def _idf(words: Sequence[str], statistics: Statistics) -> dict[str, float]:
    """How telling each word is among the owner's memories; one nobody used is the most telling."""
    total = statistics.documents
    return {
        word: log(1 + (total - seen + 0.5) / (seen + 0.5))
        for word in words
        for seen in (min(statistics.frequency.get(word, 0), total),)
    }


def _spoken_by(record: Record, names: frozenset[str]) -> float:
    return float((record.speaker or "").casefold() in names)


def _length(record: Record, weights: Weights) -> float:
    return min(log(1 + len(record.words)) / log(weights.long), 1.0)


def _nearness(cosine: float | None, weights: Weights) -> float:
    if cosine is None:
        return 0.0
    return max((cosine - weights.far) / (weights.near - weights.far), 0.0)


def _stretched_cosines(cosines: Sequence[float | None], weights: Weights) -> list[float]:
    return _stretched(
        [-1.0 if cosine is None else cosine for cosine in cosines], weights.far, weights.near
    )


def _stretched(values: Sequence[float], low: float, high: float) -> list[float]:
    """Between 0 and 1: from the weakest (at most `low`) to the strongest (at least `high`)."""
    present = [value for value in values if value > -1.0]
    if not present:
        return [0.0] * len(values)
    bottom = max(min(present), 0.0) if min(present) < low else low
    top = max(max(present), high)
    return [min(max((value - bottom) / (top - bottom), 0.0), 1.0) for value in values]
