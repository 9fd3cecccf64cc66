"""What happened during a call, counted for whoever listens: names, layers and numbers, no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Tallies = Counter[tuple[str, str]]
"""(what happened, in which layer or "") → how often."""

_listening: ContextVar[Tallies | None] = ContextVar("lamella-tallies", default=None)


def tally(what: str, layer: str = "", number: int = 1) -> None:
    """Count that `what` happened; without a listener nothing is kept."""
    kept = _listening.get()
    if kept is not None:
        kept[what, layer] += number


@contextmanager
def tallied() -> Iterator[Tallies]:
    """What is counted inside the block, by the thread that runs it."""
    kept = Tallies()
    token = _listening.set(kept)
    try:
        yield kept
    finally:
        _listening.reset(token)
