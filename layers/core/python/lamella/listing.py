"""Listing what is remembered: read from the truth, so that a list is never stale."""

from __future__ import annotations

from collections.abc import Sequence

from lamella.clock import Clock
from lamella.filters import Filter
from lamella.memories import Memories, chosen
from lamella.models import Record
from lamella.ports import Listing, Table
from lamella.reach import narrowed, owners_of_session
from lamella.requests import ListRequest
from lamella.requests.retrieve import Chosen
from lamella.results import Page
from lamella.scopes import ORG_OWNER, Layer


class Listings:
    """Finds the memories that a call may list, and cuts them into pages."""

    def __init__(self, table: Table, memories: Memories, clock: Clock) -> None:
        self._table = table
        self._memories = memories
        self._clock = clock

    def page(self, org: str, call: ListRequest) -> Page:
        """A page of what is remembered, newest first."""
        now, where = self._clock(), narrowed(call)
        return _page(self._reachable(org, call, where, now), where, call, now)

    def of_organization(self, org: str, call: ListRequest) -> Page:
        """A page of what the organization states, newest first."""
        now = self._clock()
        return _page(self._memories.of_owner(org, ORG_OWNER, now), narrowed(call), call, now)

    def everything(
        self, org: str, where: Filter | None, now: int, owners: Sequence[str]
    ) -> list[Record]:
        """All that matches `where`, superseded and expired too: for deleting it.

        What `owners` hold is read from the truth, for the index may lag.
        """
        found = self._reachable(org, ListRequest(filters=where, show_expired=True), where, now)
        found += [r for owner in owners for r in self._memories.of_owner(org, owner, now)]
        each = {record.id: record for record in found}
        return chosen([*each.values()], where, now, superseded=True, expired=True)

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


def _page(records: Sequence[Record], where: Filter | None, call: ListRequest, now: int) -> Page:
    found = chosen(records, where, now, superseded=call.superseded, expired=call.show_expired)
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
    return record.layer != Layer.SESSION or record.session_id == session
