"""A small HTTP server that answers what the test scripted, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

JSON = Any


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: `path` as it came over the wire, `body` read as JSON."""

    path: str
    headers: Mapping[str, str]
    body: JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: `error` is the service's name for a refusal."""

    body: JSON = field(default_factory=dict)
    status: int = 200
    error: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal(error: str, status: int = 400, message: str = "no") -> Answer:
    """How AWS's JSON protocols say no."""
    return Answer({"__type": error, "message": message}, status, error)


class ScriptedServer:
    """Answers in the scripted order; beyond the script, what `otherwise` makes of the request."""

    def __init__(self, otherwise: Callable[[Asked], Answer] = lambda asked: Answer()) -> None:
        self.asked: list[Asked] = []
        self.script: deque[Answer] = deque()
        self._otherwise = otherwise
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def bodies(self) -> list[JSON]:
        """What each request said, in order of arrival."""
        return [asked.body for asked in self.asked]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return self.script.popleft() if self.script else self._otherwise(asked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet a response: no waiting for a delayed ACK

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = server.answer(Asked(self.path, dict(self.headers), json.loads(body)))
            said = json.dumps(answer.body).encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            if answer.error:
                self.send_header("x-amzn-ErrorType", answer.error)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """The test's output stays the test's."""

    return Handler
