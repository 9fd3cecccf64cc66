"""Slots: what one memory of an owner says alone, and the line of those that said it in turn.

A slot's head is one item of the table. It tells which memory is current, when that was last said
(saying it again makes no second memory, but counts), and which memories filled the slot before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from lamella import keys
from lamella.models import Record
from lamella.ports import Absent, Is, Item, Key, Put
from lamella.scopes import Layer
from lamella.values import dataclass

STATES, ENDS, RENEWS, LEAVES = "", "!", "=", "-"
"""What a memory says of one of its topics: a mark after it (see `topics`)."""

LONGEST_LINE = 16
"""Memories a line remembers: what one transaction can still supersede together."""


class Said(NamedTuple):
    """A memory of the line; they order as they were said, then captured, then planned."""

    said_at: int
    captured_at: int
    id: str


@dataclass(frozen=True, slots=True)
class Head:
    """Who fills a slot now, when that was last said, and all who ever did, oldest first."""

    id: str
    captured_at: int
    affirmed_at: int
    line: tuple[Said, ...]

    @classmethod
    def of(cls, item: Item | None) -> Head | None:
        """The head an item holds, if there is one."""
        if item is None:
            return None
        body: Mapping[str, Any] = item.body
        line = tuple(Said(*one) for one in body.get("line", ()))
        return cls(body["id"], body["captured_at"], body.get("affirmed_at", 0), line)

    def with_said(self, record: Record) -> Head:
        """The same head, with `record` in its place in the line."""
        line = sorted({*self.line, order(record)})
        return replace(self, line=tuple(line[-LONGEST_LINE:]))

    def affirmed(self, at: int) -> Head:
        """The same head, said again at `at`."""
        return replace(self, affirmed_at=max(self.affirmed_at, at))

    def put(self, key: Key, before: Head | None) -> Put:
        """Write the head, if the slot is still filled as `before` says."""
        body = {
            "id": self.id,
            "captured_at": self.captured_at,
            "affirmed_at": self.affirmed_at,
            "line": [list(one) for one in self.line],
        }
        return Put(Item(key, body), Is("id", before.id) if before else Absent())


def taken(head: Head | None, record: Record) -> Head:
    """The head once `record` fills the slot."""
    line = head.line if head else ()
    return Head(record.id, record.captured_at, record.said_at, line).with_said(record)


def slot_key(org: str, record: Record) -> Key | None:
    """Where the head of the record's slot lies."""
    return None if record.slot is None else line_key(org, record, record.slot)


def line_key(org: str, record: Record, name: str) -> Key:
    """Where the line called `name` of the record's subject lies; a session's lines are its own."""
    within = f"s:{record.session_id}" if record.layer == Layer.SESSION else "u"
    subject = f"{within}:{record.subject or ''}"
    return keys.slot_head(org, record.owner, subject, name)


def order(record: Record) -> Said:
    """Newest is when it was said; then when it was captured; then the order of the plan."""
    return Said(record.said_at, record.captured_at, record.id)
