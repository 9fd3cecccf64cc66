"""How a session ends: hidden at once; promoted and summarized, or just cleared; then removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lamella import keys
from lamella.clock import Clock
from lamella.errors import NotFound
from lamella.ids import Ids
from lamella.inflight import InFlight
from lamella.ports import Bus, Commit, Get, Is, Item, Mark, Nudge, Table, Update
from lamella.results import Wire
from lamella.scopes import Scope
from lamella.sessions import Session
from lamella.settings import Settings

if TYPE_CHECKING:
    from lamella.requests import CloseRequest


class Closing:
    """The use case behind `close`."""

    def __init__(self, table: Table, bus: Bus, settings: Settings, clock: Clock, ids: Ids) -> None:
        self._table = table
        self._bus = bus
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def close(self, org: str, call: CloseRequest) -> Wire:
        """Set the cutoff; what the session held is promoted unless `promote` is false.

        Raises NotFound where no session of that id is open.
        """
        now = self._clock()
        session = self._open(org, call.scope, now)
        ending = InFlight(
            id=self._ids(),
            org=org,
            owner=session.owner,
            captured_at=now,
            **session.scope.ids,
            ends="close" if call.promote else "clear",
            cutoff=now,
            urgent=True,
            due_at=now,
        )
        cutoff = {"closed_at": now, "expires_at": now}
        meta = keys.meta(org, session.owner, session.session_id)
        commit: Commit = (Update(meta, cutoff, mark=None), ending.put())
        self._table.write([commit])
        self._bus.publish([Nudge(org, session.owner)])
        return {
            "message": f"Session {session.session_id} is closed.",
            "promote": call.promote,
            **Session.from_body(session.body() | cutoff).wire(now),
        }

    def _open(self, org: str, scope: Scope, now: int) -> Session:
        [page] = self._table.read([Get(keys.meta(org, scope.owner, scope.session))])
        found = Session.from_body(page.first.body) if page.first else None
        if found is None or not found.alive(now):
            raise NotFound(f"no session {scope.session} is open for {scope.owner[2:]}")
        return found


def idle_ending(meta: Item, id: str, now: int) -> Commit:
    """What the sweep writes for a session nobody has spoken in: summarize it once, keep its turns.

    Its mark moves in the same commit: the sweep comes back when the session has expired, to
    remove what it held, unless another call comes first.
    """
    session = Session.from_body(meta.body)
    alive = session.alive(now)
    mark = Mark(keys.due_bucket(session.org, session.owner), session.expires_at) if alive else None
    ending = InFlight(
        id=id,
        org=session.org,
        owner=session.owner,
        captured_at=now,
        **session.scope.ids,
        ends="idle" if alive else "close",
        cutoff=session.last_at,
        urgent=True,
        due_at=now,
    )
    unchanged = Is("last_at", session.last_at)
    return (Update(meta.key, {}, unchanged, mark=mark), ending.put())


def clear_ending(org: str, owner: str, scope: Scope, id: str, now: int) -> InFlight:
    """The work of removing what a session held, and promoting none of it."""
    return InFlight(
        id=id,
        org=org,
        owner=owner,
        captured_at=now,
        user_id=scope.user_id,
        agent_id=scope.agent_id,
        app_id=scope.app_id,
        session_id=scope.session_id,
        ends="clear",
        cutoff=now,
        urgent=True,
        due_at=now,
    )
