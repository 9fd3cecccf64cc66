"""What of a turn may go: courtesies first, then reactions, within a share of its words.

Among people a turn stays nearly whole: what it tells is found, and read, by the words around it. To
an assistant, which nobody greets for the record, courtesies go whatever their share.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamella.engines.rules_speech import Act
from lamella.text import length

MOST_TRIMMED = 0.18
"""The share of a turn's words that may go."""

Said = tuple[str, Act]
"""A sentence, and what it does."""


def trimmed(said: Sequence[Said], alone: bool) -> tuple[list[Said], float]:
    """What stays of a turn said `alone` to an assistant or not, and how many words may still go."""
    spare = MOST_TRIMMED * words_in(said)
    kept = [one for one in said if not (alone and one[1] is Act.COURTESY)]
    spare -= words_in(said) - words_in(kept)
    dispensable = [
        at
        for act in (Act.COURTESY, Act.REACTION)
        for at, (_, done) in enumerate(kept)
        if done is act
    ]
    return dropping(kept, dispensable, spare)


def dropping(
    said: Sequence[Said], dispensable: Sequence[int], spare: float
) -> tuple[list[Said], float]:
    """Without those at `dispensable`, the first first, as far as `spare` words reach; and the rest.

    One that is too long for what is left stays; a shorter one after it may still go.
    """
    dropped: set[int] = set()
    for at in dispensable:
        if (words := length(said[at][0])) <= spare:
            spare -= words
            dropped.add(at)
    return [one for at, one in enumerate(said) if at not in dropped], spare


def without_edges(said: Sequence[Said], spare: float) -> list[Said]:
    """Without what states nothing at the beginning and at the end, up to `spare` words."""
    kept = list(said)
    for at in (0, -1):
        while kept and kept[at][1] is not Act.STATEMENT and length(kept[at][0]) <= spare:
            spare -= length(kept.pop(at)[0])
    return kept


def words_in(said: Sequence[Said]) -> int:
    """How many words the sentences have together."""
    return sum(length(sentence) for sentence, _ in said)
