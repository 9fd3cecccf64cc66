"""Which ranked memories are answered, and in what order they are shown. Pure rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lamella.ranking import Ranked
from lamella.results import Hit
from lamella.scopes import PLACES, PRESENTATION

SEATS = 2
"""What each layer may keep, of what has passed the threshold, against stronger other layers."""

UNPLACED_SEATS = 10
"""How many of the newest unplaced turns are always answered, whatever their score."""


def select(
    ranked: Sequence[Ranked], threshold: float, top_k: int, unplaced: Sequence[str], strict: bool
) -> list[Ranked]:
    """The best `top_k` above `threshold`, with minimum seats for each layer.

    `unplaced` are ids of turns nobody has placed yet, newest first: the first ten are answered
    beside the others, so that a write is read whatever is asked. A `strict` answer holds `top_k`
    in all, half of them (rounded up) for such turns at most.
    """
    reserved = frozenset(
        unplaced[: min(UNPLACED_SEATS, -(-top_k // 2)) if strict else UNPLACED_SEATS]
    )
    seated = [one for one in ranked if one.record.id in reserved]
    others = [one for one in ranked if one.record.id not in reserved and one.evidence >= threshold]
    room = top_k - len(seated) if strict else top_k
    chosen = _with_seats(others, room)
    return sorted([*seated, *chosen], key=lambda one: -one.score)


def best_of_each(ranked: Sequence[Ranked]) -> list[Ranked]:
    """Each memory by the best of its lines, best first."""
    best: dict[str, Ranked] = {}
    for one in ranked:
        best.setdefault(one.record.id, one)
    return list(best.values())


def presented(selected: Sequence[Hit], by_layer: bool) -> list[Hit]:
    """User, session, org, raw history, each best first; or simply best first."""
    if not by_layer:
        return list(selected)
    return sorted(selected, key=lambda one: PLACES[one.record.layer])


def _with_seats(ranked: Sequence[Ranked], room: int) -> list[Ranked]:
    chosen, waiting = list(ranked[:room]), ranked[room:]
    seats = Counter(one.record.layer for one in chosen)
    for layer in PRESENTATION:
        owed = max(min(SEATS, room // len(PRESENTATION)) - seats[layer], 0)
        newcomers = [one for one in waiting if one.record.layer == layer] if owed else []
        for newcomer in newcomers[:owed]:
            leaver = _weakest_with_company(chosen, seats)
            if leaver is None:
                break
            chosen.remove(leaver)
            chosen.append(newcomer)
            seats[leaver.record.layer] -= 1
            seats[layer] += 1
    return chosen


def _weakest_with_company(chosen: Sequence[Ranked], seats: Counter[str]) -> Ranked | None:
    """The last of those whose layer keeps its seats without it."""
    crowded = [one for one in chosen if seats[one.record.layer] > SEATS]
    return min(crowded, key=lambda one: one.score, default=None)
