"""One round of parallel reads for a question, and what still answers when something is away."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from concurrent.futures import TimeoutError as Overdue
from dataclasses import replace

from lamella import conversation, keys, overlay
from lamella.conversation import Conversation
from lamella.errors import Throttled, Unavailable
from lamella.filters import matches
from lamella.models import Record
from lamella.overlay import UNFINISHED, Overlay
from lamella.ports import (
    Answer,
    Embedder,
    Found,
    Index,
    Query,
    Read,
    Search,
    Statistics,
    Table,
    Vector,
)
from lamella.reach import Reach
from lamella.scopes import ORG_OWNER, Layer
from lamella.values import dataclass
from lamella.vectors import cosine, unpack

OVERLAY_LIMIT = 1_000
SCANNED = 2_000

NO_INDEX = "the index is away: answered from the newest memories of the table"
NO_EMBEDDER = "the embedder is away: matched by words alone"
TOO_LATE = "the index did not answer in time: answered from the newest memories of the table"


@dataclass(frozen=True, slots=True)
class Sight:
    """What one round of reads saw: candidates, and each watched owner's own present."""

    answer: Answer
    vector: Vector | None
    overlays: tuple[Overlay, ...]
    sessions: tuple[Conversation, ...]
    degraded: str | None

    def hides(self, record: Record) -> bool:
        """Whether any overlay knows better than this copy of `record`."""
        return any([laid.hides(record) for laid in self.overlays])

    def fresh(self, now: int) -> list[Record]:
        """What the overlays hold: memories, and of notes only those of the sessions looked at."""
        laid = [
            record
            for one in self.overlays
            for record in one.memories.values()
            if not self.hides(record)
        ]
        notes = [record for record in laid if record.layer == Layer.SESSION]
        shown = [session.present(note, now) for session in self.sessions for note in notes]
        lasting = [record for record in laid if record.layer != Layer.SESSION]
        return [*lasting, *(note for note in shown if note is not None)]


class Look:
    """Asks the index and the table side by side."""

    def __init__(
        self, table: Table, index: Index, embedder: Embedder, pool: Executor, deadline: int
    ) -> None:
        self._table = table
        self._index = index
        self._embedder = embedder
        self._pool = pool
        self._deadline = deadline

    def look(self, text: str, wanted: Search, where: Reach) -> Sight:
        """The reads for `text`; `wanted` has everything but its vector."""
        asked = self._pool.submit(self._ask, text, wanted)
        overlays, sessions, cut_short = self._read(wanted, where)
        try:
            answer, vector, degraded = asked.result(self._deadline / 1000)
        except Overdue:
            answer, vector, degraded = None, None, TOO_LATE
        if answer is None:
            answer = self._scan(wanted, where, vector)
        return Sight(answer, vector, overlays, sessions, degraded or cut_short)

    def _ask(self, text: str, wanted: Search) -> tuple[Answer | None, Vector | None, str | None]:
        degraded: str | None = None
        vector: Vector | None = None
        try:
            vector = self._embedder.embed_query(text)
        except (Unavailable, Throttled):
            degraded = NO_EMBEDDER
        try:
            return self._index.search(replace(wanted, vector=vector)), vector, degraded
        except (Unavailable, Throttled):
            return None, vector, NO_INDEX

    def _read(
        self, wanted: Search, where: Reach
    ) -> tuple[tuple[Overlay, ...], tuple[Conversation, ...], str | None]:
        org, now = wanted.org, wanted.now
        reads: list[Read] = []
        for owner in where.watched:
            pk = keys.owner_pk(org, owner)
            reads.append(Query(pk, keys.OVERLAY, newest_first=True, limit=OVERLAY_LIMIT))
            reads += conversation.reads(org, owner, where.session)
        pages = self._table.read(reads) if reads else []
        overlays, sessions, cut_short = [], [], None
        each = 1 + conversation.READS
        for place, owner in enumerate(where.watched):
            work, *of_session = pages[place * each : (place + 1) * each]
            laid = overlay.read(owner, work.items, now)
            overlays.append(laid)
            sessions.append(conversation.visible(owner, of_session, laid.cutoff, now))
            cut_short = UNFINISHED if work.more else cut_short
        return tuple(overlays), tuple(sessions), cut_short

    def _scan(self, wanted: Search, where: Reach, vector: Vector | None) -> Answer:
        """Without the index: the newest 2,000 memories of each owner, straight from the table."""
        owners = wanted.owners or (*where.watched, ORG_OWNER)
        pages = self._table.read(
            [
                Query(keys.owner_pk(wanted.org, o), keys.MEMORIES, newest_first=True, limit=SCANNED)
                for o in owners
            ]
        )
        records = [Record.from_body(item.body) for page in pages for item in page.items]
        current = [r for r in records if r.current(wanted.now)]
        shown = [r for r in records if wanted.superseded or r.valid_to is None]
        found = [
            Found(record, _cosine(record, vector))
            for record in shown
            if not record.expired(wanted.now) and matches(wanted.where, record)
        ]
        return Answer(tuple(_nearest(found, wanted)), _statistics(current, wanted.words))


def _cosine(record: Record, vector: Vector | None) -> float | None:
    if vector is None or record.embedding is None:
        return None
    known = unpack(record.embedding)
    return cosine(known, vector) if len(known) == len(vector) else None


def _nearest(found: Sequence[Found], wanted: Search) -> list[Found]:
    """What the index would have answered: the nearest, and those with most of the words."""
    asked = set(wanted.words)
    by_vector = sorted(found, key=lambda one: -(one.cosine if one.cosine is not None else -2.0))
    worded = [one for one in found if asked & set(one.record.words)]
    by_words = sorted(worded, key=lambda one: -len(asked & set(one.record.words)))
    near = [one for one in by_vector if one.cosine is not None][: wanted.limit]
    return list({one.record.id: one for one in (*near, *by_words[: wanted.limit])}.values())


def _statistics(records: Sequence[Record], words: Sequence[str]) -> Statistics:
    held = [set(record.words) for record in records]
    frequency = {word: sum(word in one for one in held) for word in words}
    return Statistics(len(records), sum(len(record.words) for record in records), frequency)
