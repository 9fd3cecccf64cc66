"""Govern: all that changes or reveals what is stored on somebody's behalf."""

from __future__ import annotations

from typing import Any

from lamella import keys
from lamella.access import Access
from lamella.clearing import Clearing
from lamella.clock import Clock, iso
from lamella.correct import Correct
from lamella.erase import Erase
from lamella.errors import Forbidden, NotFound
from lamella.events import Events
from lamella.ids import Ids
from lamella.listing import Listings
from lamella.memories import Memories
from lamella.orgs import Orgs
from lamella.ports import Get, Query, Table
from lamella.requests import (
    DeleteAllRequest,
    ForgetRequest,
    KeyRequest,
    ListRequest,
    OrgAddRequest,
    OrgUpdateRequest,
    UpdateRequest,
)
from lamella.results import Page, Wire, memory_wire
from lamella.scopes import Layer

HISTORY = 1_000


class Govern:
    """The use case behind get, list, update, delete, history, restore, forget, org and keys."""

    def __init__(
        self,
        table: Table,
        memories: Memories,
        correct: Correct,
        erase: Erase,
        listings: Listings,
        clearing: Clearing,
        orgs: Orgs,
        events: Events,
        access: Access,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._memories = memories
        self._correct = correct
        self._erase = erase
        self._listings = listings
        self._clearing = clearing
        self._orgs = orgs
        self._events = events
        self._access = access
        self._clock = clock
        self._ids = ids

    # --- one memory ---------------------------------------------------------------------

    def get(self, org: str, id: str) -> Wire:
        """One memory. Raises NotFound."""
        now = self._clock()
        return memory_wire(self._memories.find(org, id, now).shown, now)

    def update(self, org: str, id: str, call: UpdateRequest) -> Wire:
        """The memory as corrected. Raises NotFound, Conflict; Forbidden for an org memory."""
        self._refuse_org(org, id)
        return memory_wire(self._correct.update(org, id, call), self._clock())

    def delete(self, org: str, id: str) -> Wire:
        """Remove one memory. Raises NotFound; Forbidden for an org memory."""
        self._refuse_org(org, id)
        self._correct.delete(org, id)
        return {"message": f"Memory {id} is deleted."}

    def restore(self, org: str, id: str) -> Wire:
        """Make a superseded or deleted memory current again.

        Raises NotFound, Conflict; Forbidden for an org memory.
        """
        self._refuse_org(org, id)
        return memory_wire(self._correct.restore(org, id), self._clock())

    def _refuse_org(self, org: str, id: str) -> None:
        if self._memories.locate(org, id).body["layer"] == Layer.ORG:
            raise Forbidden(f"memory {id} belongs to the organization: use /v1/org/memories/{id}/")

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
        return self._listings.page(org, call)

    def delete_all(self, org: str, call: DeleteAllRequest) -> Wire:
        """Delete what has all of the given ids and metadata: never without at least one id."""
        return self._clearing.delete_all(org, call)

    def forget(self, org: str, call: ForgetRequest) -> Wire:
        """Erase everything of one user, agent or app; a second pass proves it in the receipt."""
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
        return self._listings.of_organization(org, call)

    def org_update(self, org: str, id: str, call: OrgUpdateRequest) -> Wire:
        """Correct it, hand it over, put off its review. Raises NotFound, Conflict."""
        return memory_wire(self._orgs.update(org, id, call), self._clock())

    def org_restore(self, org: str, id: str) -> Wire:
        """Bring back what was retired. Raises NotFound, Conflict."""
        return memory_wire(self._orgs.restore(org, id), self._clock())

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
