"""Feedback: what callers think of a memory, kept beside it and shown when it is explained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lamella import keys
from lamella.clock import Clock
from lamella.errors import NotFound
from lamella.memories import Memories
from lamella.models import Record
from lamella.ports import Check, Delete, Get, Item, Operation, Present, Put, Table
from lamella.results import Wire

if TYPE_CHECKING:
    from lamella.requests import FeedbackRequest

NO_FEEDBACK: Wire = {"feedback": None, "feedback_reason": None}


class Feedback:
    """Keeps the latest opinion on each memory, in the partition of the memory's owner."""

    def __init__(self, table: Table, memories: Memories, clock: Clock) -> None:
        self._table = table
        self._memories = memories
        self._clock = clock

    def give(self, org: str, call: FeedbackRequest) -> Wire:
        """Keep it, or take it back where `call.feedback` is None. Raises NotFound."""
        now = self._clock()
        record = self._memories.find(org, call.memory_id, now).record
        told = {"feedback": call.feedback, "feedback_reason": _clean(call.feedback_reason)}
        key = keys.feedback(org, record.owner, record.id)
        keeps: Operation = Put(Item(key, {**told, "at": now})) if call.feedback else Delete(key)
        still_there = Check(keys.locator(org, record.id), Present())
        if self._table.write([(keeps, still_there)]) != [None]:
            raise NotFound(f"no memory {record.id}: it was forgotten meanwhile")
        shown = told if call.feedback else NO_FEEDBACK
        return {"id": record.id, "memory_id": record.id, **shown}


def given(table: Table, org: str, records: Sequence[Record]) -> dict[str, Wire]:
    """`feedback` and `feedback_reason` of each record, by its id."""
    reads = [Get(keys.feedback(org, record.owner, record.id)) for record in records]
    pages = table.read(reads) if reads else []
    return {
        record.id: {name: page.first.body[name] for name in NO_FEEDBACK}
        if page.first
        else NO_FEEDBACK
        for record, page in zip(records, pages, strict=True)
    }


def _clean(reason: str | None) -> str | None:
    """Without secrets and personal data, like any text that stays."""
    from lamella.privacy import redact_pii
    from lamella.scrub import scrub

    return None if reason is None else redact_pii(scrub(reason)[0])[0]
