"""What the use cases answer, and the one JSON form each of them has on every surface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from lamella.clock import iso
from lamella.models import Record
from lamella.scopes import Layer
from lamella.values import dataclass

Wire = dict[str, Any]

MEMORY_FIELDS = frozenset(
    {
        *("id", "memory", "layer", "kind", "user_id", "agent_id", "app_id", "run_id"),
        *("session_id", "metadata", "categories", "created_at", "updated_at", "timestamp"),
        *("age_seconds", "expiration_date", "expires_in_seconds", "speaker", "entities"),
        *("sources", "version", "immutable", "valid_to", "superseded_by"),
        *("owner", "review_by", "review_due", "audience"),
    }
)
"""All that `memory_wire` may tell of a memory."""


def memory_wire(record: Record, now: int) -> Wire:
    """One memory as every surface shows it: Mem0's names first, ours beside them."""
    shown: Wire = {
        "id": record.id,
        "memory": record.text,
        "layer": record.layer,
        "kind": record.kind,
        "user_id": record.user_id,
        "agent_id": record.agent_id,
        "app_id": record.app_id,
        "run_id": record.session_id,
        "session_id": record.session_id,
        "metadata": dict(record.metadata) or None,
        "categories": list(record.categories),
        "created_at": iso(record.created_at),
        "updated_at": iso(record.updated_at),
        "timestamp": iso(record.said_at),
        "age_seconds": max(0, now - record.said_at) // 1000,
        "expiration_date": iso(record.expires_at) if record.expires_at else None,
        "expires_in_seconds": max(0, record.expires_at - now) // 1000
        if record.expires_at
        else None,
        "speaker": record.speaker,
        "entities": list(record.entities),
        "sources": list(record.sources),
        "version": record.version,
        "immutable": record.immutable,
    }
    if record.valid_to is not None:
        shown |= {"valid_to": iso(record.valid_to), "superseded_by": record.superseded_by}
    if record.layer == Layer.ORG:
        shown |= {
            "owner": record.steward,
            "review_by": iso(record.review_by) if record.review_by else None,
            "review_due": bool(record.review_by and record.review_by <= now),
            "audience": list(record.audience),
        }
    return shown


def entry_wire(body: Mapping[str, Any]) -> Wire:
    """One entry of a memory's history, in Mem0's shape."""
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


@dataclass(frozen=True, slots=True)
class Captured:
    """An accepted `add`: the event to poll, and what is already placed (or why nothing was)."""

    event_id: str
    status: str
    results: Sequence[Wire] = ()
    dropped: Sequence[str] = ()
    warnings: Sequence[str] = ()

    def wire(self) -> Wire:
        """`status` is PENDING, SUCCEEDED or FAILED; `dropped` names the secrets removed."""
        return {
            "message": "Captured." if self.status == "PENDING" else "Done.",
            "status": self.status,
            "event_id": self.event_id,
            "results": list(self.results),
            "dropped": list(self.dropped),
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """One memory that a search selected, its score in [0, 1] and what the score is made of."""

    record: Record
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hits:
    """The answer of a search, in order of presentation; `degraded` says what was away."""

    hits: Sequence[Hit]
    now: int
    explain: bool = False
    degraded: str | None = None
    warnings: Sequence[str] = ()
    feedback: Mapping[str, Wire] = field(default_factory=dict)

    def wire(self) -> Wire:
        """`{"results": [...], "degraded": null | reason, "warnings": [...]}`."""
        return {
            "results": [self._shown(hit) for hit in self.hits],
            "degraded": self.degraded,
            "warnings": list(self.warnings),
        }

    def _shown(self, hit: Hit) -> Wire:
        shown = memory_wire(hit.record, self.now) | {"score": round(hit.score, 6)}
        if self.explain:
            shown["score_breakdown"] = {k: round(v, 6) for k, v in hit.parts.items()}
            shown |= self.feedback.get(hit.record.id, {})
        return shown


@dataclass(frozen=True, slots=True)
class Block:
    """A prompt-ready text inside a token budget, and the hits that made it in."""

    text: str
    tokens: int
    counted_by: str
    hits: Hits

    def wire(self) -> Wire:
        """The hits' JSON with `context`, `tokens` and the tokenizer that counted them."""
        return {
            "context": self.text,
            "tokens": self.tokens,
            "counted_by": self.counted_by,
            **self.hits.wire(),
        }


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the memories that match, how many match in all, and where the next page starts.

    `count` is None below a cursor; `more` tells that there are more than were counted.
    """

    records: Sequence[Record]
    count: int | None
    now: int
    cursor: str | None = None
    warnings: Sequence[str] = ()
    more: bool = False

    def wire(self) -> Wire:
        """`count` and `results`; `api` adds `next` and `previous`."""
        return {
            "count": self.count,
            "count_exact": self.count is not None and not self.more,
            "results": [memory_wire(record, self.now) for record in self.records],
            "cursor": self.cursor,
            "warnings": list(self.warnings),
        }
