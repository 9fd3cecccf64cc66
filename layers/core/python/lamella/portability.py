"""All that is held on one owner, as lines: what `forget` would erase, and nothing it has erased.

Sessions come first, each with its state, notes, turns and working items, then what lies with the
owner. A line is a JSON object with a `type`; what has expired or is forgotten is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from lamella import keys
from lamella.clock import iso
from lamella.consent import answers
from lamella.inflight import DONE, InFlight
from lamella.models import Record, Turn
from lamella.ports import Get, Item, Query, Table
from lamella.reach import sessions_of
from lamella.results import Wire, entry_wire, memory_wire
from lamella.scopes import Scope
from lamella.sessions import Session
from lamella.values import dataclass
from lamella.working import Working

CHUNK = 100

TYPES = frozenset(
    {
        *("session", "turn", "note", "working", "attention"),
        *("memory", "history", "feedback", "relation", "pending", "consent"),
    }
)
"""What a line may be."""

OF_THE_MOMENT = frozenset({"age_seconds", "expires_in_seconds"})

Place = tuple[str, ...]
"""Where a walk is: () before it begins, a session's id and sk, or an sk of the owner's."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look at an owner: when, what is forgotten, and the session that is being read."""

    now: int
    cutoff: int
    session: Session | None = None

    def shows(self, body: Mapping[str, Any]) -> bool:
        """Whether an item is neither forgotten nor expired, nor of a session's earlier life."""
        at = next((body[name] for name in ("captured_at", "at", "last_at") if name in body), 0)
        if at <= self.cutoff or (body.get("expires_at") or self.now + 1) <= self.now:
            return False
        return self.session is None or self.session.shows(at, self.now)


class Holdings:
    """Walks an owner's partitions, item by item, from any place."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(
        self, org: str, owner: str, place: Place, now: int
    ) -> Iterator[tuple[Place, list[Wire]]]:
        """The lines after `place`, each group with the place behind it."""
        [tombstone] = self._table.read([Get(keys.tombstone(org, owner))])
        seen = Seen(now, tombstone.first.body["cutoff"] if tombstone.first else -1)
        if len(place) != 1:
            yield from self._sessions(org, owner, place, seen)
        yield from self._owned(org, owner, place[0] if len(place) == 1 else None, seen)

    def _sessions(
        self, org: str, owner: str, place: Place, seen: Seen
    ) -> Iterator[tuple[Place, list[Wire]]]:
        at, after = place or ("", None)
        every = sorted({"", *sessions_of(self._table, org, owner)})
        names = [name for name in every if name >= at]
        metas = self._table.read([Get(keys.meta(org, owner, name)) for name in names])
        for session, meta in zip(names, metas, strict=True):
            life = Session.from_body(meta.first.body) if meta.first else None
            if life is not None and not life.alive(seen.now):
                continue
            view = Seen(seen.now, seen.cutoff, life)
            pk = keys.session_pk(org, owner, session)
            for item in self._items(pk, after if session == at else None):
                lines = _of_session(item, view) if view.shows(item.body) else []
                if lines:
                    yield (session, item.key.sk), [_lasting(line) for line in lines]

    def _owned(
        self, org: str, owner: str, after: str | None, seen: Seen
    ) -> Iterator[tuple[Place, list[Wire]]]:
        items = self._items(keys.owner_pk(org, owner), after)
        while chunk := list(islice(items, CHUNK)):
            ended = self._ended(chunk, seen.now)
            for item in chunk:
                line = _LINES.get(_kind(item))
                if line and item.key.sk not in ended and seen.shows(item.body):
                    yield (item.key.sk,), [_lasting(told) for told in line(item, seen)]

    def _ended(self, chunk: Sequence[Item], now: int) -> set[str]:
        """The entries of histories whose memory had expired by its last one."""
        entries = [item for item in chunk if _kind(item) == keys.HISTORY]
        ids = list(dict.fromkeys(item.body["memory_id"] for item in entries))
        pages = self._table.read(
            [Query(entries[0].key.pk, keys.history_prefix(id), True, limit=1) for id in ids]
        )
        last = {id: page.first for id, page in zip(ids, pages, strict=True)}
        return {
            item.key.sk
            for item in entries
            if (newest := last[item.body["memory_id"]])
            and Record.from_body(newest.body["record"]).expired(now)
        }

    def _items(self, pk: str, after: str | None) -> Iterator[Item]:
        while True:
            [page] = self._table.read([Query(pk, after=after, limit=CHUNK)])
            yield from page.items
            if not page.more:
                return
            after = page.items[-1].key.sk


def _lasting(line: Wire) -> Wire:
    """Without what is only true at the moment."""
    return {name: value for name, value in line.items() if name not in OF_THE_MOMENT}


def _of_session(item: Item, seen: Seen) -> list[Wire]:
    body, sk = item.body, item.key.sk
    if sk == keys.META:
        return [{"type": "session", **Session.from_body(body).wire(seen.now)}]
    if sk.startswith(keys.TURNS):
        beside = {name: body.get(name) for name in Scope.__slots__}
        beside["expires_at"] = iso(body["expires_at"])
        return [_turn(turn, beside) for turn in body["turns"]]
    if sk.startswith(keys.NOTES):
        return [_note(Record.from_body(body), seen.session, seen.now)] if seen.session else []
    working = Working.from_body(body)
    ids = {"session_id": working.session_id}
    return [{"type": str(working.kind), **ids, **working.wire(seen.now)}]


def _note(note: Record, session: Session, now: int) -> Wire:
    ends = min(session.expires_at, note.expires_at or session.expires_at)
    return {"type": "note", **memory_wire(replace(note, expires_at=ends), now)}


def _turn(told: Mapping[str, Any], beside: Wire) -> Wire:
    turn = Turn.from_body(told)
    return {
        "type": "turn",
        "id": turn.id,
        "role": turn.role,
        "name": turn.name,
        "content": turn.text,
        "said_at": iso(turn.said_at),
        "captured_at": iso(turn.captured_at),
        **beside,
    }


def _kind(item: Item) -> str:
    sk = item.key.sk
    return next((prefix for prefix in _LINES if sk.startswith(prefix)), "")


def _history(item: Item, seen: Seen) -> list[Wire]:
    return [{"type": "history", **entry_wire(item.body)}]


def _memory(item: Item, seen: Seen) -> list[Wire]:
    return [{"type": "memory", **memory_wire(Record.from_body(item.body), seen.now)}]


def _feedback(item: Item, seen: Seen) -> list[Wire]:
    memory_id = keys.split(item.key.sk)[1]
    told = {name: item.body.get(name) for name in ("feedback", "feedback_reason")}
    return [{"type": "feedback", "memory_id": memory_id, **told, "at": iso(item.body["at"])}]


def _relation(item: Item, seen: Seen) -> list[Wire]:
    names = ("subject", "predicate", "object", "memory_id")
    told = {name: item.body[name] for name in names}
    return [{"type": "relation", **told, "said_at": iso(item.body["said_at"])}]


def _pending(item: Item, seen: Seen) -> list[Wire]:
    """What promotion hasn't read yet, or gave up on."""
    call = InFlight.from_body(item.body)
    if call.state == DONE or call.over(seen.now):
        return []
    ids = {**call.scope.ids, "metadata": dict(call.metadata) or None, "state": call.state}
    return [{**_turn(turn, ids), "type": "pending"} for turn in call.turns]


def _consent(item: Item, seen: Seen) -> list[Wire]:
    purpose = keys.split(item.key.sk)[-1]
    return [{"type": "consent", "purpose": purpose, **one} for one in answers(item)]


_LINES: Mapping[str, Callable[[Item, Seen], list[Wire]]] = {
    keys.HISTORY: _history,
    keys.FEEDBACK: _feedback,
    keys.RELATIONS: _relation,
    keys.MEMORIES: _memory,
    keys.IN_FLIGHT: _pending,
    f"{keys.CONTROLS}C#": _consent,
}
