"""How long is a cold start: from spawn to the first answer of each function?

`python -m benchmarks.cold [--runs 9]`

Each function runs under Lambda's own bootstrap with Lambda's Python where the machine has one. Its
first answer needs its stores: DynamoDB Local, OpenSearch, and stand-ins at the wire for Bedrock and
EventBridge. Beside it, in the same turn: a process that imports boto3 and makes one client of
DynamoDB. Library, handlers and packages are compiled for both. The ratio is what travels.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

from benchmarks.bootstrap import Function
from benchmarks.figures import milliseconds, p50, result, show
from benchmarks.runtime import LIBRARY, ROOT, Runtime, compiled, runtime
from benchmarks.stand_ins import stand_ins
from lamella.engines.dynamodb_schema import create_table
from lamella.engines.opensearch import OpenSearchIndex
from lamella.local.aws_local import Servers, servers
from lamella.ports import Listing

AIMS = {"retrieve": 2.0, "capture": 1.8, "promote": 2.4}
FLOOR = "import boto3; boto3.client('dynamodb'); print('ready', flush=True)"
TABLE, ORG, MODEL, DIMENSIONS = "cold", "acme", "amazon.titan-embed-text-v2:0@256", 256
CREDENTIALS = ("local", "local")
HEAVIEST = 10
SAID = "I'm Alex and I prefer boutique hotels."

Events = Callable[[], Mapping[str, Any]]


def call(action: str, **fields: Any) -> Events:
    """A direct invocation."""
    return lambda: {"action": action, "organization": ORG, **fields}


def nudge() -> Mapping[str, Any]:
    """What SQS hands to promote: the owner whom capture has just written for."""
    record = {
        "messageId": str(uuid4()),
        "body": json.dumps({"org": ORG, "owner": "u:alex"}),
        "eventSource": "aws:sqs",
        "attributes": {},
    }
    return {"Records": [record]}


FIRST: Mapping[str, Events] = {
    "capture": call("add", messages=SAID, user_id="alex", session_id="trip"),
    "promote": nudge,
    "retrieve": call("search", query="Any hotel preferences?", user_id="alex", session_id="trip"),
}
"""The first event of each; capture comes before promote, so that there is something to place."""


class Bench:
    """Starts functions over the same engines again and again."""

    def __init__(self, at: Servers, services: str, room: Path, lambdas: Runtime) -> None:
        self._lambdas = lambdas
        self._path = [compiled(LIBRARY, room / "core", lambdas.python), lambdas.packages]
        self._functions = compiled(ROOT / "functions", room / "functions", lambdas.python)
        self._environ = environment(at, services)

    def first_answer(self, name: str, *options: str) -> str:
        """Spawn, ask once, end; answers what the process printed."""
        folder = self._functions / name
        with Function(folder, self._lambdas.python, self._path, self._environ, options) as function:
            answer = function.invoke(FIRST[name](), alias="direct")
            told = answer.told
            good = told == {"batchItemFailures": []} or told.get("status") == 200
            if answer.failed or not good or (told.get("body") or {}).get("degraded"):
                raise SystemExit(f"{name} answered {told}: {function.log[-2_000:]}")
            return function.log

    def floor(self) -> None:
        """The same interpreter with the same packages: boto3 and one client."""
        with subprocess.Popen(
            [str(self._lambdas.python), "-c", FLOOR],
            stdout=subprocess.PIPE,
            env={**self._environ, "PYTHONPATH": str(self._lambdas.packages)},
        ) as process:
            assert process.stdout
            if process.stdout.readline() != b"ready\n":
                raise SystemExit("boto3 could not be imported")
            process.kill()

    def heaviest(self, name: str) -> list[tuple[str, float]]:
        """Milliseconds that packages take to import, each by itself, the heaviest first."""
        taken: Counter[str] = Counter()
        for line in self.first_answer(name, "-X", "importtime").splitlines():
            head, _, times = line.partition("import time:")
            own, _, rest = times.partition("|")
            if not head and own.strip().isdigit():
                module = rest.rpartition("|")[2].strip()
                taken[module.split(".")[0]] += int(own)
        return [(name, microseconds / 1000) for name, microseconds in taken.most_common(HEAVIEST)]


def environment(at: Servers, services: str) -> dict[str, str]:
    """What a stack tells its functions, with everything on this machine."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": CREDENTIALS[0],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS[1],
        "AWS_ENDPOINT_URL_DYNAMODB": at.table,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": services,
        "AWS_ENDPOINT_URL_EVENTBRIDGE": services,
        "LAMELLA_ENGINE": "aws",
        "LAMELLA_TABLE": TABLE,
        "LAMELLA_OPENSEARCH": at.index,
        "LAMELLA_BUS": "lamella",
        "LAMELLA_ORGANIZATIONS": ORG,
        "LAMELLA_EMBEDDER": "bedrock",
        "LAMELLA_DIMENSIONS": str(DIMENSIONS),
        "LAMELLA_SETTLE": "0",
        "LAMELLA_DEADLINE": "10000",
    }


def prepared(at: Servers) -> None:
    """The table and the index, as a deployment has them."""
    create_table(TABLE, at.table, "us-east-1", CREDENTIALS)
    with closing(OpenSearchIndex(at.index, model=MODEL, dimensions=DIMENSIONS)) as index:
        index.list(Listing(ORG, None, now=0, limit=1))


def measure(bench: Bench, runs: int) -> dict[str, list[float]]:
    """Milliseconds of the floor and of each function, in turns, after one turn uncounted."""
    times: dict[str, list[float]] = {"floor": [], **{name: [] for name in FIRST}}
    for run in range(runs + 1):
        for name, kept in times.items():
            step = bench.floor if name == "floor" else partial(bench.first_answer, name)
            taken = milliseconds(step)
            if run:
                kept.append(taken)
    return times


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="From spawn to the first answer.")
    parser.add_argument("--runs", type=int, default=9)
    asked = parser.parse_args()
    lambdas = runtime()
    print(lambdas.remark or f"Python {lambdas.version}, as on Lambda")
    with (
        servers() as at,
        stand_ins() as services,
        TemporaryDirectory(prefix="lamella-cold-") as room,
    ):
        prepared(at)
        bench = Bench(at, services, Path(room), lambdas)
        times = measure(bench, asked.runs)
        heaviest = {name: bench.heaviest(name) for name in FIRST}
    floor = p50(times["floor"])
    ratios = {name: p50(times[name]) / floor for name in AIMS}
    show(
        f"From spawn to the first answer, milliseconds (median of {asked.runs})",
        ["", "p50", "fastest", "ratio", "aim"],
        [
            ["import boto3, one client", floor, min(times["floor"]), 1.0, ""],
            *([n, p50(times[n]), min(times[n]), ratios[n], AIMS[n]] for n in AIMS),
        ],
    )
    for name, packages in heaviest.items():
        show(f"What {name} imports, milliseconds by itself", ["package", "ms"], packages)
    result(**ratios)


if __name__ == "__main__":
    main()
