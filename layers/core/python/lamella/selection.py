"""Which ranked memories are answered, and in what order they are shown. Pure rules."""

from __future__ import annotations

from collections.abc import Sequence

from lamella.ranking import Ranked
from lamella.scopes import PRESENTATION, Layer

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


def presented(selected: Sequence[Ranked], by_layer: bool) -> list[Ranked]:
    """User, session, org, raw history, each best first; or simply best first."""
    if not by_layer:
        return list(selected)
    order = {layer: place for place, layer in enumerate(PRESENTATION)}
    return sorted(selected, key=lambda one: order[Layer(one.record.layer)])


def _with_seats(ranked: Sequence[Ranked], room: int) -> list[Ranked]:
    chosen = list(ranked[:room])
    waiting = list(ranked[room:])
    for layer in PRESENTATION:
        owed = min(SEATS, room // len(PRESENTATION)) - sum(_in(one, layer) for one in chosen)
        for newcomer in [one for one in waiting if _in(one, layer)][: max(owed, 0)]:
            leaver = _weakest_with_company(chosen)
            if leaver is None:
                break
            chosen.remove(leaver)
            chosen.append(newcomer)
    return chosen


def _weakest_with_company(chosen: Sequence[Ranked]) -> Ranked | None:
    """The last of those whose layer keeps its seats without it."""
    for one in sorted(chosen, key=lambda one: one.score):
        if sum(_in(other, Layer(one.record.layer)) for other in chosen) > SEATS:
            return one
    return None


def _in(one: Ranked, layer: Layer) -> bool:
    return one.record.layer == layer
