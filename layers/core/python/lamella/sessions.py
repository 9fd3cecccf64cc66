"""A session's life: META, its sliding expiry, its end by `close`, and the pointers that find it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
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
    Refusal,
    Table,
    Update,
)
from lamella.scopes import Scope
from lamella.settings import Settings
from lamella.values import dataclass

KEPT_AFTER_EXPIRY = 7 * DAY


@dataclass(frozen=True, slots=True)
class Session(Stored):
    """META of one session. Its `expires_at` is every note's; `closed_at` is a cutoff.

    `summarized_to` is the moment up to which its turns already live in episodes. `ids` are those
    of the call that opened it, but for its own.
    """

    org: str
    owner: str
    session_id: str
    started_at: int
    last_at: int
    expires_at: int
    ids: Mapping[str, str] = field(default_factory=dict)
    closed_at: int | None = None
    cleared: bool = False
    summarized_to: int = 0

    @property
    def scope(self) -> Scope:
        """The ids under which it was opened."""
        return Scope(**self.ids, session_id=self.session_id)

    def alive(self, now: int) -> bool:
        """Whether it is neither expired nor closed."""
        return self.closed_at is None and self.expires_at > now

    def shows(self, captured_at: int, now: int) -> bool:
        """Whether something captured then belongs to the session's present life."""
        return self.alive(now) and captured_at >= self.started_at

    def wire(self, now: int) -> dict[str, Any]:
        """Its JSON form."""
        scope = self.scope
        return {
            "session_id": self.session_id,
            "user_id": scope.user_id,
            "agent_id": scope.agent_id,
            "app_id": scope.app_id,
            "started_at": iso(self.started_at),
            "last_at": iso(self.last_at),
            "expires_at": iso(self.expires_at),
            "expires_in_seconds": max(0, self.expires_at - now) // 1000,
            "closed_at": iso(self.closed_at) if self.closed_at else None,
        }


def touched(
    table: Table,
    commits: Sequence[Commit],
    org: str,
    scope: Scope,
    now: int,
    settings: Settings,
) -> list[Refusal | None]:
    """Write `commits`, and beside them keep the session alive, or open it; answers their outcomes.

    One round of writes, and a second where an id is used again whose session has ended.
    """
    told = table.write([*commits, *touch(org, scope, now, settings)])
    if any(told[len(commits) :]):
        table.write([_anew(org, scope, now, settings)])
    return told[: len(commits)]


def touch(org: str, scope: Scope, now: int, settings: Settings) -> list[Commit]:
    """What prolongs a living session, or opens a new one: commits that stand independently.

    The first of them is refused where the session has ended.
    """
    if not scope.session_id:
        return []
    fresh = _opened(org, scope, now, settings)
    slides = {"last_at": fresh.last_at, "expires_at": fresh.expires_at}
    stays = {name: value for name, value in fresh.body().items() if name not in slides}
    alive = AllOf((AtLeast("expires_at", now + 1), Is("closed_at", None)))
    meta, ttl = keys.meta(org, scope.owner, scope.session_id), _ttl(fresh)
    prolonged = Update(
        meta,
        slides,
        AnyOf((Absent(), alive)),
        mark=_idle(org, scope, now, settings),
        ttl=ttl,
        missing=stays,
    )
    return [(prolonged,), *pointers(org, scope, now, ttl)]


def _anew(org: str, scope: Scope, now: int, settings: Settings) -> Commit:
    """A session under the id of one that has ended, unless somebody else began one meanwhile."""
    fresh = _opened(org, scope, now, settings)
    idle = _idle(org, scope, now, settings)
    item = Item(keys.meta(org, scope.owner, scope.session), fresh.body(), _ttl(fresh), idle)
    return (Put(item, Below("expires_at", now + 1)),)


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
    org, scope, at = call.org, call.scope, call.captured_at
    fresh = _opened(org, scope, at, settings)
    meta, ttl = keys.meta(org, call.owner, call.session_id), _ttl(fresh)
    item = Item(meta, fresh.body(), ttl, _idle(org, scope, at, settings))
    return [(Put(item, Absent()),), *pointers(org, scope, at, ttl, Absent())]


def _opened(org: str, scope: Scope, now: int, settings: Settings) -> Session:
    return Session(
        org,
        scope.owner,
        scope.session,
        started_at=now,
        last_at=now,
        expires_at=now + settings.session_lifetime,
        ids={name: id for name, id in scope.ids.items() if id and name != "session_id"},
    )


def _ttl(session: Session) -> int:
    return session.expires_at + KEPT_AFTER_EXPIRY


def _idle(org: str, scope: Scope, now: int, settings: Settings) -> Mark:
    """Lets the sweep find it once nobody has spoken in it for a while."""
    return Mark(keys.due_bucket(org, scope.owner), now + settings.session_idle)
