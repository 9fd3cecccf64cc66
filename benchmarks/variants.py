"""Lamella's own retrieval with features left out: the same memories, asked with other weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import fields, replace
from functools import lru_cache

from benchmarks.asking import Ask
from benchmarks.pipeline import Lamella
from lamella.clock import system_clock
from lamella.engines.inprocess import AtOnce
from lamella.errors import Unavailable
from lamella.models import Record
from lamella.ports import Answer, Embedder, Found, Index, Search, Vector
from lamella.requests import ContextRequest
from lamella.retrieve import Retrieve
from lamella.service import LOCAL_ORG, Service
from lamella.views import Views
from lamella.weights import Weights

TOKENS_A_HIT = 10
"""Fewer than any line costs: so many hits are asked for that the budget is the only limit."""

TEXT_ALONE = ("dense", "keyword")


def through_the_client(lamella: Lamella) -> Ask:
    """Asks as an agent does: everything on, nothing remembered between two calls."""

    def ask(user: str, question: str, budget: int) -> Sequence[str]:
        block = lamella.memory.context(
            question, tokens=budget, top_k=hits_for(budget), user_id=user
        )
        if block["tokens"] > budget:
            raise AssertionError(f"{block['tokens']} tokens in a context of {budget}")
        lines: list[str] = block["context"].splitlines()
        return lines

    return ask


class Variants:
    """Asks one Lamella again and again; what its index answers is looked up once."""

    def __init__(self, service: Service) -> None:
        engines, settings = service.engines, service.settings
        self._service = service
        self._index = _Memoizing(engines.index)
        self._here = _Counting(engines.embedder)
        self._away = _Away(engines.embedder)
        self._pool: Executor = AtOnce()
        self._views = Views(engines.table, system_clock)
        self._settings = settings
        self.features: dict[str, None] = {}
        """The parts of the scores seen so far, in order."""

    def asking(self, weights: Weights, embedder_away: bool = False) -> Ask:
        """Retrieval by `weights`."""
        retrieve = Retrieve(
            table=self._service.engines.table,
            index=self._index,
            embedder=self._away if embedder_away else self._here,
            pool=self._pool,
            views=self._views,
            settings=self._settings,
            clock=system_clock,
            weights=weights,
        )

        def ask(user: str, question: str, budget: int) -> Sequence[str]:
            asked = {"query": question, "tokens": budget, "user_id": user}
            call = ContextRequest.parse({**asked, "top_k": hits_for(budget)})
            block = retrieve.context(LOCAL_ORG, call)
            for hit in block.hits.hits:
                self.features |= dict.fromkeys(hit.parts)
            return block.text.splitlines()

        return ask


def weightings(features: Sequence[str]) -> Iterator[tuple[str, Weights]]:
    """The rows of the ablation: alone, together, each other feature added, each left out.

    A feature is a part of a score that `Weights` has a field for.
    """
    weighed = {one.name for one in fields(Weights)}
    known = [name for name in features if name in weighed]
    others = [name for name in known if name not in TEXT_ALONE]
    yield "dense only", _only(known, "dense")
    yield "keywords only", _only(known, "keyword")
    yield "fusion", _only(known, *TEXT_ALONE)
    for name in others:
        yield f"fusion + {name}", _only(known, *TEXT_ALONE, name)
    for name in known:
        yield f"all but {name}", _only(known, *(kept for kept in known if kept != name))


def hits_for(budget: int) -> int:
    """How many hits to ask for."""
    return max(100, budget // TOKENS_A_HIT)


def _only(known: Sequence[str], *kept: str) -> Weights:
    silent: Mapping[str, float] = dict.fromkeys(set(known).difference(kept), 0.0)
    return replace(Weights(), **silent)  # type: ignore[arg-type]


class _Memoizing:
    """An Index that is asked the same questions, and answers each from the store once."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._answers: dict[tuple[object, ...], Answer] = {}
        self._records: dict[tuple[str, int], Record] = {}
        self.apply, self.list, self.close = index.apply, index.list, index.close

    def search(self, query: Search) -> Answer:
        """See `ports.Index`."""
        vector = query.vector.tobytes() if query.vector else None
        key = (query.owners, query.words, vector, query.limit, query.superseded)
        if key not in self._answers:
            answer = self._index.search(query)
            found = tuple(Found(self._shared(one.record), one.cosine) for one in answer.found)
            self._answers[key] = replace(answer, found=found)
        return self._answers[key]

    def _shared(self, record: Record) -> Record:
        return self._records.setdefault((record.id, record.version), record)


class _Counting:
    """An Embedder that counts a line's tokens once."""

    def __init__(self, embedder: Embedder) -> None:
        self.model, self.dimensions = embedder.model, embedder.dimensions
        self.count = lru_cache(1 << 20)(embedder.count)
        self.embed, self.embed_query = embedder.embed, embedder.embed_query


class _Away(_Counting):
    """An Embedder that counts, and makes no vectors."""

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder)
        self.embed, self.embed_query = _unavailable_all, _unavailable


def _unavailable(text: str) -> Vector:
    raise Unavailable("the embedder is left out")


def _unavailable_all(texts: Sequence[str]) -> list[Vector]:
    raise Unavailable("the embedder is left out")
