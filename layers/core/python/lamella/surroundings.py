"""What stands around a memory in its conversation, and how much that says for it. Pure rules.

Only what was found for the same question counts: who is near is told by the ids of turns, so that
nothing more has to be read.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamella.models import Record

REACH = {1: 1 / 3, 2: 1 / 6}
"""What the evidence of a turn counts for, by how many turns it is away; 1 in all, both sides."""


Turn = tuple[str, int]
"""Which turn of which call it was."""


def turns(record: Record, sources: Sequence[str]) -> tuple[Turn, ...]:
    """Those that what `record` tells came from; none where nobody said it in a turn.

    A turn that is still itself is its own source.
    """
    found = []
    for source in sources or (record.id,):
        event, _, turn = source.rpartition("-")
        if event and turn.isdecimal():
            found.append((event, int(turn)))
    return tuple(found)


def session_of(record: Record, where: Sequence[Turn]) -> tuple[str, str] | None:
    """Whose session the first of these turns belongs to; a call without one is its own."""
    return (record.owner, record.session_id or where[0][0]) if where else None


def around(places: Sequence[Sequence[Turn]], evidence: Sequence[float]) -> list[float]:
    """The evidence around each memory's first turn; what stands alone has only its own."""
    told = _told([where[:1] for where in places], evidence)
    return [
        _near(where[0], told) if where else own for where, own in zip(places, evidence, strict=True)
    ]


def best_beside(places: Sequence[Sequence[Turn]], evidence: Sequence[float]) -> list[float]:
    """Each memory's evidence, or the best of what was said right before or after it."""
    told = _told(places, evidence)
    best = []
    for where, own in zip(places, evidence, strict=True):
        for event, turn in where:
            before, after = told.get((event, turn - 1), 0.0), told.get((event, turn + 1), 0.0)
            own = max(own, before, after)
        best.append(own)
    return best


def best_of_session(
    sessions: Sequence[tuple[str, str] | None], evidence: Sequence[float]
) -> list[float]:
    """The strongest evidence in each memory's session; what belongs to none has only its own."""
    best: dict[tuple[str, str] | None, float] = {}
    for session, own in zip(sessions, evidence, strict=True):
        best[session] = max(best.get(session, 0.0), own)
    return [
        own if session is None else best[session]
        for session, own in zip(sessions, evidence, strict=True)
    ]


def _told(places: Sequence[Sequence[Turn]], evidence: Sequence[float]) -> dict[Turn, float]:
    """The strongest evidence of each turn."""
    told: dict[Turn, float] = {}
    for where, own in zip(places, evidence, strict=True):
        for turn in where:
            if own > told.get(turn, 0.0):
                told[turn] = own
    return told


def _near(where: Turn, told: dict[Turn, float]) -> float:
    event, turn = where
    near = 0.0
    for away, share in REACH.items():
        near += share * told.get((event, turn - away), 0.0)
        near += share * told.get((event, turn + away), 0.0)
    return near
