"""What the layers hold, read through the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lamella.client import Memory
from lamella.demo.screen import Row, row, state
from lamella.errors import NotFound

SHOWN_TURNS = 3
SHOWN_MEMORIES = 8


def rows(memory: Memory, user: str, session: str) -> Iterator[Row]:
    """Every layer as this user meets it in this session."""
    yield from _of_session(memory, user, session)
    lasting = memory.get_all(user_id=user, layers=["user"])["results"]
    yield from (row(one) for one in lasting[:SHOWN_MEMORIES])
    if len(lasting) > SHOWN_MEMORIES:
        yield state("user", "", f"… and {len(lasting) - SHOWN_MEMORIES} more")
    yield from (row(one) for one in memory.org_list()["results"])


def everything(memory: Memory, user: str) -> dict[str, Any]:
    """All that can be read of one user, whatever its state, with the org layer."""
    names = [one["session_id"] for one in memory.sessions(user_id=user)["results"]]
    return {
        "memories": memory.get_all(user_id=user, superseded=True, show_expired=True)["results"],
        "sessions": [memory.session(name, user_id=user) for name in names],
        "org": memory.org_list(superseded=True, show_expired=True)["results"],
    }


def is_closed(memory: Memory, user_id: str, session_id: str) -> bool:
    """Whether the session is over."""
    try:
        memory.session(session_id, user_id=user_id)
    except NotFound:
        return True
    return False


def _of_session(memory: Memory, user: str, session: str) -> Iterator[Row]:
    if is_closed(memory, user, session):
        yield state("conversation", "", "closed")
        yield state("session", "", "closed")
        return
    held = memory.session(session, user_id=user)
    if len(held["turns"]) > SHOWN_TURNS:
        yield state("conversation", "history", f"… {len(held['turns']) - SHOWN_TURNS} before")
    yield from (row(turn) for turn in held["turns"][-SHOWN_TURNS:])
    for name, item in held["working"].items():
        yield state("conversation", "working", name, item)
    if held["attention"]:
        yield state("conversation", "attention", held["attention"]["value"], held["attention"])
    yield from (row(note) for note in held["notes"])
    if not held["notes"]:
        yield state("session", "", "nothing yet")
