"""`delete_all`: everything that has all of the given ids, and never without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor

from lamella import keys
from lamella.clock import Clock
from lamella.closing import clear_ending
from lamella.correct import Correct
from lamella.erase import Erase
from lamella.filters import Filter, all_of, matches, parse
from lamella.ids import Ids
from lamella.inflight import DUE, InFlight
from lamella.listing import Listings
from lamella.overlay import turn_record
from lamella.plans import Plan
from lamella.ports import Bus, Commit, Is, Item, Nudge, Query, Table, Update
from lamella.reach import owners_of_session
from lamella.requests import DeleteAllRequest
from lamella.requests.given import IDS
from lamella.results import Wire
from lamella.scopes import Scope
from lamella.workload import waiting


class Clearing:
    """Deletes by scope. A whole user is erased; anything narrower is deleted memory by memory."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        listings: Listings,
        correct: Correct,
        erase: Erase,
        clock: Clock,
        ids: Ids,
        workers: Executor,
    ) -> None:
        self._table = table
        self._bus = bus
        self._listings = listings
        self._correct = correct
        self._erase = erase
        self._clock = clock
        self._ids = ids
        self._workers = workers

    def delete_all(self, org: str, call: DeleteAllRequest) -> Wire:
        """Delete what has all of the ids and metadata and matches the filter, read or not yet."""
        if _named(call) == {"user_id"} and not call.metadata and call.where is None:
            return self._erased(org, [call.scope.owner] if call.scope else self._users(org))
        now, where = self._clock(), _everything_of(call)
        owners = self._owners(org, call, where)
        for owner in owners:
            self._drop_unread(org, owner, where, now)
        found = self._listings.everything(org, where, now, owners)
        deleted = self._correct.delete_many(org, found, self._workers)
        for owner in dict.fromkeys([*owners, *(record.owner for record in found)]):
            for session in self._sessions(org, owner, call):
                self._clear_session(org, owner, session, now)
        self._bus.publish([Nudge(org, owner) for owner in owners])
        return _deleted(deleted)

    def _erased(self, org: str, owners: Iterable[str]) -> Wire:
        erased = [self._erase.owner(org, owner)[1] for owner in owners]
        return _deleted(sum(found["memories"] + found["notes"] for found in erased))

    def _users(self, org: str) -> list[str]:
        """Every user with memories, or with work that waits."""
        known = [item.body["owner"] for pk in keys.directory_pks(org) for item in self._all(pk)]
        owners = dict.fromkeys([*known, *(item.owner for item in waiting(self._table, org))])
        return [owner for owner in owners if owner.startswith("u:")]

    def _owners(self, org: str, call: DeleteAllRequest, where: Filter | None) -> list[str]:
        """Whose unread work may match: the owner named, else everybody whose work does."""
        if call.scope.user_id:
            return [call.scope.owner]
        work = [item.owner for item in waiting(self._table, org) if _matches(where, item)]
        named = [call.scope.owner] if call.scope else []
        if call.scope.session_id:
            named += owners_of_session(self._table, org, call.scope.session)
        return list(dict.fromkeys([*named, *work]))

    def _drop_unread(self, org: str, owner: str, where: Filter | None, now: int) -> None:
        """Let the calls and plans that match end; nothing of them is promoted or shown."""
        pk = keys.owner_pk(org, owner)
        work = [InFlight.from_body(item.body) for item in self._all(pk, keys.IN_FLIGHT)]
        calls = [item for item in work if item.turns and item.state == DUE]
        commits: list[Commit] = [(call.end(now),) for call in calls if _matches(where, call)]
        for plan in [Plan.from_body(item.body) for item in self._all(pk, keys.PLANS)]:
            doomed = [record.id for record in plan.records if matches(where, record)]
            commits += [(plan.without(doomed),)] if doomed else []
        self._table.write(commits)

    def _sessions(self, org: str, owner: str, call: DeleteAllRequest) -> list[str]:
        """The sessions that are deleted as a whole, with their turns and working items."""
        if call.metadata or call.where is not None or _named(call) & {"agent_id", "app_id"}:
            return []
        if "session_id" in call.all:
            pointers = self._all(keys.owner_pk(org, owner), keys.SESSIONS)
            return [item.body["session_id"] for item in pointers]
        return [call.scope.session]

    def _clear_session(self, org: str, owner: str, session: str, now: int) -> None:
        meta = keys.meta(org, owner, session)
        ending = clear_ending(org, owner, Scope(session_id=session), self._ids(), now)
        closed = Update(
            meta, {"closed_at": now, "expires_at": now}, Is("session_id", session), mark=None
        )
        self._table.write([(closed, ending.put())])

    def _all(self, pk: str, prefix: str = "") -> Iterator[Item]:
        after: str | None = None
        while True:
            [page] = self._table.read([Query(pk, prefix, after=after)])
            yield from page.items
            if not page.more:
                return
            after = page.items[-1].key.sk


def _named(call: DeleteAllRequest) -> set[str]:
    """The kinds of id that the call gives, by value or by "*"."""
    return {name for name in IDS if getattr(call, name)} | call.all


def _matches(where: Filter | None, item: InFlight) -> bool:
    """Whether an in-flight item is about what is to be deleted."""
    if item.memory is not None:
        return matches(where, item.record)
    return bool(item.turns) and matches(where, turn_record(item, 0))


def _everything_of(call: DeleteAllRequest) -> Filter | None:
    ids = {name: "*" if name in call.all else getattr(call, name) for name in _named(call)}
    named = {"run_id" if name == "session_id" else name: value for name, value in ids.items()}
    described = parse({"metadata": call.metadata}) if call.metadata else None
    return all_of(parse(named), described, call.where)


def _deleted(count: int) -> Wire:
    return {"message": f"Deleted {count} memories.", "deleted": count}
