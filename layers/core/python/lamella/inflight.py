"""The in-flight item: one call's text (or one change to a memory) until promotion has finished it.

It is at once the outbox, which the sweep finds by its mark, and the overlay, which retrieve lays
over what the index says. A finished item stays a moment as `done`, naming its successors, because
reading the owner's work and committing it are not atomic against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Self

from lamella import keys
from lamella.models import Record, Stored, Turn
from lamella.ports import Condition, Is, Item, Key, Mark, Present, Put, Update
from lamella.scopes import Scope
from lamella.values import dataclass

DUE, DONE, PARKED = "due", "done", "parked"


@dataclass(frozen=True, slots=True)
class InFlight(Stored):
    """Unfinished work of one owner: `turns` to read, a `memory` to project, or a session to end.

    `ends` is "close" (promote, summarize, remove), "clear" (only remove) or "idle" (summarize),
    for what was captured up to `cutoff`. `guidance` is what a call asks promotion to keep.
    """

    id: str
    org: str
    owner: str
    captured_at: int
    event: str = ""
    user_id: str | None = None
    agent_id: str | None = None
    app_id: str | None = None
    session_id: str | None = None
    turns: tuple[Mapping[str, Any], ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)
    guidance: Mapping[str, Any] = field(default_factory=dict)
    layer: str | None = None
    expires_at: int | None = None
    immutable: bool = False
    urgent: bool = False
    memory: Mapping[str, Any] | None = None
    removed: bool = False
    embedding: str | None = None
    model: str | None = None
    ends: str | None = None
    cutoff: int = 0
    state: str = DUE
    attempts: int = 0
    due_at: int = 0
    done_at: int | None = None
    successors: tuple[str, ...] = ()
    reason: str | None = None

    @classmethod
    def of_memory(cls, id: str, org: str, record: Record, now: int, removed: bool = False) -> Self:
        """The outbox entry for one change of `record`, carrying its present text as overlay."""
        ids = record.scope
        return cls(
            id=id,
            org=org,
            owner=record.owner,
            captured_at=now,
            user_id=ids.user_id,
            agent_id=ids.agent_id,
            app_id=ids.app_id,
            session_id=ids.session_id,
            memory=record.body(),
            removed=removed,
            due_at=now,
        )

    @property
    def key(self) -> Key:
        """Where it lies in the owner's partition."""
        return keys.in_flight(self.org, self.owner, self.id)

    @property
    def scope(self) -> Scope:
        """The ids the call named."""
        return Scope(self.user_id, self.agent_id, self.app_id, self.session_id)

    @property
    def record(self) -> Record:
        """The changed memory, of an item that carries one."""
        return Record.from_body(self.memory or {})

    @property
    def spoken(self) -> list[Turn]:
        """The turns of an item that carries a call."""
        return [Turn.from_body(turn) for turn in self.turns]

    def over(self, now: int) -> bool:
        """Whether the caller's own expiry has ended what it captured."""
        return self.expires_at is not None and self.expires_at <= now

    def put(self) -> Put:
        """Write it as new, findable by the sweep."""
        return Put(Item(self.key, self.body(), mark=self._mark(self.due_at)))

    def finish(
        self,
        now: int,
        grace: int,
        successors: tuple[str, ...] = (),
        only_if: Condition | None = None,
        embedded: Record | None = None,
    ) -> Update:
        """Mark it done; it may be purged once `grace` has passed.

        Until then a projected memory's vector stays with it: the index may have answered before.
        """
        fields: dict[str, Any] = {"state": DONE, "done_at": now, "successors": list(successors)}
        if embedded is not None:
            fields |= {"embedding": embedded.embedding, "model": embedded.model}
        return Update(self.key, fields, only_if or Present(), mark=None, ttl=now + grace)

    def end(self, now: int) -> Update:
        """Let its call expire: shown no more, and finished by promotion without being read."""
        return Update(self.key, {"expires_at": now}, Is("state", DUE))

    def postpone(self, due_at: int) -> Update:
        """Count a failed attempt and let the sweep find it again at `due_at`."""
        fields = {"attempts": self.attempts + 1, "due_at": due_at}
        return Update(self.key, fields, Is("state", DUE), mark=self._mark(due_at))

    def park(self, reason: str, now: int) -> Update:
        """Set it aside after too many attempts; `reason` names an error type, never text.

        The sweep finds it no more; whoever governs does.
        """
        fields = {"state": PARKED, "reason": reason}
        aside = Mark(keys.parked_bucket(self.org), now)
        return Update(self.key, fields, Is("state", DUE), mark=aside)

    def redrive(self, now: int) -> Update:
        """Let promotion try it again, as if for the first time."""
        fields = {"state": DUE, "reason": None, "attempts": 0, "due_at": now}
        return Update(self.key, fields, Is("state", PARKED), mark=self._mark(now))

    def _mark(self, at: int) -> Mark:
        return Mark(keys.due_bucket(self.org, self.owner), at)
