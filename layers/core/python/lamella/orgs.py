"""The org layer: shared knowledge with an owner who answers for it and a date to review it by."""

from __future__ import annotations

from collections.abc import Sequence

from lamella import changes, guards, policy
from lamella.clock import DAY, Clock
from lamella.correct import Correct
from lamella.errors import Conflict, NotFound, Throttled, Unavailable
from lamella.ids import Ids
from lamella.inflight import InFlight
from lamella.memories import Memories
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.personal import Personal
from lamella.ports import Bus, Nudge, Operation, Put, Table
from lamella.projection import Projection
from lamella.receipts import event_id
from lamella.requests import OrgAddRequest, OrgUpdateRequest
from lamella.scopes import ORG_OWNER, Layer
from lamella.scrub import scrub
from lamella.settings import Settings
from lamella.text import names, tokens

REVIEWED_WITHIN = 180 * DAY


class Orgs:
    """Writes org memories and projects them before it answers, so that search needs no overlay."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        memories: Memories,
        correct: Correct,
        projection: Projection,
        secrets: OrgSecrets,
        personal: Personal,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._memories = memories
        self._correct = correct
        self._projection = projection
        self._secrets = secrets
        self._personal = personal
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def add(self, org: str, call: OrgAddRequest) -> Record:
        """State something for everybody; the same idempotency key answers the same memory.

        Raises Invalid for personal data that is to be dropped, and Conflict, naming the holder,
        where the organization already says exactly this.
        """
        now = self._clock()
        record = self._record(org, call, now)
        outbox = self._ids()
        dead: list[str] = []
        while True:
            commit = tuple(changes.create(org, record, outbox, guards.free(now, dead), now))
            [refused] = self._table.write([commit])
            if refused is None:
                self._project(org, commit)
                return record
            again = self._earlier(org, record, now)
            if again is not None:
                return again
            if refused.current is None or "id" not in refused.current.body:
                raise Conflict("the org layer changed meanwhile: send it again")
            holder = guards.holder(self._table, org, ORG_OWNER, refused.current, now)
            if holder is not None:
                raise Conflict(f"memory {holder.id} already says exactly this", holder.id)
            dead.append(refused.current.body["id"])

    def _earlier(self, org: str, record: Record, now: int) -> Record | None:
        try:
            return self._memories.find(org, record.id, now).record
        except NotFound:
            return None

    def _record(self, org: str, call: OrgAddRequest, now: int) -> Record:
        clean = self._personal.agreed(org, scrub([call.text, call.metadata])[0])
        text, metadata = clean.told
        at_most = self._settings.max_lifetime
        return Record(
            id=event_id(org, call.idempotency_key, self._ids()),
            owner=ORG_OWNER,
            layer=Layer.ORG.value,
            kind=call.kind,
            text=text,
            created_at=now,
            updated_at=now,
            captured_at=now,
            said_at=now,
            version=now,
            metadata=metadata,
            categories=tuple(scrub(call.categories)[0]),
            words=tuple(tokens(text)),
            entities=names(text),
            expires_at=policy.expiry(now, None, at_most, call.expires_at, call.lifetime_ms),
            guard=policy.content_guard(self._secrets.of(org), Layer.ORG, text),
            steward=scrub(call.owner)[0],
            review_by=call.review_by or now + REVIEWED_WITHIN,
            audience=tuple(scrub(call.audience)[0]),
            sealed=clean.sealed,
        )

    def update(self, org: str, id: str, call: OrgUpdateRequest) -> Record:
        """Correct it, hand it over or put off its review. Raises NotFound, Conflict."""
        self._find(org, id)
        record = self._correct.update(org, id, call)
        self._project_now(org, record, removed=False)
        return record

    def retire(self, org: str, id: str) -> Record:
        """End it; its history stays. Raises NotFound."""
        self._find(org, id)
        record = self._correct.delete(org, id)
        self._project_now(org, record, removed=True)
        return record

    def restore(self, org: str, id: str) -> Record:
        """Bring back what was retired. Raises NotFound, Conflict."""
        self._find(org, id)
        record = self._correct.restore(org, id)
        self._project_now(org, record, removed=False)
        return record

    def _find(self, org: str, id: str) -> None:
        if self._memories.locate(org, id).body["layer"] != Layer.ORG:
            raise NotFound(f"memory {id} isn't in the org layer: use /v1/memories/{id}/")

    def _project(self, org: str, commit: Sequence[Operation]) -> None:
        written = [o.item.body for o in commit if isinstance(o, Put) and "memory" in o.item.body]
        self._try(org, [InFlight.from_body(body) for body in written])

    def _project_now(self, org: str, record: Record, removed: bool) -> None:
        """Bring the index up to date; the item in the outbox is finished by the next promotion."""
        now = self._clock()
        self._try(org, [InFlight.of_memory(self._ids(), org, record, now, removed=removed)])

    def _try(self, org: str, outbox: Sequence[InFlight]) -> None:
        """The write stands already: where the index is away, promotion brings it up to date."""
        try:
            self._projection.project(org, outbox)
        except (Unavailable, Throttled):
            self._bus.publish([Nudge(org, ORG_OWNER)])
