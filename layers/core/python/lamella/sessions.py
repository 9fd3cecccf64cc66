"""A session's life: META, its sliding expiry, its end by `close`, and the pointers that find it."""

from __future__ import annotations

from typing import Any

from lamella import keys
from lamella.clock import DAY, iso
from lamella.inflight import InFlight
from lamella.models import Stored
from lamella.ports import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Below,
    Commit,
    Condition,
    Is,
    Item,
    Mark,
    Put,
    Update,
)
from lamella.scopes import Scope
from lamella.settings import Settings
from lamella.values import dataclass

KEPT_AFTER_EXPIRY = 7 * DAY


@dataclass(frozen=True, slots=True)
class Session(Stored):
    """META of one session. Its `expires_at` is every note's; `closed_at` is a cutoff.

    `summarized_to` is the moment up to which its turns already live in episodes.
    """

    org: str
    owner: str
    session_id: str
    started_at: int
    last_at: int
    expires_at: int
    user_id: str | None = None
    agent_id: str | None = None
    app_id: str | None = None
    closed_at: int | None = None
    cleared: bool = False
    summarized_to: int = 0

    @property
    def scope(self) -> Scope:
        """The ids under which it was opened."""
        return Scope(self.user_id, self.agent_id, self.app_id, self.session_id)

    def alive(self, now: int) -> bool:
        """Whether it is neither expired nor closed."""
        return self.closed_at is None and self.expires_at > now

    def shows(self, captured_at: int, now: int) -> bool:
        """Whether something captured then belongs to the session's present life."""
        return self.alive(now) and captured_at >= self.started_at

    def wire(self, now: int) -> dict[str, Any]:
        """Its JSON form."""
        return {
            "session_id": self.session_id,
            "user_id": self.user_id,
            "agent_id": self.agent_id,
            "app_id": self.app_id,
            "started_at": iso(self.started_at),
            "last_at": iso(self.last_at),
            "expires_at": iso(self.expires_at),
            "expires_in_seconds": max(0, self.expires_at - now) // 1000,
            "closed_at": iso(self.closed_at) if self.closed_at else None,
        }


def touch(
    org: str, scope: Scope, now: int, settings: Settings, lifetime: int | None = None
) -> list[Commit]:
    """Keep the session alive, or start it anew: commits that stand independently, in any order.

    A living META is extended, a missing, expired or closed one is replaced; exactly one of those
    two commits is refused, so that one round of writes is enough.
    """
    if not scope.session_id:
        return []
    ends = now + (lifetime or settings.session_lifetime)
    fresh = _opened(org, scope, now, ends)
    meta = keys.meta(org, scope.owner, scope.session_id)
    ttl = ends + KEPT_AFTER_EXPIRY
    idle = Mark(keys.due_bucket(org, scope.owner), now + settings.session_idle)
    alive = AllOf((AtLeast("expires_at", now + 1), Is("closed_at", None)))
    ended = AnyOf((Absent(), Below("expires_at", now + 1)))
    extended = {"last_at": now, "expires_at": ends}
    return [
        (Update(meta, extended, alive, mark=idle, ttl=ttl),),
        (Put(Item(meta, fresh.body(), ttl=ttl, mark=idle), ended),),
        *pointers(org, scope, now, ttl),
    ]


def pointers(
    org: str, scope: Scope, now: int, ttl: int, only_if: Condition | None = None
) -> list[Commit]:
    """Owner → session and session → owner, each its own commit."""
    fields = {"last_at": now, "session_id": scope.session_id, "owner": scope.owner}
    places = (
        keys.session_pointer(org, scope.owner, scope.session),
        keys.session_owner(org, scope.session, scope.owner),
    )
    return [(Put(Item(place, fields, ttl=ttl), only_if),) for place in places]


def restore(call: InFlight, settings: Settings) -> list[Commit]:
    """META and pointers as `call` should have left them, had no crash come between."""
    if not call.session_id:
        return []
    ends = call.captured_at + settings.session_lifetime
    meta = keys.meta(call.org, call.owner, call.session_id)
    fresh = _opened(call.org, call.scope, call.captured_at, ends)
    ttl = ends + KEPT_AFTER_EXPIRY
    idle = Mark(keys.due_bucket(call.org, call.owner), call.captured_at + settings.session_idle)
    return [
        (Put(Item(meta, fresh.body(), ttl=ttl, mark=idle), Absent()),),
        *pointers(call.org, call.scope, call.captured_at, ttl, Absent()),
    ]


def _opened(org: str, scope: Scope, now: int, ends: int) -> Session:
    return Session(
        org,
        scope.owner,
        scope.session,
        started_at=now,
        last_at=now,
        expires_at=ends,
        user_id=scope.user_id,
        agent_id=scope.agent_id,
        app_id=scope.app_id,
    )
