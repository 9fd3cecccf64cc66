"""How long does retrieval work in our own code, stage by stage, for 150 candidates?

`python -m benchmarks.stages [--queries 200] [--candidates 150]`

A made-up user's sessions go through the whole pipeline; then every question gets so many of the
index's candidates. What engines take (the embedding, the index, the table) is timed apart, and so
is each pure module that the use case calls. The rest is the use case itself. Milliseconds are those
of the processor that the asking thread had, so that a busy machine changes them little.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from inspect import isfunction
from random import Random
from typing import Any

import lamella.retrieve as use_case
from benchmarks import corpus
from benchmarks.figures import p50, p95, result, show
from benchmarks.pipeline import Lamella, opened
from lamella.clock import MINUTE, system_clock
from lamella.ports import Answer, Index, Search
from lamella.requests import ContextRequest, SearchRequest
from lamella.service import LOCAL_ORG, Engines, Service

AIM = 2.0
"""Milliseconds of our own code, the median of a question."""

SESSIONS, TURNS, WARM_UP = 40, 12, 10
USER = "alex"
ENGINES = ("table", "index", "embedder")
USE_CASE, TOKENIZER = "use case", "counting tokens"
PURE = ("ranking", "selection", "passages", "context", "text", "filters", "vectors")


class Stopwatch:
    """Adds up where each question's time goes; what runs inside another stage is not its own."""

    def __init__(self) -> None:
        self.questions: list[dict[str, float]] = []
        self._inner = [0.0]

    @contextmanager
    def question(self) -> Iterator[None]:
        """Time one question."""
        self.questions.append({})
        with self.stage(USE_CASE):
            yield

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time spent in here, but for stages inside it."""
        began = time.thread_time()
        self._inner.append(0.0)
        try:
            yield
        finally:
            took = (time.thread_time() - began) * 1000
            spent = self.questions[-1]
            spent[name] = spent.get(name, 0.0) + took - self._inner.pop()
            self._inner[-1] += took

    def times(self, *names: str) -> list[float]:
        """The milliseconds of each question in these stages."""
        return [sum(spent.get(name, 0.0) for name in names) for spent in self.questions[WARM_UP:]]

    @property
    def stages(self) -> list[str]:
        """Every stage of our own code that was seen."""
        seen = dict.fromkeys(name for spent in self.questions for name in spent)
        return [name for name in seen if name not in ENGINES]

    def watched(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, as stage `name`."""

        @wraps(function)
        def timed(*given: Any, **named: Any) -> Any:
            with self.stage(name):
                return function(*given, **named)

        return timed


class Watched:
    """An engine whose methods are a stage."""

    def __init__(self, engine: Any, watch: Stopwatch, name: str, **others: str) -> None:
        self._engine, self._watch, self._name, self._others = engine, watch, name, others

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        stage = self._others.get(name, self._name)
        return self._watch.watched(stage, found) if callable(found) else found


class Cut:
    """An Index that answers with exactly so many candidates."""

    def __init__(self, index: Index, candidates: int) -> None:
        self._index, self._candidates = index, candidates
        self.apply, self.list, self.close = index.apply, index.list, index.close

    def search(self, query: Search) -> Answer:
        """See `ports.Index`."""
        answer = self._index.search(replace(query, limit=self._candidates))
        if len(answer.found) < self._candidates:
            raise AssertionError(f"{len(answer.found)} candidates: tell more")
        return replace(answer, found=answer.found[: self._candidates])


def tell(lamella: Lamella) -> None:
    """A user's sessions, promoted."""
    random = Random(7)
    for number in range(SESSIONS):
        said = [corpus.memory(random) for _ in range(TURNS)]
        lamella.memory.add(said, user_id=USER, session_id=f"s{number}")
        lamella.memory.close(f"s{number}", user_id=USER)
        lamella.memory.flush(user_id=USER)
    lamella.service.engines.table.tidy(system_clock() + MINUTE)


def watched_service(service: Service, watch: Stopwatch, candidates: int) -> Service:
    """The same engines, each timed."""
    engines = service.engines
    return Service(
        Engines(
            Watched(engines.table, watch, "table"),
            Watched(Cut(engines.index, candidates), watch, "index"),
            Watched(engines.embedder, watch, "embedder", count=TOKENIZER),
            engines.extractor,
            engines.bus,
        ),
        readers=service._readers,
    )


def watch_pure_modules(watch: Stopwatch) -> None:
    """Time what the use case calls of the pure modules, under their names."""
    for name, found in vars(use_case).copy().items():
        module = getattr(found, "__module__", "").removeprefix("lamella.")
        if isfunction(found) and module in PURE:
            setattr(use_case, name, watch.watched(module, found))


def run(queries: int, candidates: int) -> dict[str, Stopwatch]:
    """Search and context, each with a stopwatch of its own."""
    found: dict[str, Stopwatch] = {}
    asked = corpus.questions(Random(11), queries + WARM_UP)
    with opened() as lamella:
        tell(lamella)
        for name, parse in (("search", SearchRequest.parse), ("context", ContextRequest.parse)):
            watch = found[name] = Stopwatch()
            names = {n: f for n, f in vars(use_case).items() if isfunction(f)}
            watch_pure_modules(watch)
            retrieve = watched_service(lamella.service, watch, candidates).retrieve
            call: Callable[..., object] = getattr(retrieve, name)
            for query in asked:
                with watch.question():
                    call(LOCAL_ORG, parse({"query": query, "user_id": USER}))
            vars(use_case).update(names)
    return found


def report(found: dict[str, Stopwatch], candidates: int) -> None:
    """Print the table and the RESULT line."""
    stages = dict.fromkeys(name for watch in found.values() for name in watch.stages)
    rows: list[list[object]] = [[name, *_figures(found, [name])] for name in stages]
    rows.append(["our own code, in all", *_figures(found, list(stages))])
    rows += [[f"({name})", *_figures(found, [name])] for name in ENGINES]
    columns = ["stage", *(f"{name} {share}" for name in found for share in ("p50", "p95"))]
    show(
        f"Retrieval of {candidates} candidates, milliseconds of processor time (aim: {AIM:.0f})",
        columns,
        rows,
    )
    result(**{f"own_{name}_p50": p50(watch.times(*stages)) for name, watch in found.items()})


def _figures(found: dict[str, Stopwatch], names: Sequence[str]) -> list[float]:
    return [share(watch.times(*names)) for watch in found.values() for share in (p50, p95)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Retrieval, stage by stage.")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--candidates", type=int, default=150)
    asked = parser.parse_args()
    report(run(asked.queries, asked.candidates), asked.candidates)


if __name__ == "__main__":
    main()
