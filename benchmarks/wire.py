"""What does the wire cost: add, search and list through Mem0's own Python client?

`python -m benchmarks.wire [--calls 200]`

In one run and in turns: the call through `mem0ai` over HTTP, the same call in this process, and
the same client's call answered by an empty handler of the same server. The ratio is the first over
the other two together: what Lamella's own front door adds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from benchmarks.figures import milliseconds, p50, p95, result, show
from lamella import Memory
from lamella.api import Api
from lamella.client.transports import InProcess
from lamella.local import server
from lamella.models import Principal
from lamella.requests import KeyRequest
from lamella.routes import SCOPES
from lamella.service import Service, open_local

ROOT = Path(__file__).parents[1]
CLIENT = ROOT / ".venv" / "clients" / "mem0-2.2.1" / "bin" / "python"
WARM_UP = 20
MEMORIES = 200
ORG = "bench"

PROGRAM = """
import json, sys, time
from mem0 import MemoryClient
real, empty = (MemoryClient(host=host, api_key=sys.argv[1]) for host in sys.argv[2:4])
calls = {
    "add": lambda c, n: c.add(f"I visited city number {n}.", user_id="alex"),
    "search": lambda c, n: c.search(f"Which city was number {n}?", filters={"user_id": "alex"}),
    "list": lambda c, n: c.get_all(filters={"user_id": "alex"}, page=1, page_size=50),
}
for line in sys.stdin:
    name, n, which = line.split()
    began = time.perf_counter()
    calls[name](real if which == "real" else empty, int(n))
    print((time.perf_counter() - began) * 1000, flush=True)
"""
ANSWER = json.dumps({"status": "ok", "org_id": ORG, "project_id": ORG, "results": []}).encode()


async def empty(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the request and answers a constant."""
    await Request(scope, receive).body()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": ANSWER})


def in_process(memory: Memory) -> Mapping[str, Callable[[int], Any]]:
    """The client's three calls, without a wire."""
    alex = {"user_id": "alex"}
    return {
        "add": lambda n: memory.add(f"I visited city number {n}.", user_id="alex"),
        "search": lambda n: memory.search(f"Which city was number {n}?", filters=alex),
        "list": lambda n: memory.get_all(filters=alex, page=1, page_size=50),
    }


def measure(calls: int, folder: Path) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of each call: over the wire, in this process, and of an empty handler."""
    service = open_local(str(folder), background=False)
    memory = Memory(transport=InProcess(Api(service), Principal(ORG, SCOPES)))
    for start in range(0, MEMORIES, 50):
        facts = [f"Fact number {start + n} about a city." for n in range(50)]
        memory.add(facts, user_id="alex", infer=False)
    memory.flush(user_id="alex")
    steps = in_process(memory)
    measured: dict[str, dict[str, list[float]]] = {}
    with client(service) as ask:
        for name, step in steps.items():
            times: dict[str, list[float]] = {"wire": [], "process": [], "empty": []}
            for n in range(calls + WARM_UP):
                warm = n >= WARM_UP
                (times["wire"] if warm else []).append(ask(name, 2 * n, "real"))
                (times["process"] if warm else []).append(milliseconds(partial(step, 2 * n + 1)))
                (times["empty"] if warm else []).append(ask(name, n, "empty"))
            memory.flush(user_id="alex")
            measured[name] = times
    service.close()
    return measured


@contextmanager
def client(service: Service) -> Iterator[Callable[[str, int, str], float]]:
    """Mem0's client in its own process, before the real server and the empty one."""
    asked = KeyRequest.parse({"scopes": sorted(SCOPES)})
    key = str(service.access.create(ORG, asked)["key"])
    real, bare = server.listen("127.0.0.1", 0), server.listen("127.0.0.1", 0)
    with (
        server.serving(service, real),
        server.serving_app(empty, bare),
        subprocess.Popen(
            [str(CLIENT), "-c", PROGRAM, key, server.address(real), server.address(bare)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"MEM0_TELEMETRY": "False", "HOME": "/nonexistent", "MEM0_DIR": "/nonexistent"},
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        stdin, stdout = process.stdin, process.stdout

        def ask(name: str, n: int, which: str) -> float:
            print(name, n, which, file=stdin, flush=True)
            return float(stdout.readline())

        yield ask
        stdin.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="The wire beside the same calls in process.")
    parser.add_argument("--calls", type=int, default=200)
    asked = parser.parse_args()
    if not CLIENT.exists():
        sys.exit("Mem0's client is missing: make test-clients installs it")
    with TemporaryDirectory(prefix="lamella-bench-") as folder:
        measured = measure(asked.calls, Path(folder))
    ratios = {
        name: p50(times["wire"]) / (p50(times["process"]) + p50(times["empty"]))
        for name, times in measured.items()
    }
    show(
        f"Over HTTP through mem0ai 2.2.1, milliseconds ({asked.calls} calls each)",
        ["call", "wire p50", "p95", "in process p50", "empty handler p50", "ratio"],
        [
            [name, p50(t["wire"]), p95(t["wire"]), p50(t["process"]), p50(t["empty"]), ratios[name]]
            for name, t in measured.items()
        ],
    )
    result(**ratios)


if __name__ == "__main__":
    main()
