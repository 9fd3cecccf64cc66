"""Listing what is remembered: read from the truth in order of keys, so it is never stale."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import merge

from lamella.clock import Clock
from lamella.errors import Invalid
from lamella.filters import Filter
from lamella.memories import Memories, shows
from lamella.models import Record
from lamella.ports import Listing, Table
from lamella.reach import narrowed, owners_of_session
from lamella.requests import ListRequest
from lamella.requests.retrieve import COUNTED, Chosen
from lamella.results import Page
from lamella.scopes import ORG_OWNER, Layer

_MADE_HERE = "m-"


class Listings:
    """Finds the memories that a call may list, and cuts them into pages."""

    def __init__(self, table: Table, memories: Memories, clock: Clock) -> None:
        self._table = table
        self._memories = memories
        self._clock = clock

    def page(self, org: str, call: ListRequest) -> Page:
        """A page of what is remembered, newest first."""
        now = self._clock()
        found = self._reachable(org, call, narrowed(call), now, _after(call.cursor))
        return _page(found, call, now)

    def walk(
        self, org: str, call: ListRequest, now: int, after: str | None = None
    ) -> Iterator[Record]:
        """All that `page` would show of `call`, newest first, below the id `after`."""
        return _shown(self._reachable(org, call, narrowed(call), now, after), call, now)

    def of_organization(self, org: str, call: ListRequest) -> Page:
        """A page of what the organization states, newest first."""
        now = self._clock()
        stated = self._memories.walk(org, ORG_OWNER, now, _after(call.cursor))
        return _page(stated, call, now)

    def everything(
        self, org: str, where: Filter | None, now: int, owners: Sequence[str]
    ) -> list[Record]:
        """All that matches `where`, superseded and expired too: for deleting it.

        What `owners` hold is read from the truth, for the index may lag.
        """
        asked = ListRequest(filters=where, show_expired=True)
        found = [*self._reachable(org, asked, where, now)]
        found += [r for owner in owners for r in self._memories.of_owner(org, owner, now)]
        each = {record.id: record for record in found}
        return [r for r in each.values() if shows(r, where, now, superseded=True, expired=True)]

    def _reachable(
        self, org: str, call: Chosen, where: Filter | None, now: int, after: str | None = None
    ) -> Iterator[Record]:
        """Everything of the call's scope in order of ids, newest first, below `after`."""
        scope = call.scope
        if scope.user_id:
            held = self._memories.walk(org, scope.owner, now, after)
            return (r for r in held if not call.union or _in_session(r, scope.session))
        if scope.session_id and not (scope.agent_id or scope.app_id):
            owners = owners_of_session(self._table, org, scope.session_id)
            each = _merged([self._memories.walk(org, owner, now, after) for owner in owners])
            return (r for r in each if r.session_id == scope.session_id)
        own = [self._memories.walk(org, scope.owner, now, after)] if scope else []
        listing = Listing(org, None, now, after=after, superseded=True, expired=call.show_expired)
        each = _merged([*own, self._memories.everywhere(org, where, listing)])
        return (record for record in each if record.owner != ORG_OWNER)


def _merged(streams: Sequence[Iterator[Record]]) -> Iterator[Record]:
    """All of them in one order, each memory once."""
    last = ""
    for record in merge(*streams, key=lambda record: record.id, reverse=True):
        if record.id != last:
            yield record
        last = record.id


def _shown(records: Iterator[Record], call: ListRequest, now: int) -> Iterator[Record]:
    where = narrowed(call)
    return (r for r in records if shows(r, where, now, call.superseded, call.show_expired))


def _page(records: Iterator[Record], call: ListRequest, now: int) -> Page:
    shown = _shown(records, call, now)
    return _following(shown, call, now) if call.cursor is not None else _numbered(shown, call, now)


def _following(shown: Iterator[Record], call: ListRequest, now: int) -> Page:
    """The page below a cursor: nothing is counted, so that each costs the same."""
    found = [record for _, record in zip(range(call.page_size + 1), shown, strict=False)]
    page = found[: call.page_size]
    cursor = _cursor(page[-1]) if len(found) > call.page_size else None
    return Page(page, None, now, cursor, call.warnings)


def _numbered(shown: Iterator[Record], call: ListRequest, now: int) -> Page:
    start = (call.page - 1) * call.page_size
    if start >= COUNTED:
        raise Invalid(f"pages have numbers up to {COUNTED} memories: follow the cursor beyond")
    page: list[Record] = []
    count = 0
    for record in shown:
        if count == COUNTED:
            return Page(page, COUNTED, now, _cursor(page[-1]), call.warnings, more=True)
        if start <= count < start + call.page_size:
            page.append(record)
        count += 1
    cursor = _cursor(page[-1]) if start + call.page_size < count else None
    return Page(page, count, now, cursor, call.warnings)


def _cursor(record: Record) -> str:
    return f"{_MADE_HERE}{record.id}"


def _after(cursor: str | None) -> str | None:
    """The id that a cursor leads below. Raises Invalid for one of another make."""
    if cursor is None:
        return None
    if not cursor.startswith(_MADE_HERE) or cursor == _MADE_HERE:
        raise Invalid("cursor is none that a list answered: start from the first page")
    return cursor.removeprefix(_MADE_HERE)


def _in_session(record: Record, session: str) -> bool:
    """Whether a union with `session` shows it: what lasts, and that session's notes."""
    return record.layer != Layer.SESSION or record.session_id == session
