"""Slots: places that one current value of a subject fills, and which value is the newest."""

from __future__ import annotations

from lamella import keys
from lamella.models import Record
from lamella.ports import Absent, Is, Item, Key, Put, Update
from lamella.scopes import Layer


def key(org: str, record: Record) -> Key | None:
    """Where the head of the record's slot lies; a session's slots are its own."""
    return held_key(org, record) if record.slot is not None else None


def held_key(org: str, record: Record) -> Key:
    """The same for a record that has a slot."""
    within = f"s:{record.session_id}" if record.layer == Layer.SESSION else "u"
    return keys.slot_head(org, record.owner, f"{within}:{record.subject or ''}", record.slot or "")


def head(key: Key, record: Record) -> Item:
    """That `record` is the current value of its slot."""
    return Item(key, {"id": record.id, "captured_at": record.captured_at})


def take(org: str, record: Record, before: Item | None) -> Put:
    """Make `record` the value, where `before` is still the head."""
    unchanged = Is("id", before.body["id"]) if before else Absent()
    return Put(head(held_key(org, record), record), unchanged)


def said_again(holder: Record, head: Item, said_at: int) -> Update | None:
    """Note that the value was said once more: it outlasts what was said before. None if it wasn't.

    The memory keeps the time since when it holds.
    """
    if head.body["id"] != holder.id or said_at <= last_said(holder, head):
        return None
    return Update(head.key, {"again_at": said_at}, Is("id", holder.id))


def last_said(holder: Record, head: Item | None) -> int:
    """When the value was said for the last time."""
    again: int = head.body.get("again_at", 0) if head else 0
    return max(holder.said_at, again)


def order(record: Record, said_at: int | None = None) -> tuple[int, int, str]:
    """Newest is when it was said (last); then when it was captured; then the order of the plan."""
    return record.said_at if said_at is None else said_at, record.captured_at, record.id
