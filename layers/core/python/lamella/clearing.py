"""`delete_all`: everything that has all of the given ids, and never without one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lamella import keys
from lamella.clock import Clock
from lamella.closing import clear_ending
from lamella.correct import Correct
from lamella.erase import Erase
from lamella.filters import Filter, all_of, matches, parse
from lamella.ids import Ids
from lamella.inflight import DUE, InFlight
from lamella.listing import Listings
from lamella.models import Record
from lamella.overlay import turn_record
from lamella.ports import Bus, Commit, Is, Nudge, Query, Table, Update
from lamella.reach import owners_of_session
from lamella.requests import DeleteAllRequest
from lamella.results import Wire
from lamella.scopes import Scope
from lamella.settings import Settings

OWNERS = {"user_id": "u:", "agent_id": "a:", "app_id": "p:", "session_id": "s:"}
DIRECTORY_PAGE = 1_000


class Clearing:
    """Deletes by scope. A whole user is erased; anything narrower is deleted memory by memory."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        listings: Listings,
        correct: Correct,
        erase: Erase,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._listings = listings
        self._correct = correct
        self._erase = erase
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def delete_all(self, org: str, call: DeleteAllRequest) -> Wire:
        """Delete what has all of the given ids and metadata, read or not yet read."""
        if call.all:
            return self._erased(org, self._everyone(org, call.all))
        if call.scope.user_id and not (_beside_user(call.scope) or call.metadata):
            return self._erased(org, [call.scope.owner])
        now, where = self._clock(), _everything_of(call)
        found = self._listings.everything(org, where, now)
        for owner in self._concerned(org, call.scope, found):
            self._drop_unread(org, owner, where, now)
            self._clear_session(org, owner, call, now)
        return _deleted(self._correct.delete_many(org, found))

    def _erased(self, org: str, owners: Iterable[str]) -> Wire:
        erased = [self._erase.owner(org, owner)[1] for owner in owners]
        return _deleted(sum(found["memories"] + found["notes"] for found in erased))

    def _everyone(self, org: str, kinds: Iterable[str]) -> list[str]:
        wanted = tuple(OWNERS[kind] for kind in kinds)
        pages = self._table.read(
            [Query(pk, limit=DIRECTORY_PAGE) for pk in keys.directory_pks(org)]
        )
        owners = [item.body["owner"] for page in pages for item in page.items]
        return [owner for owner in owners if owner.startswith(wanted)]

    def _concerned(self, org: str, scope: Scope, found: Iterable[Record]) -> list[str]:
        """Whose unread turns may match: the owner named, and those who spoke in the session."""
        owners = [scope.owner, *(record.owner for record in found)]
        if scope.session_id and not scope.user_id:
            owners += owners_of_session(self._table, org, scope.session_id)
        return list(dict.fromkeys(owners))

    def _drop_unread(self, org: str, owner: str, where: Filter | None, now: int) -> None:
        """Finish, unread, the calls that match; nothing of them is promoted or shown."""
        after: str | None = None
        while True:
            query = Query(keys.owner_pk(org, owner), keys.IN_FLIGHT, after=after)
            [page] = self._table.read([query])
            waiting = [InFlight.from_body(item.body) for item in page.items]
            commits: list[Commit] = [
                (item.finish(now, self._settings.done_grace, only_if=Is("state", DUE)),)
                for item in waiting
                if item.turns and item.state == DUE and matches(where, turn_record(item, 0))
            ]
            self._table.write(commits)
            if not page.more:
                return
            after = page.items[-1].key.sk

    def _clear_session(self, org: str, owner: str, call: DeleteAllRequest, now: int) -> None:
        """A session deleted as a whole loses its turns and working items too."""
        session = call.session_id
        if session is None or call.metadata or call.agent_id or call.app_id:
            return
        meta = keys.meta(org, owner, session)
        ending = clear_ending(org, owner, Scope(session_id=session), self._ids(), now)
        closed = Update(
            meta, {"closed_at": now, "expires_at": now}, Is("session_id", session), mark=None
        )
        self._table.write([(closed, ending.put())])
        self._bus.publish([Nudge(org, owner)])


def _beside_user(scope: Scope) -> bool:
    return any((scope.agent_id, scope.app_id, scope.session_id))


def _everything_of(call: DeleteAllRequest) -> Filter | None:
    ids = {
        "user_id": call.user_id,
        "agent_id": call.agent_id,
        "app_id": call.app_id,
        "run_id": call.session_id,
    }
    given: dict[str, Any] = {name: value for name, value in ids.items() if value}
    return all_of(parse(given), parse({"metadata": call.metadata}) if call.metadata else None)


def _deleted(count: int) -> Wire:
    return {"message": f"Deleted {count} memories.", "deleted": count}
