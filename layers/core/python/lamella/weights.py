"""The few numbers of the ranking, in one place."""

from __future__ import annotations

from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """What each feature counts for. Shares are relative to each other.

    `dense` and `keyword` are a memory's own evidence. `around` is the evidence of what was said
    just before and after it, `session` the best evidence of its session: an answer seldom repeats
    its question. `speaker` is that somebody the question names said it, `length` that it says
    much, `when` that it was said in the time that the question names, or soon after. `near` and
    `far` are the cosines at which two texts surely do, and surely don't, mean alike; `half` is the
    share of the question's keyword weight that counts as a strong match. `k1` and `b` are BM25's,
    `long` is how many words are many.
    """

    dense: float = 1.5
    keyword: float = 0.7
    around: float = 1.2
    session: float = 1.0
    speaker: float = 0.8
    length: float = 0.5
    when: float = 1.5
    far: float = 0.35
    near: float = 0.80
    half: float = 0.5
    k1: float = 1.2
    b: float = 0.3
    long: int = 40
