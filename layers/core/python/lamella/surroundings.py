"""What stands around a memory in its conversation, and how much that says for it. Pure rules.

Only what was found for the same question counts: who is near is told by the ids of turns, so that
nothing more has to be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from lamella.models import Record

REACH = {1: 1 / 3, 2: 1 / 6}
"""What the evidence of a turn counts for, by how many turns it is away; 1 in all, both sides."""


class Place(NamedTuple):
    """Where a memory was said: in which session and call, and at which turn of it."""

    session: tuple[str, str]
    event: str
    turn: int


def places(record: Record) -> tuple[Place, ...]:
    """Of the turns that `record` is or came from; none where nobody said it in a turn."""
    found = [_place(record, source) for source in record.sources or (record.id,)]
    return tuple([where for where in found if where is not None])


def place(record: Record) -> Place | None:
    """Of the turn that `record` is, or came from first."""
    return _place(record, (record.sources or (record.id,))[0])


def around(places: Sequence[Place | None], evidence: Sequence[float]) -> list[float]:
    """The evidence of the turns around each memory; what stands alone has only its own."""
    told = _told(places, evidence)
    return [
        own if where is None else _near(where, told)
        for where, own in zip(places, evidence, strict=True)
    ]


def best_beside(places: Sequence[Sequence[Place]], evidence: Sequence[float]) -> list[float]:
    """Each memory's evidence, or the best of what was said right before or after it."""
    each = [(where, own) for own, held in zip(evidence, places, strict=True) for where in held]
    told = _told([where for where, _ in each], [own for _, own in each])
    return [
        max([own, *(told.get((at.event, at.turn + n), 0.0) for at in held for n in (-1, 1))])
        for own, held in zip(evidence, places, strict=True)
    ]


def best_of_session(places: Sequence[Place | None], evidence: Sequence[float]) -> list[float]:
    """The strongest evidence in each memory's session; what belongs to none has only its own."""
    best: dict[tuple[str, str], float] = {}
    for where, own in zip(places, evidence, strict=True):
        if where is not None:
            best[where.session] = max(best.get(where.session, 0.0), own)
    return [
        own if where is None else best[where.session]
        for where, own in zip(places, evidence, strict=True)
    ]


def _told(
    places: Sequence[Place | None], evidence: Sequence[float]
) -> dict[tuple[str, int], float]:
    """The strongest evidence of each turn."""
    told: dict[tuple[str, int], float] = {}
    for where, own in zip(places, evidence, strict=True):
        if where is not None:
            at = (where.event, where.turn)
            told[at] = max(told.get(at, 0.0), own)
    return told


def _near(where: Place, told: dict[tuple[str, int], float]) -> float:
    return sum(
        share * (told.get((where.event, where.turn - away), 0.0)
                 + told.get((where.event, where.turn + away), 0.0))
        for away, share in REACH.items()
    )  # fmt: skip


def _place(record: Record, source: str) -> Place | None:
    event, _, turn = source.rpartition("-")
    if not event or not turn.isdecimal():
        return None
    return Place((record.owner, record.session_id or event), event, int(turn))
