"""Keyword evidence: BM25 over the owner's own statistics (Robertson and Zaragoza, 2009). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

from lamella.ports import Statistics
from lamella.values import dataclass
from lamella.weights import Weights


@dataclass(frozen=True, slots=True)
class Keywords:
    """What each of a question's words tells among the owner's memories."""

    idf: Mapping[str, float]
    ideal: float
    average: float
    weights: Weights

    @classmethod
    def of(cls, words: Sequence[str], statistics: Statistics, weights: Weights) -> Keywords:
        """The question's `words`, weighed; one that nobody used is the most telling."""
        idf = _idf(words, statistics)
        average = statistics.words / statistics.documents if statistics.documents else 0.0
        return cls(idf, sum(idf.values()), average, weights)

    def weigh(self, words: Sequence[str]) -> tuple[float, float]:
        """The BM25 score, and the share of the question's keyword weight that `words` hold."""
        idf = self.idf
        held = [word for word in words if word in idf]
        if not held:
            return 0.0, 0.0
        k1, b = self.weights.k1, self.weights.b
        norm = k1 * (1 - b + b * (len(words) / self.average if self.average else 1.0))
        score = share = 0.0
        for word in dict.fromkeys(held):
            times = held.count(word)
            score += idf[word] * times * (k1 + 1) / (times + norm)
            share += idf[word]
        return score, share / self.ideal


def _idf(words: Sequence[str], statistics: Statistics) -> dict[str, float]:
    total = statistics.documents
    return {
        word: log(1 + (total - seen + 0.5) / (seen + 0.5))
        for word in words
        for seen in (min(statistics.frequency.get(word, 0), total),)
    }
