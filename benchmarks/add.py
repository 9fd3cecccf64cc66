"""How long does an acknowledged capture take, beside a bare transaction of the same rows?

`python -m benchmarks.add [--calls 400]`

The floor scans the same text for secrets and writes what Lamella wrote, row by row, in one
transaction of a file of its own with the same settings (`synchronous=FULL`, so each waits for the
disk). Both take turns. `adds/s` is Lamella alone, one caller, each call waiting for the one before.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import corpus
from benchmarks.figures import p50, p95, result, show, timed
from lamella import Memory
from lamella.api import Api
from lamella.client.transports import InProcess
from lamella.engines.sqlite_file import SqliteFile
from lamella.models import Role
from lamella.ports import Commit, Item, Put, Refusal, Table, Update
from lamella.scrub import scrub
from lamella.service import LOCAL, Engines, Service, open_local

WARM_UP = 20
PUT = "REPLACE INTO items (pk, sk, body, ttl, bucket, at) VALUES (?, ?, ?, ?, ?, ?)"
Row = tuple[str, str, str, int | None, str | None, int | None]


class Recorded:
    """A table that keeps the rows of the last round of writes."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self.rows: list[Row] = []

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        """Write, and keep what stood."""
        refused = self._table.write(commits)
        stood = [c for c, no in zip(commits, refused, strict=True) if no is None]
        self.rows = [row for commit in stood for row in map(_row, commit) if row]
        return refused

    def __getattr__(self, name: str) -> Any:
        return getattr(self._table, name)


def _row(operation: object) -> Row | None:
    if isinstance(operation, Put):
        item = operation.item
    elif isinstance(operation, Update):
        ttl = operation.ttl if isinstance(operation.ttl, int) else None
        mark = operation.mark if operation.mark != "keep" else None
        item = Item(operation.key, operation.fields, ttl, mark)
    else:
        return None
    bucket, at = (item.mark.bucket, item.mark.at) if item.mark else (None, None)
    return item.key.pk, item.key.sk, json.dumps(item.body), item.ttl, bucket, at


def measure(calls: int, folder: Path) -> tuple[list[float], list[float]]:
    """Milliseconds of the floor and of `add`, for one call of two messages after another."""
    opened = open_local(str(folder / "lamella"), background=False)
    recorded = Recorded(opened.engines.table)
    engines = Engines(
        recorded, opened.engines.index, opened.engines.embedder,
        opened.engines.extractor, opened.engines.bus,
    )  # fmt: skip
    service = Service(engines, opened.settings)
    memory = Memory(transport=InProcess(Api(service), LOCAL))
    bare = SqliteFile(folder / "bare" / "floor.db")
    random, floor, added = Random(calls), list[float](), list[float]()
    for place in range(calls + WARM_UP):
        messages = _exchange(random)
        warm = place >= WARM_UP
        with timed(added if warm else []):
            memory.add(messages, user_id=f"user-{place % 7}", session_id=f"session-{place % 7}")
        rows = recorded.rows
        with timed(floor if warm else []):
            scrub([message["content"] for message in messages])
            with bare.writing() as connection:
                connection.executemany(PUT, rows)
    bare.close()
    service.close()
    opened.close()
    return floor, added


def throughput(seconds: float, folder: Path) -> float:
    """Adds a second through the SDK as it comes, with its promotion in the background."""
    random, done = Random(1), 0
    with Memory(data=str(folder)) as memory:
        memory.add(_exchange(random), user_id="warm")
        ends = (began := time.perf_counter()) + seconds
        while time.perf_counter() < ends:
            memory.add(_exchange(random), user_id=f"user-{done % 7}", session_id="s")
            done += 1
        return done / (time.perf_counter() - began)


def _exchange(random: Random) -> list[dict[str, str]]:
    told, asked = corpus.memory(random), corpus.question(random)
    return [{"role": Role.USER, "content": told}, {"role": Role.ASSISTANT, "content": asked}]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Add beside a bare transaction.")
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--seconds", type=float, default=5.0)
    asked = parser.parse_args()
    with TemporaryDirectory(prefix="lamella-bench-") as folder:
        floor, added = measure(asked.calls, Path(folder))
        rate = throughput(asked.seconds, Path(folder) / "rate")
    ratio = p50(added) / p50(floor)
    show(
        "Add, milliseconds (two messages a call)",
        ["calls", "floor p50", "p95", "add p50", "p95", "ratio", "adds/s"],
        [[str(asked.calls), p50(floor), p95(floor), p50(added), p95(added), ratio, rate]],
    )
    result(add_p50_ratio=ratio, adds_per_s=rate)


if __name__ == "__main__":
    main()
