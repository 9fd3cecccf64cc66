"""The few numbers of the ranking, in one place, and how a deployment's own are read."""

from __future__ import annotations

from dataclasses import fields, replace

from lamella.errors import SetupError
from lamella.values import dataclass

MOST = 1_000
LONGEST = 10_000


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

    dense: float = 1.8
    keyword: float = 0.7
    around: float = 1.2
    session: float = 1.0
    speaker: float = 0.8
    length: float = 0.25
    when: float = 1.5
    far: float = 0.35
    near: float = 0.80
    half: float = 0.5
    k1: float = 1.2
    b: float = 0.3
    long: int = 40

    @classmethod
    def parse(cls, told: str) -> Weights:
        """These but for those that `told` names ("dense: 1.2, session: 0"). Raises SetupError."""
        chosen: dict[str, float] = {}
        for part in filter(None, (each.strip() for each in told.split(","))):
            name, _, number = map(str.strip, part.partition(":"))
            if name in chosen:
                raise _wrong(f"{name} is said twice")
            chosen[name] = _read(name, number)
        return _sound(replace(cls(), **chosen))  # type: ignore[arg-type]


def _read(name: str, number: str) -> float:
    known = [one.name for one in fields(Weights)]
    if name not in known:
        raise _wrong(f"{name!r} is none of {', '.join(known)}")
    whole = isinstance(getattr(Weights(), name), int)
    try:
        return int(number) if whole else float(number)
    except ValueError:
        kind = "a whole number" if whole else "a number"
        raise _wrong(f"{name} is {number!r}: {kind} is needed") from None


def _sound(weights: Weights) -> Weights:
    """`weights`, if every candidate gets a score between 0 and 1 by them."""
    for name in ("dense", "keyword", "around", "session", "speaker", "length", "when", "k1"):
        if not 0 <= getattr(weights, name) <= MOST:
            raise _wrong(f"{name} must be between 0 and {MOST}")
    if weights.keyword == 0:
        raise _wrong("keyword must be more than 0: without the embedder it decides")
    if not -1 <= weights.far < weights.near <= 1:
        raise _wrong("far must be less than near, both between -1 and 1")
    if not 0 < weights.half <= 1 or not 0 <= weights.b <= 1:
        raise _wrong("half and b must be between 0 and 1, and half more than 0")
    if not 2 <= weights.long <= LONGEST:
        raise _wrong(f"long must be between 2 and {LONGEST} words")
    return weights


def _wrong(what: str) -> SetupError:
    return SetupError(f"LAMELLA_WEIGHTS: {what}")
