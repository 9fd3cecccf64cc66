"""One pure ranking for every engine: how much each candidate helps with the question.

Each feature is stretched between the weakest and the strongest candidate (min-max), but never
beyond fixed anchors, so that a lone weak candidate stays weak.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from operator import mul
from typing import NamedTuple

from lamella.keywords import Keywords
from lamella.lines import answered
from lamella.models import Record
from lamella.ports import Statistics
from lamella.surroundings import Turn, around, best_beside, best_of_session, session_of, turns
from lamella.values import dataclass
from lamella.weights import Weights
from lamella.when import Window


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: its content words, the names (casefolded) and the times it mentions.

    `after_answers` tells that it looks back at what an assistant answered.
    """

    words: tuple[str, ...]
    names: frozenset[str] = frozenset()
    times: tuple[Window, ...] = ()
    after_answers: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What one speaker said at one place, out of one or several `memories`, best first.

    `words` are `text.tokens(text)`; `tokens` is its length as the embedder counts, None where that
    was not kept.
    """

    text: str
    speaker: str | None
    words: Sequence[str]
    sources: tuple[str, ...]
    tokens: int | None
    memories: tuple[Record, ...]


class Candidate(NamedTuple):
    """A memory, or a line of it, and its cosine to the question, if both have vectors."""

    record: Record
    cosine: float | None
    line: Line | None = None

    @property
    def told(self) -> Record | Line:
        """What it says, who said it and where."""
        return self.line or self.record


class Ranked(NamedTuple):
    """A candidate's score in [0, 1], which orders; and its evidence in [0, 1], which admits."""

    record: Record
    score: float
    evidence: float
    parts: dict[str, float]
    line: Line | None = None

    @property
    def told(self) -> Record | Line:
        """What it says, who said it and where."""
        return self.line or self.record


def rank(
    candidates: Sequence[Candidate],
    question: Question,
    statistics: Statistics,
    weights: Weights = Weights(),  # noqa: B008 - frozen
    company: bool = False,
) -> list[Ranked]:
    """All candidates, best first; ties go to what was said last.

    In `company` each is admitted by what was said right beside it too: an answer by its question.
    """
    keywords = Keywords.of(question.words, statistics, weights)
    weighed = [keywords.weigh(one.told.words) for one in candidates]
    where = [turns(one.record, one.told.sources) for one in candidates]
    features = _features(candidates, question, _keyword(keywords, weighed, weights), where, weights)
    evidence = _evidence(candidates, weighed, weights)
    if company:
        evidence = best_beside(where, evidence)
    shares = _shares(candidates, question, features["speaker"], weights)
    return _ordered(candidates, features, evidence, shares)


def _ordered(
    candidates: Sequence[Candidate],
    features: dict[str, Sequence[float]],
    evidence: Sequence[float],
    shares: dict[str, float],
) -> list[Ranked]:
    total = sum(shares.values())
    counts = [share / total for share in shares.values()]
    rows = zip(*(features[name] for name in shares), strict=True)
    ranked = [
        Ranked(
            one.record, sum(map(mul, counts, row)), admits, dict(zip(shares, row, strict=True)),
            one.line,
        )
        for one, row, admits in zip(candidates, rows, evidence, strict=True)
    ]  # fmt: skip
    return sorted(ranked, key=lambda r: (-r.score, -r.record.said_at, r.record.id))


def _shares(
    candidates: Sequence[Candidate],
    question: Question,
    speakers: Sequence[float],
    weights: Weights,
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
    if question.names or len(set(speakers)) > 1:
        shares["speaker"] = weights.speaker
    if question.times:
        shares["when"] = weights.when
    return shares


def _features(
    candidates: Sequence[Candidate],
    question: Question,
    keyword: Sequence[float],
    where: Sequence[Sequence[Turn]],
    weights: Weights,
) -> dict[str, Sequence[float]]:
    """What speaks for each candidate, between 0 and 1."""
    dense = _stretched_cosines([one.cosine for one in candidates], weights)
    own = [(near + said) / 2 for near, said in zip(dense, keyword, strict=True)]
    sessions = [session_of(one.record, at) for one, at in zip(candidates, where, strict=True)]
    return {
        "dense": dense,
        "keyword": keyword,
        "around": around(where, own),
        "session": best_of_session(sessions, own),
        "speaker": _from_whom(candidates, question),
        "length": _lengths(candidates, own, weights.long),
        "when": _when(candidates, question.times),
    }


def _keyword(
    keywords: Keywords, weighed: Sequence[tuple[float, float]], weights: Weights
) -> list[float]:
    strong = max(keywords.ideal * weights.half, 1e-9)
    return _stretched([score for score, _ in weighed], 0.0, strong)


def _from_whom(candidates: Sequence[Candidate], question: Question) -> list[float]:
    """1 for who is named; where nobody is, for people, or for their assistant if it is asked of."""
    told = [one.told for one in candidates]
    if names := question.names:
        return [float((one.speaker or "").casefold() in names) for one in told]
    wanted = question.after_answers
    return [float(answered(one.speaker, one.text) == wanted) for one in told]


def _when(candidates: Sequence[Candidate], times: Sequence[Window]) -> list[float]:
    if not times:
        return [0.0] * len(candidates)
    said = [one.record.said_at for one in candidates]
    return [max(window.nearness(at) for window in times) for at in said]


def _lengths(candidates: Sequence[Candidate], evidence: Sequence[float], long: int) -> list[float]:
    """How much each says, of what is about the question at all; beyond `long` words all are one."""
    grades = [log(1 + words) / log(long) for words in range(long)]
    counts = [min(len(one.told.words), long - 1) for one in candidates]
    return [grades[count] if own else 0.0 for count, own in zip(counts, evidence, strict=True)]


def _evidence(
    candidates: Sequence[Candidate], weighed: Sequence[tuple[float, float]], weights: Weights
) -> list[float]:
    """How near each is in itself, by its vector or by its words, whatever else was found."""
    far, span = weights.far, weights.near - weights.far
    near = [0.0 if one.cosine is None else (one.cosine - far) / span for one in candidates]
    return [min(max(by, share), 1.0) for by, (_, share) in zip(near, weighed, strict=True)]


def _stretched_cosines(cosines: Sequence[float | None], weights: Weights) -> list[float]:
    return _stretched(
        [-1.0 if cosine is None else cosine for cosine in cosines], weights.far, weights.near
    )


def _stretched(values: Sequence[float], low: float, high: float) -> list[float]:
    """Between 0 and 1: from the weakest (at most `low`) to the strongest (at least `high`)."""
    present = [value for value in values if value > -1.0]
    if not present:
        return [0.0] * len(values)
    weakest = min(present)
    bottom = max(weakest, 0.0) if weakest < low else low
    span = max(max(present), high) - bottom
    return [
        0.0 if value <= bottom else 1.0 if value - bottom >= span else (value - bottom) / span
        for value in values
    ]
