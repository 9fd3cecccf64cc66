"""What is known of a planned memory before it is placed, and what became of it after."""

from __future__ import annotations

from typing import NamedTuple

from lamella.models import Record
from lamella.ports import Commit, Item
from lamella.results import Wire
from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Known:
    """What the table says about a planned memory's content and slot."""

    locator: Item | None
    guard: Item | None
    head: Item | None
    topics: tuple[Item | None, ...]
    tombstone: Item | None
    consent: Item | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a planned memory; `id` is the memory that holds it now, if one does.

    `holder` is that memory where it was there before, `made` the record as just written; a memory
    that was added by an earlier attempt has neither. `left_changes` tells that in-flight items
    were, or may have been, written with it.
    """

    planned: Record
    id: str | None
    event: str
    reason: str | None = None
    holder: Record | None = None
    made: Record | None = None
    left_changes: bool = False

    def result(self) -> Wire:
        """Its line in the receipt: ids only."""
        told: Wire = {"event": self.event, "layer": str(self.planned.layer)}
        told |= {"kind": str(self.planned.kind), "sources": list(self.planned.sources)}
        told |= {"id": self.id} if self.id else {}
        return told | ({"reason": self.reason} if self.reason else {})


Write = tuple[Placed, Commit]
"""What becomes of a planned memory if the commit stands."""


class Free(NamedTuple):
    """A planned memory that nothing stands in the way of, but for `dead` memories' guards."""

    record: Record
    known: Known
    dead: list[str]
