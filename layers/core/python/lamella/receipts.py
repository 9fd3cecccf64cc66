"""The receipt of a call: what makes a retry harmless, and what answers for an event id.

Its key is the event id, which derives from the caller's idempotency key where one is given — never
from the content: a second "yes" is not a duplicate.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from lamella import keys
from lamella.clock import HOUR, iso
from lamella.models import Stored
from lamella.ports import Absent, AnyOf, Below, Item, Mark, Put, Update
from lamella.values import dataclass

MAX_RESULTS = 1_000

PENDING, SUCCEEDED, FAILED = "PENDING", "SUCCEEDED", "FAILED"


@dataclass(frozen=True, slots=True)
class Receipt(Stored):
    """What became of one call. `waiting` are its in-flight items not yet finished."""

    id: str
    org: str
    owner: str
    digest: str
    created_at: int
    status: str = PENDING
    waiting: tuple[str, ...] = ()
    results: tuple[Mapping[str, Any], ...] = ()
    dropped: tuple[str, ...] = ()
    completed_at: int | None = None
    error: str | None = None

    def put(self, lifetime: int) -> Put:
        """Write it, unless this call was already accepted; one that has expired counts no more."""
        expired = Below("created_at", self.created_at - lifetime + 1)
        return Put(
            Item(
                keys.receipt(self.org, self.id),
                self.body(),
                ttl=self.created_at + lifetime,
                mark=Mark(keys.receipt_bucket(self.org, self.created_at // HOUR), self.created_at),
            ),
            AnyOf((Absent(), expired)),
        )

    def finished(self, items: list[str], results: list[dict[str, Any]], now: int) -> Update:
        """These of its in-flight items are done; the last ones complete it.

        Of very many results it keeps the first: the memories are there all the same.
        """
        left = [other for other in self.waiting if other not in items]
        kept = [*self.results, *results][:MAX_RESULTS]
        fields: dict[str, Any] = {"waiting": left, "results": kept}
        if items and not left:
            fields |= {"status": SUCCEEDED, "completed_at": now}
        return Update(keys.receipt(self.org, self.id), fields)

    def failed(self, reason: str, now: int) -> Update:
        """The work was parked; `reason` names an error type."""
        fields = {"status": FAILED, "completed_at": now, "error": reason}
        return Update(keys.receipt(self.org, self.id), fields)

    def reopened(self) -> Update:
        """The parked work is under way again."""
        fields = {"status": PENDING, "completed_at": None, "error": None}
        return Update(keys.receipt(self.org, self.id), fields)

    def wire(self) -> dict[str, Any]:
        """The event as Mem0's poll endpoint shows it."""
        done = self.completed_at
        return {
            "id": self.id,
            "event_type": "ADD",
            "status": self.status,
            "results": [dict(result) for result in self.results],
            "dropped": list(self.dropped),
            "created_at": iso(self.created_at),
            "completed_at": iso(done) if done else None,
            "latency": (done - self.created_at) / 1000 if done else None,
            "error": self.error,
        }


def event_id(org: str, idempotency_key: str | None, fresh: str) -> str:
    """The id of a call: derived from the caller's idempotency key, else `fresh`."""
    if idempotency_key is None:
        return fresh
    material = f"{len(org)}:{org}{idempotency_key}".encode("utf-8", "surrogatepass")
    return "k" + hashlib.sha256(material).hexdigest()[:31]
