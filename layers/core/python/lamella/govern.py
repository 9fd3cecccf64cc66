"""Govern: all that changes or reveals what is stored on somebody's behalf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from lamella import keys
from lamella.access import Access
from lamella.clock import Clock, iso
from lamella.closing import clear_ending
from lamella.correct import Correct
from lamella.erase import Erase
from lamella.errors import NotFound
from lamella.events import Events
from lamella.filters import Filter, all_of, matches, parse
from lamella.ids import Ids
from lamella.inflight import DUE, InFlight
from lamella.memories import Memories, chosen
from lamella.models import Record
from lamella.orgs import Orgs
from lamella.overlay import turn_record
from lamella.ports import Bus, Commit, Get, Is, Listing, Nudge, Query, Table, Update
from lamella.reach import narrowed, owners_of_session
from lamella.requests import (
    DeleteAllRequest,
    ForgetRequest,
    KeyRequest,
    ListRequest,
    OrgAddRequest,
    OrgUpdateRequest,
    UpdateRequest,
)
from lamella.requests.retrieve import Chosen
from lamella.results import Page, Wire, memory_wire
from lamella.scopes import ORG_OWNER, Scope
from lamella.settings import Settings

IDS = {"user_id": "u:", "agent_id": "a:", "app_id": "p:", "session_id": "s:"}
DIRECTORY_PAGE = 1_000
HISTORY = 1_000


class Govern:
    """The use case behind get, list, update, delete, history, restore, forget, org and keys."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        memories: Memories,
        correct: Correct,
        erase: Erase,
        orgs: Orgs,
        events: Events,
        access: Access,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._memories = memories
        self._correct = correct
        self._erase = erase
        self._orgs = orgs
        self._events = events
        self._access = access
        self._settings = settings
        self._clock = clock
        self._ids = ids

    # --- one memory ---------------------------------------------------------------------

    def get(self, org: str, id: str) -> Wire:
        """One memory. Raises NotFound."""
        now = self._clock()
        return memory_wire(self._memories.find(org, id, now).record, now)

    def update(self, org: str, id: str, call: UpdateRequest) -> Wire:
        """The memory as corrected. Raises NotFound, Conflict."""
        return memory_wire(self._correct.update(org, id, call), self._clock())

    def delete(self, org: str, id: str) -> Wire:
        """Remove one memory. Raises NotFound."""
        self._correct.delete(org, id)
        return {"message": f"Memory {id} is deleted."}

    def restore(self, org: str, id: str) -> Wire:
        """Make a superseded or deleted memory current again. Raises NotFound, Conflict."""
        return memory_wire(self._correct.restore(org, id), self._clock())

    def history(self, org: str, id: str) -> list[Wire]:
        """All that happened to a memory, oldest first; it outlives the memory. Raises NotFound."""
        locator = self._memories.locate(org, id)
        owner = locator.body["owner"]
        pk = keys.owner_pk(org, owner)
        entries, tombstone = self._table.read(
            [Query(pk, keys.history_prefix(id), limit=HISTORY), Get(keys.tombstone(org, owner))]
        )
        cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
        shown = [_entry(dict(item.body)) for item in entries.items if item.body["at"] > cutoff]
        if not shown:
            raise NotFound(f"no history of memory {id} is kept")
        return shown

    # --- many memories ------------------------------------------------------------------

    def list(self, org: str, call: ListRequest) -> Page:
        """A page of what is remembered, newest first, read from the truth."""
        now = self._clock()
        where = narrowed(call)
        found = chosen(
            self._reachable(org, call, where, now),
            where,
            now,
            superseded=call.superseded,
            expired=call.show_expired,
        )
        return _page(found, call, now)

    def _reachable(self, org: str, call: Chosen, where: Filter | None, now: int) -> list[Record]:
        scope = call.scope
        if scope.user_id:
            found = self._memories.of_owner(org, scope.owner, now)
            return [r for r in found if not call.union or _in_session(r, scope.session)]
        if scope.session_id and not (scope.agent_id or scope.app_id):
            owners = owners_of_session(self._table, org, scope.session_id)
            held = [r for owner in owners for r in self._memories.of_owner(org, owner, now)]
            return [r for r in held if r.session_id == scope.session_id]
        own = self._memories.of_owner(org, scope.owner, now) if scope else []
        listing = Listing(org, None, now, superseded=True, expired=call.show_expired)
        others = self._memories.everywhere(org, where, listing)
        each = {record.id: record for record in (*own, *others)}
        return [record for record in each.values() if record.owner != ORG_OWNER]

    def delete_all(self, org: str, call: DeleteAllRequest) -> Wire:
        """Delete what has all of the given ids and metadata: never without at least one id."""
        if call.all:
            erased = sum(
                (self._erase.owner(org, owner)[1] for owner in self._everyone(org, call.all)),
                Counter(),
            )
            return _deleted(erased["memories"] + erased["notes"])
        if call.scope.user_id and not (_beside_user(call.scope) or call.metadata):
            _, erased = self._erase.owner(org, call.scope.owner)
            return _deleted(erased["memories"] + erased["notes"])
        now, where = self._clock(), _everything_of(call)
        listed = ListRequest(filters=where)
        found = chosen(
            self._reachable(org, listed, where, now), where, now, superseded=True, expired=True
        )
        for owner in self._concerned(org, call.scope, found):
            self._drop_unread(org, owner, where, now)
            self._clear_session(org, owner, call, now)
        return _deleted(self._correct.delete_many(org, found))

    def _everyone(self, org: str, kinds: Iterable[str]) -> list[str]:
        wanted = tuple(IDS[kind] for kind in kinds)
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

    def forget(self, org: str, call: ForgetRequest) -> Wire:
        """Erase everything of one user, agent or app; the receipt tells what a second pass found."""
        owner = call.scope.owner
        cutoff, erased = self._erase.owner(org, owner)
        return {
            "message": f"{owner[2:]} is forgotten.",
            "receipt": {
                "id": self._ids(),
                "owner": owner[2:],
                "cutoff": iso(cutoff),
                "erased": dict(erased),
                "second_pass": {"found": 0},
            },
        }

    # --- the org layer ------------------------------------------------------------------

    def org_add(self, org: str, call: OrgAddRequest) -> Wire:
        """State something for the whole organization. Raises Conflict."""
        return memory_wire(self._orgs.add(org, call), self._clock())

    def org_list(self, org: str, call: ListRequest) -> Page:
        """What the organization states, newest first."""
        now = self._clock()
        found = self._memories.of_owner(org, ORG_OWNER, now)
        where = narrowed(call)
        shown = chosen(found, where, now, superseded=call.superseded, expired=call.show_expired)
        return _page(shown, call, now)

    def org_update(self, org: str, id: str, call: OrgUpdateRequest) -> Wire:
        """Correct it, hand it over, put off its review. Raises NotFound, Conflict."""
        return memory_wire(self._orgs.update(org, id, call), self._clock())

    def org_retire(self, org: str, id: str) -> Wire:
        """End it. Raises NotFound."""
        self._orgs.retire(org, id)
        return {"message": f"Memory {id} is retired."}

    # --- events and keys ----------------------------------------------------------------

    def event(self, org: str, id: str) -> Wire:
        """What became of a call. Raises NotFound."""
        return self._events.event(org, id)

    def events(self, org: str, limit: int) -> Wire:
        """The newest events."""
        return self._events.latest(org, limit)

    def create_key(self, org: str, call: KeyRequest) -> Wire:
        """Issue an API key; it is shown this once."""
        return self._access.create(org, call)

    def list_keys(self, org: str) -> Wire:
        """The organization's keys, without secrets."""
        return self._access.list(org)

    def revoke_key(self, org: str, id: str) -> Wire:
        """End a key. Raises NotFound."""
        return self._access.revoke(org, id)


def _page(found: list[Record], call: ListRequest, now: int) -> Page:
    ordered = sorted(found, key=lambda record: (record.created_at, record.id), reverse=True)
    start = (call.page - 1) * call.page_size
    if call.cursor is not None:
        ids = [record.id for record in ordered]
        start = ids.index(call.cursor) + 1 if call.cursor in ids else len(ids)
    shown = ordered[start : start + call.page_size]
    more = start + call.page_size < len(ordered)
    cursor = shown[-1].id if more and shown else None
    return Page(shown, len(ordered), now, cursor, call.warnings)


def _in_session(record: Record, session: str) -> bool:
    """Whether a union with `session` shows it: what lasts, and that session's notes."""
    return record.layer != "session" or record.session_id == session


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


def _entry(body: dict[str, Any]) -> Wire:
    """A history entry in Mem0's shape."""
    record = body.get("record") or {}
    at = iso(body["at"])
    return {
        "id": body["id"],
        "memory_id": body["memory_id"],
        "input": [],
        "old_memory": body["old_memory"],
        "new_memory": body["new_memory"],
        "event": body["event"],
        "user_id": record.get("user_id"),
        "agent_id": record.get("agent_id"),
        "app_id": record.get("app_id"),
        "session_id": record.get("session_id"),
        "categories": record.get("categories", []),
        "metadata": record.get("metadata"),
        "created_at": at,
        "updated_at": at,
    }
