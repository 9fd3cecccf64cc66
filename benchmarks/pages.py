"""What does a page cost that lies deep in a long list?

`python -m benchmarks.pages [--memories 100000]`

One user has many memories in the embedded store, another has 1,000. In turns: pages of 100 below
cursors spread over the long list, pages below cursors of the short one, and pages of an export of
the long list. The ratios are of medians: 1 means that a page costs the same however long the list.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import cycle
from random import Random
from tempfile import TemporaryDirectory

from benchmarks import corpus
from benchmarks.figures import p50, p95, result, show, timed
from lamella import Memory
from lamella.api import Api
from lamella.changes import put_record
from lamella.client import InProcess
from lamella.client.wire import Json
from lamella.clock import DAY, system_clock
from lamella.models import Record
from lamella.ports import Table
from lamella.service import LOCAL, LOCAL_ORG, Service, open_local
from lamella.text import tokens

SHORT = 1_000
PAGE = 100
CALLS = 100
COMMIT = 50
ROUND = 100


def _record(user: str, number: int, text: str) -> Record:
    """A memory as promotion stores it; ids rise as time does."""
    at = system_clock() - DAY + number
    return Record(
        id=f"{number:026d}",
        owner=f"u:{user}",
        layer="user",
        kind="factual",
        text=text,
        created_at=at,
        updated_at=at,
        captured_at=at,
        said_at=at,
        version=at,
        user_id=user,
        words=tuple(tokens(text)),
    )


def fill(table: Table, user: str, many: int) -> None:
    """Lay `many` memories of `user` into the table."""
    random = Random(many)
    for start in range(0, many, COMMIT * ROUND):
        commits = []
        for first in range(start, min(start + COMMIT * ROUND, many), COMMIT):
            numbers = range(first, min(first + COMMIT, many))
            records = [_record(user, number, corpus.memory(random)) for number in numbers]
            commits.append(tuple(put_record(LOCAL_ORG, record, None) for record in records))
        table.write(commits)


def cursors(memory: Memory, user: str, many: int) -> list[str]:
    """Cursors at even distances, from the newest memory to the oldest page."""
    found: list[str] = []
    cursor = memory.get_all(user_id=user, page_size=PAGE)["cursor"]
    while cursor is not None:
        found.append(cursor)
        cursor = memory.get_all(user_id=user, page_size=200, cursor=cursor)["cursor"]
    return found[: -1 : max(1, len(found) // CALLS)]


def exported(memory: Memory, user: str) -> Iterator[Json]:
    """The pages of an export of a user's memories, one for each step."""
    id = memory.create_memory_export(filters={"user_id": user})["id"]
    cursor: str | None = None
    while True:
        page = memory.get_memory_export(id, cursor=cursor, page_size=PAGE)
        yield page
        cursor = page["cursor"]
        if cursor is None:
            return


def measure(service: Service, many: int) -> dict[str, list[float]]:
    """Milliseconds of a page: in the long list, in the short one, and of the long export."""
    for user, count in (("long", many), ("short", SHORT)):
        fill(service.engines.table, user, count)
    memory = Memory(transport=InProcess(Api(service), LOCAL))
    shallow = cycle(cursors(memory, "short", SHORT))
    lines = exported(memory, "long")
    times: dict[str, list[float]] = {"long": [], "short": [], "export": []}
    for cursor in cursors(memory, "long", many):
        with timed(times["long"]):
            memory.get_all(user_id="long", page_size=PAGE, cursor=cursor)
        with timed(times["short"]):
            memory.get_all(user_id="short", page_size=PAGE, cursor=next(shallow))
        with timed(times["export"]):
            next(lines)
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="A page of a long list beside one of a short.")
    parser.add_argument("--memories", type=int, default=100_000)
    many = parser.parse_args().memories
    with TemporaryDirectory(prefix="lamella-bench-") as folder:
        service = open_local(folder, background=False)
        times = measure(service, many)
        service.close()
    short = p50(times["short"])
    titles = {
        "long": f"a page of {many:,}, below a cursor",
        "short": f"a page of {SHORT:,}, below a cursor",
        "export": f"a page of an export of {many:,}",
    }
    show(
        f"Pages of {PAGE} memories, milliseconds",
        ["page", "p50", "p95", "ratio"],
        [[titles[k], p50(t), p95(t), p50(t) / short] for k, t in times.items()],
    )
    result(cursor=p50(times["long"]) / short, export=p50(times["export"]) / short)


if __name__ == "__main__":
    main()
