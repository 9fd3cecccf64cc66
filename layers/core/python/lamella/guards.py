"""Content guards: one content of one owner is one memory, whoever captures it and from wherever."""

from __future__ import annotations

from collections.abc import Sequence

from lamella import keys
from lamella.models import Record
from lamella.ports import Absent, AnyOf, Below, Condition, Get, Is, Item, Key, Table
from lamella.scopes import Layer
from lamella.sessions import Session


def free(now: int, dead: Sequence[str] = ()) -> Condition:
    """Nobody holds the content: no guard, a deleted or expired memory's, or one known `dead`."""
    return AnyOf(
        (
            Absent(),
            Is("state", "deleted"),
            Below("expires_at", now + 1),
            *(Is("id", id) for id in dead),
        )
    )


def held(guard: Item | None, now: int) -> bool:
    """Whether the guard names a holder that hasn't been deleted and hasn't expired."""
    if guard is None or guard.body.get("state") == "deleted":
        return False
    expires_at = guard.body.get("expires_at")
    return expires_at is None or expires_at > now


def holder(table: Table, org: str, owner: str, guard: Item, now: int) -> Record | None:
    """The current memory behind a held guard, or None: it may be gone, or have given way.

    A note ends with its session.
    """
    session = guard.body.get("session_id")
    wanted: Key = (
        keys.note(org, owner, session, guard.body["id"])
        if session is not None
        else keys.memory(org, owner, guard.body["id"])
    )
    reads = [Get(wanted)] + ([Get(keys.meta(org, owner, session))] if session is not None else [])
    found, *metas = (page.first for page in table.read(reads))
    if found is None:
        return None
    record = Record.from_body(found.body)
    if not record.current(now):
        return None
    if session is not None and not _shown(metas[0], record, now):
        return None
    return record


def held_by(record: Record) -> dict[str, object]:
    """The body of the guard that `record` holds."""
    session = record.session_id if record.layer == Layer.SESSION else None
    return {
        "id": record.id,
        "state": "held",
        "expires_at": record.expires_at,
        "session_id": session,
        "captured_at": record.captured_at,
    }


def _shown(meta: Item | None, record: Record, now: int) -> bool:
    return meta is not None and Session.from_body(meta.body).shows(record.captured_at, now)
