"""Retrieve: all layers in one round of parallel reads, scored by one ranking, told by layer."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import TYPE_CHECKING

from lamella import feedback
from lamella.clock import Clock
from lamella.context import packed, told
from lamella.embedding import embedded_text
from lamella.errors import Throttled, Unavailable
from lamella.filters import matches
from lamella.models import Record
from lamella.passages import opened
from lamella.ports import Embedder, Index, Search, Statistics, Table, Vector
from lamella.ranking import Candidate, Question, rank
from lamella.reach import EVENTUAL, Reach, reach
from lamella.results import Block, Hit, Hits, Wire
from lamella.scopes import Layer
from lamella.selection import best_of_each, presented, select
from lamella.settings import Settings
from lamella.sight import Look, Sight
from lamella.text import content_words, names, tokens
from lamella.values import dataclass
from lamella.vectors import cosine, unpack
from lamella.views import Views
from lamella.weights import Weights
from lamella.when import windows
from lamella.whose import after_answers

if TYPE_CHECKING:
    from lamella.requests import ContextRequest, RelationsRequest, SearchRequest, SessionRequest

CANDIDATES = 20
"""By vector, and again by words. With 50 the ten best are hardly better (recall on LoCoMo 76.2
instead of 75.5 %), and a search takes a sixth longer."""

FOR_A_CONTEXT = 150
"""Of each, where a budget and not a number bounds the answer: a line may stand in it because of
what stands beside it, and that has to be found, too."""

EMBEDDED_ON_THE_FLY = 32


class Retrieve:
    """The use case behind `search`, `context` and looking into sessions. It writes nothing."""

    def __init__(
        self,
        table: Table,
        index: Index,
        embedder: Embedder,
        pool: Executor,
        views: Views,
        settings: Settings,
        clock: Clock,
        weights: Weights = Weights(),  # noqa: B008 - frozen
    ) -> None:
        self._table = table
        self._embedder = embedder
        self._views = views
        self._settings = settings
        self._clock = clock
        self._weights = weights
        self._look = Look(table, index, embedder, pool, settings.deadline)

    def search(self, org: str, call: SearchRequest) -> Hits:
        """The memories that help with `call.query`, best of every layer the caller may see.

        With the index or the embedder away the answer is `degraded`, and says by what.
        """
        view = self._view(org, call, max(CANDIDATES, call.top_k))
        ranked = rank(view.candidates, view.question, view.statistics, self._weights)
        chosen = select(ranked, self._threshold(call), call.top_k, view.waiting, call.strict)
        return self._hits(org, call, view, [Hit(o.record, o.score, o.parts) for o in chosen])

    def context(self, org: str, call: ContextRequest) -> Block:
        """What helps with `call.query`, line by line, in one text of at most `call.tokens` tokens.

        Its hits are the memories that the text tells of.
        """
        view = self._view(org, call, max(FOR_A_CONTEXT, call.top_k))
        lines = opened(view.candidates, self._embedder.model)
        ranked = rank(lines, view.question, view.statistics, self._weights, company=True)
        best = best_of_each(ranked)
        chosen = select(best, self._threshold(call), call.top_k, view.waiting, call.strict)
        ids = {one.record.id for one in chosen}
        passages = [one for one in ranked if one.record.id in ids]
        block = packed(passages, call.tokens, self._embedder)
        hits = self._hits(org, call, view, told(block.passages))
        return Block(block.text, block.tokens, self._embedder.model, hits)

    def _hits(self, org: str, call: SearchRequest, view: _View, found: Sequence[Hit]) -> Hits:
        by_layer = call.rank == "layer" or (call.rank is None and not call.strict)
        explained = [hit.record for hit in found] if call.explain else []
        return Hits(
            presented(found, by_layer),
            view.now,
            call.explain,
            view.degraded,
            (*call.warnings, *([EVENTUAL] if view.eventual else [])),
            feedback.given(self._table, org, explained),
        )

    def _view(self, org: str, call: SearchRequest, candidates: int) -> _View:
        now = self._clock()
        where = reach(self._table, org, call)
        wanted = self._wanted(org, call, where, now, candidates)
        sight = self._look.look(call.query, wanted, where)
        records, waiting = _visible(sight, call, where, now, self._settings.clock_skew)
        found = self._candidates(records, waiting, sight)
        return _View(
            now=now,
            candidates=found,
            waiting=waiting,
            question=_question(call, now, wanted.words, found),
            statistics=sight.answer.statistics,
            degraded=sight.degraded,
            eventual=where.owners is None,
        )

    def _threshold(self, call: SearchRequest) -> float:
        return self._settings.threshold if call.threshold is None else call.threshold

    def session(self, org: str, call: SessionRequest) -> Wire:
        """A live session's content. Raises NotFound."""
        return self._views.session(org, call)

    def sessions(self, org: str, call: SessionRequest) -> Wire:
        """An owner's open sessions."""
        return self._views.sessions(org, call)

    def relations(self, org: str, call: RelationsRequest) -> Wire:
        """How what an owner knows hangs together."""
        return self._views.relations(org, call)

    def _wanted(
        self, org: str, call: SearchRequest, where: Reach, now: int, candidates: int
    ) -> Search:
        return Search(
            org=org,
            owners=where.owners,
            words=content_words(call.query),
            vector=None,
            now=now,
            where=where.where,
            limit=candidates,
            superseded=call.superseded or call.as_of is not None,
        )

    def _candidates(
        self, records: Sequence[Record], waiting: Sequence[str], sight: Sight
    ) -> list[Candidate]:
        """Each record with its cosine: the index's, its own vector's, or one made now."""
        if sight.vector is None:
            return [Candidate(record, None) for record in records]
        known = {
            one.record.id: (one.record.version, one.cosine)
            for one in sight.answer.found
            if one.cosine is not None
        }
        cosines: dict[str, float | None] = {}
        bare: list[Record] = []
        for record in records:
            version, measured = known.get(record.id, (None, None))
            if version == record.version:
                cosines[record.id] = measured
            elif record.embedding is not None and record.model == self._embedder.model:
                cosines[record.id] = cosine(unpack(record.embedding), sight.vector)
            elif record.id in waiting or record.layer != Layer.CONVERSATION:
                bare.append(record)
        newest = sorted(bare, key=lambda record: record.updated_at)[-EMBEDDED_ON_THE_FLY:]
        cosines |= self._measured(newest, sight.vector)
        return [Candidate(record, cosines.get(record.id)) for record in records]

    def _measured(self, records: Sequence[Record], vector: Vector) -> dict[str, float | None]:
        if not records:
            return {}
        try:
            made = self._embedder.embed([embedded_text(record) for record in records])
        except (Unavailable, Throttled):
            return {}
        return {r.id: cosine(own, vector) for r, own in zip(records, made, strict=True)}


@dataclass(frozen=True, slots=True)
class _View:
    """What the caller may see that could help, and what it takes to rank it."""

    now: int
    candidates: Sequence[Candidate]
    waiting: Sequence[str]
    question: Question
    statistics: Statistics
    degraded: str | None
    eventual: bool


def _question(
    call: SearchRequest, now: int, words: Sequence[str], candidates: Sequence[Candidate]
) -> Question:
    """Known speakers leave the words and become a structured match; times are those of `now`."""
    asked = {name.casefold() for name in names(call.query)}
    speakers = {(one.record.speaker or "").casefold() for one in candidates}
    named = frozenset(asked & speakers)
    taken = {word for name in named for word in tokens(name)}
    left = tuple(word for word in words if word not in taken)
    times = windows(call.query, now if call.as_of is None else call.as_of)
    return Question(left, named, times, after_answers(call.query))


def _visible(
    sight: Sight, call: SearchRequest, where: Reach, now: int, skew: int
) -> tuple[list[Record], list[str]]:
    """Each memory once, in its newest form, as far as `call` may see it; and the unplaced turns."""
    indexed = [one.record for one in sight.answer.found if not sight.hides(one.record)]
    held = [record.id for record in indexed]
    fresh = sight.fresh(now)
    waiting = [turn for laid in sight.overlays for turn in laid.unplaced(held, now, skew)]
    spoken = [record for session in sight.sessions for record in session.records]
    if call.strict:
        spoken = _unquoted(spoken, [*indexed, *fresh]) if where.session else []
    each = {r.id: r for r in reversed([*indexed, *fresh, *waiting, *spoken])}
    shown = [record for record in each.values() if _wants(call, where, record, now)]
    ids = {record.id for record in shown}
    return shown, [turn.id for turn in waiting if turn.id in ids]


def _wants(call: SearchRequest, where: Reach, record: Record, now: int) -> bool:
    if record.expired(now) and not call.show_expired:
        return False
    if call.as_of is not None:
        if record.said_at > call.as_of:
            return False
        if record.valid_to is not None and record.valid_to <= call.as_of:
            return False
    elif record.valid_to is not None and not call.superseded:
        return False
    return where.admits(record) and matches(where.where, record)


def _unquoted(spoken: Sequence[Record], memories: Sequence[Record]) -> list[Record]:
    """Mem0's form answers memories: a turn that became one isn't answered beside it."""
    notes = [record for record in spoken if record.layer == Layer.SESSION]
    quoted = {source for memory in (*memories, *notes) for source in memory.sources}
    return [r for r in spoken if r.layer == Layer.SESSION or r.id not in quoted]
