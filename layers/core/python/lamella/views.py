"""Looking into a session, and at how what an owner knows hangs together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lamella import conversation, keys
from lamella.clock import Clock, iso
from lamella.errors import NotFound
from lamella.models import Record
from lamella.ports import Get, Item, Query, Table
from lamella.results import Wire, memory_wire
from lamella.sessions import Session
from lamella.working import Working

if TYPE_CHECKING:
    from lamella.requests import RelationsRequest, SessionRequest

MAX_SESSIONS = 200
MAX_RELATIONS = 1_000


class Views:
    """Reads a session's content, an owner's sessions and relations."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def session(self, org: str, call: SessionRequest) -> Wire:
        """A live session with its turns in order, notes, working items and focus.

        Raises NotFound where no such session is open.
        """
        now, scope = self._clock(), call.scope
        tombstone, *pages = self._table.read(
            [
                Get(keys.tombstone(org, scope.owner)),
                *conversation.reads(org, scope.owner, scope.session),
            ]
        )
        cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
        seen = conversation.visible(scope.owner, pages, cutoff, now)
        if seen.meta is None:
            raise NotFound(f"no session {scope.session} is open for {scope.owner[2:]}")
        return {
            **seen.meta.wire(now),
            "turns": [memory_wire(turn, now) for turn in reversed(seen.turns)],
            "notes": [memory_wire(note, now) for note in seen.notes if note.valid_to is None],
            "working": {item.key: item.wire(now) for item in seen.working},
            "attention": _focus(seen.attention, now),
        }

    def sessions(self, org: str, call: SessionRequest) -> Wire:
        """The owner's open sessions, the one spoken in last first."""
        now, owner = self._clock(), call.scope.owner
        pk = keys.owner_pk(org, owner)
        page, tombstone = self._table.read(
            [Query(pk, keys.SESSIONS, limit=MAX_SESSIONS), Get(keys.tombstone(org, owner))]
        )
        cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
        names = [item.body["session_id"] for item in page.items]
        metas = self._table.read([Get(keys.meta(org, owner, name)) for name in names])
        found = [Session.from_body(meta.first.body) for meta in metas if meta.first]
        open_ones = [one for one in found if one.alive(now) and one.last_at > cutoff]
        shown = sorted(open_ones, key=lambda session: -session.last_at)
        return {"results": [session.wire(now) for session in shown], "more": page.more}

    def relations(self, org: str, call: RelationsRequest) -> Wire:
        """Subject, predicate, object and the memory that says so; around `entity` if given."""
        now, owner = self._clock(), call.scope.owner
        pk = keys.owner_pk(org, owner)
        found, tombstone = self._table.read(
            [
                Query(pk, keys.RELATIONS, limit=MAX_RELATIONS),
                Get(keys.tombstone(org, owner)),
            ]
        )
        cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
        told = [dict(item.body) for item in found.items]
        stated = self._table.read([Get(keys.memory(org, owner, one["memory_id"])) for one in told])
        shown = [
            one
            for one, memory in zip(told, stated, strict=True)
            if one["captured_at"] > cutoff and _states(memory.first, one, now)
        ]
        return {
            "results": [
                {**relation, "said_at": iso(relation["said_at"])}
                for relation in shown
                if call.entity is None or _touches(relation, call.entity)
            ],
            "more": found.more,
        }


def _states(memory: Item | None, relation: dict[str, Any], now: int) -> bool:
    """Whether the memory is current and still says so."""
    record = Record.from_body(memory.body) if memory else None
    triple = (relation["subject"], relation["predicate"], relation["object"])
    return record is not None and record.current(now) and record.triple == triple


def _touches(relation: dict[str, Any], entity: str) -> bool:
    wanted = entity.casefold()
    return wanted in (str(relation["subject"]).casefold(), str(relation["object"]).casefold())


def _focus(item: Working | None, now: int) -> Wire | None:
    return item.wire(now) if item else None
