"""Whether a turn can be read out of a text: most of its words, in order, close together. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, chain
from math import ceil

SHARE = 0.8
STRETCH = 1.5

_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1 << 16)
def words(text: str) -> tuple[str, ...]:
    """The words of `text`, without case and punctuation."""
    return tuple(_WORD.findall(text.casefold()))


def recalled(turn: str, lines: Sequence[str]) -> bool:
    """Whether 80 % of the turn's words stand, in order, in one of `lines`, or in a stretch of
    them all that has at most 1.5 times as many words as the turn.
    """
    wanted = words(turn)
    needed = ceil(SHARE * len(wanted))
    told = [words(line) for line in lines]
    return any(_holds(line, wanted, needed) for line in told) or any(
        _holds(stretch, wanted, needed)
        for stretch in _stretches(list(chain(*told)), set(wanted), needed, len(wanted))
    )


def _stretches(
    told: Sequence[str], wanted: set[str], needed: int, length: int
) -> list[Sequence[str]]:
    """The stretches that begin with a wanted word and hold enough of them to be worth a look."""
    size = int(STRETCH * length)
    known = [0, *accumulate(word in wanted for word in told)]
    return [
        told[start : start + size]
        for start, word in enumerate(told)
        if word in wanted and known[min(start + size, len(told))] - known[start] >= needed
    ]


def _holds(told: Sequence[str], wanted: Sequence[str], needed: int) -> bool:
    if not needed or (Counter(told) & Counter(wanted)).total() < needed:
        return False
    return _in_order(told, wanted) >= needed


def _in_order(one: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence."""
    best = [0] * (len(other) + 1)
    for word in one:
        diagonal = 0
        for place, against in enumerate(other, 1):
            above = best[place]
            best[place] = diagonal + 1 if word == against else max(above, best[place - 1])
            diagonal = above
    return best[-1]
