"""Govern: all that changes or reveals what is stored on somebody's behalf."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from lamella import keys
from lamella.access import Access
from lamella.batches import carried_out
from lamella.clearing import Clearing
from lamella.clock import Clock, iso
from lamella.consents import Consents
from lamella.correct import Correct
from lamella.entities import Entities
from lamella.erase import Erase
from lamella.errors import Forbidden, NotFound
from lamella.events import Events
from lamella.exports import Exports
from lamella.feedback import Feedback, given
from lamella.ids import Ids
from lamella.imports import Imports
from lamella.listing import Listings
from lamella.memories import Memories
from lamella.models import Record
from lamella.orgs import Orgs
from lamella.parked import Parked
from lamella.personal import Personal
from lamella.ports import Get, Query, Table
from lamella.projects import Projects
from lamella.results import Page, Wire, entry_wire, memory_wire
from lamella.scopes import Layer

if TYPE_CHECKING:
    from lamella.requests import (
        BatchDeleteRequest,
        BatchUpdateRequest,
        ConsentOfRequest,
        ConsentRequest,
        DeleteAllRequest,
        EntitiesRequest,
        ExportPageRequest,
        ExportRequest,
        FeedbackRequest,
        ForgetRequest,
        ImportRequest,
        KeyRequest,
        ListRequest,
        OrgAddRequest,
        OrgUpdateRequest,
        ProjectRequest,
        ProjectUpdateRequest,
        RedriveRequest,
        UpdateRequest,
    )

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
        imports: Imports,
        events: Events,
        access: Access,
        entities: Entities,
        projects: Projects,
        consents: Consents,
        parked: Parked,
        personal: Personal,
        clock: Clock,
        ids: Ids,
        workers: Executor,
    ) -> None:
        self._table = table
        self._memories = memories
        self._correct = correct
        self._erase = erase
        self._listings = listings
        self._clearing = clearing
        self._orgs = orgs
        self._imports = imports
        self._events = events
        self._access = access
        self._entities = entities
        self._projects = projects
        self._consents = consents
        self._parked = parked
        self._personal = personal
        self._feedback = Feedback(table, memories, clock)
        self._exports = Exports(table, listings, clock, ids)
        self._clock = clock
        self._ids = ids
        self._workers = workers

    # --- one memory ---------------------------------------------------------------------

    def get(self, org: str, id: str) -> Wire:
        """One memory. Raises NotFound."""
        now = self._clock()
        shown = self._memories.find(org, id, now).shown
        return memory_wire(shown, now) | given(self._table, org, [shown])[id]

    def reveal(self, org: str, id: str) -> Wire:
        """A memory with its encrypted values in the clear. Raises NotFound, Conflict."""
        record = self._memories.find(org, id, self._clock()).record
        values = self._personal.revealed(org, record)
        text = record.text
        for mark, value in values.items():
            text = text.replace(f"[{mark}]", value)
        return {"id": id, "memory": text, "values": values}

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

    def feedback(self, org: str, call: FeedbackRequest) -> Wire:
        """Keep what a caller thinks of a memory. Raises NotFound."""
        return self._feedback.give(org, call)

    def _refuse_org(self, org: str, id: str) -> None:
        if self._memories.locate(org, id).body["layer"] == Layer.ORG:
            raise Forbidden(f"memory {id} belongs to the organization: use /v1/org/memories/{id}/")

    def history(self, org: str, id: str) -> list[Wire]:
        """All that happened to a memory, oldest first; it outlives the memory. Raises NotFound."""
        owner = self._memories.locate(org, id).body["owner"]
        entries = Query(keys.owner_pk(org, owner), keys.history_prefix(id), limit=HISTORY)
        page, tombstone = self._table.read([entries, Get(keys.tombstone(org, owner))])
        cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
        told = [item.body for item in page.items if item.body["at"] > cutoff]
        if not told:
            raise NotFound(f"no history of memory {id} is kept")
        self._memories.alive(org, Record.from_body(told[-1]["record"]), self._clock())
        return [entry_wire(body) for body in told]

    # --- many memories ------------------------------------------------------------------

    def list(self, org: str, call: ListRequest) -> Page:
        """A page of what is remembered, newest first, read from the truth."""
        return self._listings.page(org, call)

    def delete_all(self, org: str, call: DeleteAllRequest) -> Wire:
        """Delete what has all of the given ids and metadata: never without at least one id."""
        return self._clearing.delete_all(org, call)

    def batch_update(self, org: str, call: BatchUpdateRequest) -> Wire:
        """Correct each memory by itself; what can't be is told beside those that are."""
        asked = call.memories
        ids = [one.memory_id for one in asked]
        return self._batch("updated", ids, lambda n, id: self.update(org, id, asked[n]))

    def batch_delete(self, org: str, call: BatchDeleteRequest) -> Wire:
        """Delete each memory by itself; what can't be is told beside those that are."""
        ids = [one.memory_id for one in call.memories]
        return self._batch("deleted", ids, lambda _, id: self.delete(org, id))

    def _batch(self, done: str, ids: Sequence[str], step: Callable[[int, str], object]) -> Wire:
        return carried_out(done, ids, step, self._workers)

    def entities(self, org: str, call: EntitiesRequest) -> Wire:
        """A page of who has memories, and how many."""
        return self._entities.list(org, call)

    def delete_entity(self, org: str, type: str, name: str) -> Wire:
        """Delete all that a user, agent, app or session has."""
        return self._entities.delete(org, type, name)

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

    def consent(self, org: str, call: ConsentOfRequest) -> Wire:
        """What somebody said about being remembered."""
        return self._consents.of(org, call)

    def record_consent(self, org: str, call: ConsentRequest, by: str) -> Wire:
        """Note what they say now; it holds for everything not placed yet. Raises Conflict."""
        return self._consents.record(org, call, by)

    def parked(self, org: str) -> Wire:
        """Work that promotion has set aside, without its text."""
        return self._parked.list(org)

    def redrive(self, org: str, call: RedriveRequest) -> Wire:
        """Have it tried again. Raises NotFound."""
        return self._parked.redrive(org, call)

    def take_over(self, org: str, call: ImportRequest) -> Wire:
        """Memories from elsewhere under their own ids, with times and history; see `Imports`."""
        return self._imports.take(org, call)

    def create_export(self, org: str, call: ExportRequest) -> Wire:
        """Ask for all that is held on one owner, or for memories that filters choose."""
        return self._exports.create(org, call)

    def export(self, org: str, id: str | None, call: ExportPageRequest) -> Wire:
        """A page of an export; the last one has its receipt. Raises NotFound."""
        return self._exports.page(org, id, call)

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

    def project(self, org: str, named: tuple[str, str], call: ProjectRequest) -> Wire:
        """The settings of the organization's project. Raises NotFound."""
        return self._projects.get(org, named, call)

    def update_project(self, org: str, named: tuple[str, str], call: ProjectUpdateRequest) -> Wire:
        """Change them. Raises NotFound."""
        return self._projects.update(org, named, call)

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
