"""What one session holds right now: its raw turns, notes, working items and focus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lamella import keys
from lamella.models import Record, Role, Turn
from lamella.ports import Get, Item, Page, Query, Read
from lamella.scopes import Scope
from lamella.sessions import Session
from lamella.values import dataclass
from lamella.working import Working, conversation_record

MAX_BLOCKS = 100
MAX_NOTES = 500
MAX_WORKING = 200
READS = 5


@dataclass(frozen=True, slots=True)
class Conversation:
    """A session's visible content, each part newest first. Without META nothing was opened."""

    meta: Session | None = None
    turns: tuple[Record, ...] = ()
    notes: tuple[Record, ...] = ()
    working: tuple[Working, ...] = ()
    attention: Working | None = None

    @property
    def records(self) -> list[Record]:
        """Everything as records, for ranking."""
        items = [*self.working, *([self.attention] if self.attention else [])]
        return [*self.notes, *(item.record() for item in items), *self.turns]

    def present(self, note: Record, now: int) -> Record | None:
        """`note`, read elsewhere, as this session shows it; None if it doesn't belong here."""
        meta = self.meta
        if meta is None or (note.owner, note.session_id) != (meta.owner, meta.session_id):
            return None
        if not meta.shows(note.captured_at, now):
            return None
        return _ending(note, meta.expires_at)


def reads(org: str, owner: str, session: str) -> list[Read]:
    """What must be read to see a session; `session` is "" for the turns of none."""
    pk = keys.session_pk(org, owner, session)
    return [
        Get(keys.meta(org, owner, session)),
        Query(pk, keys.TURNS, newest_first=True, limit=MAX_BLOCKS),
        Query(pk, keys.NOTES, newest_first=True, limit=MAX_NOTES),
        Query(pk, keys.WORKING, limit=MAX_WORKING),
        Get(keys.attention(org, owner, session)),
    ]


def visible(owner: str, pages: Sequence[Page], cutoff: int, now: int) -> Conversation:
    """The session out of those pages: not expired, not of an earlier life, not forgotten."""
    meta, turns, notes, working, attention = pages
    session = Session.from_body(meta.first.body) if meta.first else None
    life = _Life(session, cutoff, now)
    shown = _turns(owner, turns.items, life)
    newest = _newest_user_turn(turns.items)
    items = [Working.from_body(item.body) for item in (*working.items, *attention.items)]
    lasting = [
        item
        for item in items
        if life.shows(item.captured_at, item.expires_at)
        and not (item.fleeting and (item.captured_at, item.place) < newest)
    ]
    return Conversation(
        session if life.lasts else None,
        tuple(record for turn, record in shown if not _faded(turn, newest)),
        _notes(notes.items, life),
        tuple(item for item in lasting if item.kind == "working"),
        next((item for item in lasting if item.kind == "attention"), None),
    )


@dataclass(frozen=True, slots=True)
class _Life:
    session: Session | None
    cutoff: int
    now: int

    @property
    def lasts(self) -> bool:
        session = self.session
        return session is not None and session.alive(self.now) and session.last_at > self.cutoff

    def shows(self, captured_at: int, expires_at: int | None) -> bool:
        if captured_at <= self.cutoff or (expires_at is not None and expires_at <= self.now):
            return False
        return self.session is None or self.session.shows(captured_at, self.now)


def _turns(owner: str, blocks: Sequence[Item], life: _Life) -> list[tuple[Turn, Record]]:
    found: list[tuple[Turn, Record]] = []
    for block in blocks:
        body = block.body
        if not life.shows(body["captured_at"], body["expires_at"]):
            continue
        scope = Scope(*(body.get(name) for name in ("user_id", "agent_id", "app_id", "session_id")))
        for turn in reversed([Turn.from_body(turn) for turn in body["turns"]]):
            found.append((turn, _shown(owner, scope, turn, body["expires_at"])))
    return found


def _shown(owner: str, scope: Scope, turn: Turn, expires_at: int) -> Record:
    return conversation_record(
        id=turn.id,
        kind="history",
        text=turn.text,
        owner=owner,
        scope=scope,
        at=(turn.captured_at, turn.said_at),
        expires_at=expires_at,
        speaker=turn.name,
    )


def _notes(items: Sequence[Item], life: _Life) -> tuple[Record, ...]:
    """Notes live as long as their session; without META there is no session to live in."""
    if life.session is None:
        return ()
    ends = life.session.expires_at
    notes = [Record.from_body(item.body) for item in items]
    return tuple(
        _ending(note, ends) for note in notes if life.shows(note.captured_at, note.expires_at)
    )


def _ending(note: Record, session_ends: int) -> Record:
    return replace(note, expires_at=min(session_ends, note.expires_at or session_ends))


def _newest_user_turn(blocks: Sequence[Item]) -> tuple[int, int]:
    """Where it stands, visible or not: what it made fade doesn't come back when it expires."""
    turns = (Turn.from_body(turn) for block in blocks for turn in block.body["turns"])
    return max((_place(turn) for turn in turns if turn.role == Role.USER), default=(0, 0))


def _place(turn: Turn) -> tuple[int, int]:
    return turn.captured_at, int(turn.id.rpartition("-")[2])


def _faded(turn: Turn, newest_user_turn: tuple[int, int]) -> bool:
    return turn.fleeting and _place(turn) < newest_user_turn
