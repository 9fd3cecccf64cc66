"""How long does a search take, through the SDK in this process, beside its floor?

`python -m benchmarks.search [--sizes 1000 10000 100000] [--queries 200]`

The floor (see `floor`) and Lamella answer the same questions in turn, with the same memories,
1,000 an owner, in files of their own. Then Lamella answers others with a stopwatch on each port.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import corpus
from benchmarks.figures import p50, p95, result, show, timed
from benchmarks.floor import Floor
from lamella import Memory, changes
from lamella.api import Api
from lamella.client.transports import InProcess
from lamella.engines.onnx import Onnx
from lamella.engines.sqlite import SqliteIndex, SqliteTable
from lamella.ids import MonotonicIds
from lamella.local.model import model_folder
from lamella.models import Record
from lamella.ports import Upsert
from lamella.service import FILE, LOCAL, LOCAL_ORG, Engines, Service, open_local
from lamella.text import tokens
from lamella.vectors import pack

AN_OWNER = 1_000
BATCH = 1_000
ASKED_OWNERS = 10
SESSION = "today"
TOP_K = 10


@dataclass(slots=True)
class Measured:
    """Milliseconds of every question, of both sides, and of Lamella's steps."""

    floor: list[float]
    search: list[float]
    steps: dict[str, list[float]]

    @property
    def ratio(self) -> float:
        """How many times the floor a search takes."""
        return p50(self.search) / p50(self.floor)


def measure(size: int, queries: int, folder: Path) -> Measured:
    """Fill `folder` with `size` memories and ask."""
    model = model_folder("")
    embedder = Onnx(model)
    truth = folder / FILE
    fill_truth(truth, embedder, size)
    with Memory(data=str(folder)) as memory:
        owners = _talk(memory, size)
        floor = Floor(folder / "floor.db", truth, embedder)
        for batch in batches(size, embedder):
            floor.fill(batch)
        random = Random(size)
        asked = corpus.questions(random, 2 * queries + 2 * ASKED_OWNERS)
        measured = Measured([], [], {})
        for place, query in enumerate(asked[: queries + ASKED_OWNERS]):
            user = owners[place % len(owners)]
            warm = place >= ASKED_OWNERS
            with timed(measured.floor if warm else []):
                floor.search(query, LOCAL_ORG, f"u:{user}", SESSION, TOP_K)
            with timed(measured.search if warm else []):
                memory.search(query, user_id=user, session_id=SESSION, top_k=TOP_K)
        floor.close()
    measured.steps = steps(folder, asked[queries + ASKED_OWNERS :], owners)
    return measured


def steps(folder: Path, asked: list[str], owners: list[str]) -> dict[str, list[float]]:
    """Where the time of a search goes: a stopwatch on each port and around the use case."""
    found: dict[str, list[float]] = defaultdict(list)
    service = open_local(str(folder), background=False)
    engines = service.engines
    watched = Service(
        Engines(
            Watched(engines.table, {"read": found["table"]}),
            Watched(engines.index, {"search": found["index"]}),
            Watched(engines.embedder, {"embed_query": found["embed"], "embed": found["embed"]}),
            engines.extractor,
            engines.bus,
        )
    )
    watched.retrieve.search = Watched(watched.retrieve, {"search": found["use case"]}).search  # type: ignore[method-assign]
    memory = Memory(transport=InProcess(Api(watched), LOCAL))
    for place, query in enumerate(asked):
        with timed(found["whole"]):
            user = owners[place % len(owners)]
            memory.search(query, user_id=user, session_id=SESSION, top_k=TOP_K)
    watched.close()
    service.close()
    return {name: times[ASKED_OWNERS:] for name, times in found.items()}


class Watched:
    """An engine whose named methods append the milliseconds of each call to a list."""

    def __init__(self, engine: Any, lists: dict[str, list[float]]) -> None:
        self._engine = engine
        self._lists = lists

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._engine, name)
        if name not in self._lists:
            return found

        def watched(*given: Any) -> Any:
            with timed(self._lists[name]):
                return found(*given)

        return watched


def fill_truth(path: Path, embedder: Onnx, size: int) -> None:
    """Write the memories into the table and the index at `path`, straight through the ports."""
    table = SqliteTable(path)
    index = SqliteIndex(path, embedder.model, embedder.dimensions)
    for batch in batches(size, embedder):
        table.write([(changes.put_record(LOCAL_ORG, record, None),) for record in batch])
        index.apply([Upsert(LOCAL_ORG, record) for record in batch])
    index.close()
    table.close()


def batches(size: int, embedder: Onnx) -> Iterator[list[Record]]:
    """`size` memories with random vectors, the same every time, 1,000 an owner."""
    random, vectors = Random(size), np.random.default_rng(size)
    records = _records(random, embedder, vectors)
    while size > 0:
        yield list(islice(records, min(BATCH, size)))
        size -= BATCH


def _records(random: Random, embedder: Onnx, vectors: np.random.Generator) -> Iterator[Record]:
    ids, count = MonotonicIds(lambda: 1_750_000_000_000), 0
    while True:
        drawn = vectors.standard_normal(embedder.dimensions)
        text, user = corpus.memory(random), f"user-{count // AN_OWNER}"
        at = 1_750_000_000_000 + count * 60_000
        yield Record(
            id=ids(), owner=f"u:{user}", layer="user", kind="factual", text=text, user_id=user,
            created_at=at, updated_at=at, said_at=at, captured_at=at, version=at,
            words=tuple(tokens(text)), speaker=text.partition(" ")[0], session_id="earlier",
            sources=(f"{count}-0",), guard=f"{count:064x}", model=embedder.model,
            embedding=pack(drawn / np.linalg.norm(drawn)),
        )  # fmt: skip
        count += 1


def _talk(memory: Memory, size: int) -> list[str]:
    """Open a session for some owners, so that a search has turns and receipts to read."""
    spread = max(1, size // AN_OWNER // ASKED_OWNERS)
    owners = [f"user-{n}" for n in range(0, max(1, size // AN_OWNER), spread)][:ASKED_OWNERS]
    random = Random(size)
    for user in owners:
        said = [corpus.memory(random) for _ in range(6)]
        memory.add(said, user_id=user, session_id=SESSION)
    memory.flush()
    return owners


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Search beside its floor.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--queries", type=int, default=200)
    asked = parser.parse_args()
    rows, figures = [], {}
    for size in asked.sizes:
        with TemporaryDirectory(prefix="lamella-bench-") as folder:
            found = measure(size, asked.queries, Path(folder))
        rows.append(_row(size, found))
        figures[f"search_p50_ratio_{size // 1000}k"] = found.ratio
    columns = ["memories", "floor p50", "p95", "search p50", "p95", "ratio"]
    columns += ["embed", "index", "table*", "ranking", "encode"]
    show("Search, milliseconds (* beside embed and index)", columns, rows)
    result(**figures)


def _row(size: int, found: Measured) -> list[object]:
    part = {name: p50(times) for name, times in found.steps.items()}
    ranking = part["use case"] - part["embed"] - part["index"]
    return [
        f"{size:,}", p50(found.floor), p95(found.floor), p50(found.search), p95(found.search),
        found.ratio, part["embed"], part["index"], part["table"], ranking,
        part["whole"] - part["use case"],
    ]  # fmt: skip


if __name__ == "__main__":
    main()
