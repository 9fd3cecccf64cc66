"""Mem0 OSS 2.2.1 as a peer: in its own environment, on our embedder, kept verbatim (`infer=False`).

It is told each turn as `Speaker: text` and asked for its best hits, which fill the budget in its
order, a line each. No model is called but the embedder, which it reaches as any endpoint that
speaks OpenAI's `/v1/embeddings`.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from benchmarks.locomo import Conversation
from lamella.engines.onnx import Onnx
from lamella.errors import SetupError
from lamella.local.engines import opensearch_local
from lamella.local.model import model_folder
from lamella.ports import Embedder

ROOT = Path(__file__).parents[1]
PYTHON = ROOT / ".venv" / "clients" / "mem0-2.2.1" / "bin" / "python"
DRIVER = Path(__file__).with_name("mem0_driver.py")

QDRANT = "Mem0 OSS 2.2.1, Qdrant"
OPENSEARCH = "Mem0 OSS 2.2.1, OpenSearch"
TOP_K = 100
"""Hits asked for: more than fit into the largest budget."""


@contextmanager
def running(store: Mapping[str, Any]) -> Iterator[Peer]:
    """A Mem0 over the vector store that `store` configures, in a process and folder of its own."""
    embedder = Onnx(model_folder())
    with ExitStack() as opened:
        home = opened.enter_context(TemporaryDirectory(prefix="mem0-bench-"))
        url = opened.enter_context(_embeddings(embedder))
        config = {
            "vector_store": dict(store),
            "embedder": {
                "provider": "openai",
                "config": {
                    "api_key": "none",
                    "openai_base_url": url,
                    "model": embedder.model,
                    "embedding_dims": embedder.dimensions,
                },
            },
            "llm": {"provider": "openai", "config": {"api_key": "none", "openai_base_url": url}},
            "history_db_path": f"{home}/history.db",
        }
        peer = Peer(_started(home), embedder)
        opened.callback(peer.close)
        peer.call("open", config=config)
        yield peer


class Peer:
    """Mem0 in the other process: a line of JSON a call, and one that answers it."""

    def __init__(self, process: subprocess.Popen[str], embedder: Embedder) -> None:
        self._process = process
        self._count = lru_cache(1 << 16)(embedder.count)
        self._hits = lru_cache(1 << 14)(self._search)

    def call(self, name: str, **given: Any) -> Any:
        """What `name` answers over there. Raises RuntimeError with what went wrong."""
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps({"call": name, "given": given}), file=self._process.stdin, flush=True)
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(f"mem0 {name}: {answer['error']}")
        return answer["result"]

    def remember(self, conversation: Conversation) -> None:
        """Every turn, verbatim, a memory each."""
        for session in conversation.sessions:
            told = [
                {"role": "user", "content": f"{one.speaker}: {one.text}"} for one in session.turns
            ]
            self.call("add", messages=told, user_id=conversation.name)

    def ask(self, user: str, question: str, budget: int) -> Sequence[str]:
        """Its hits, best first, as many as fit; one that doesn't leaves room for the next."""
        lines: list[str] = []
        for hit in self._hits(user, question):
            line = f"- {' '.join(hit.split())}"
            cost = self._count(f"{line}\n")
            if cost <= budget:
                lines.append(line)
                budget -= cost
        return lines

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(30)

    def _search(self, user: str, question: str) -> tuple[str, ...]:
        return tuple(self.call("search", query=question, user_id=user, top_k=TOP_K))


def stores() -> Iterator[tuple[str, dict[str, Any]]]:
    """The configurations to measure: its default store, and OpenSearch if it can be had here."""
    size = {"embedding_model_dims": Onnx(model_folder()).dimensions}
    with TemporaryDirectory(prefix="qdrant-bench-") as folder:
        embedded = {"path": folder, "on_disk": True, "collection_name": "bench", **size}
        yield QDRANT, {"provider": "qdrant", "config": embedded}
    with ExitStack() as opened:
        try:
            at = urlsplit(opened.enter_context(opensearch_local()))
        except SetupError as missing:
            print(f"Mem0 on OpenSearch not measured: {missing.detail}")
            return
        server = {"host": at.hostname, "port": at.port, "collection_name": "bench", **size}
        yield OPENSEARCH, {"provider": "opensearch", "config": {**server, "auto_refresh": True}}


def _started(home: str) -> subprocess.Popen[str]:
    if not PYTHON.is_file():
        raise SystemExit(f"{PYTHON} is missing: run `make bench-recall`, which installs Mem0")
    quiet = {"MEM0_TELEMETRY": "False", "MEM0_DIR": home, "HOME": home}
    return subprocess.Popen(
        [str(PYTHON), str(DRIVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={"PATH": os.environ["PATH"], **quiet},
    )


@contextmanager
def _embeddings(embedder: Embedder) -> Iterator[str]:
    """The base URL of an endpoint that embeds with `embedder`, as OpenAI's does."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            made = [
                {"object": "embedding", "index": place, "embedding": vector.tolist()}
                for place, vector in enumerate(embedder.embed(asked["input"]))
            ]
            usage = {"prompt_tokens": 0, "total_tokens": 0}
            told = {"object": "list", "data": made, "model": embedder.model, "usage": usage}
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()
