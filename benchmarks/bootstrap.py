"""A function under Lambda's own bootstrap (`awslambdaric`), before a Runtime API of ours.

See https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from time import monotonic, time
from typing import Any, Self
from uuid import uuid4

ACCOUNT = "arn:aws:lambda:us-east-1:123456789012:function"
ANSWER_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation came to: the handler's JSON, or the error document of the bootstrap."""

    told: Any
    failed: bool = False


class Function:
    """A process that serves one handler, from `with` to the end of the block.

    `python`, with its own `options`, runs the bootstrap with the packages and layers in `path`;
    `environ` is all that the process is told beside what Lambda tells it.
    """

    def __init__(
        self,
        folder: Path,
        python: Path,
        path: Sequence[Path],
        environ: Mapping[str, str],
        options: Sequence[str] = (),
    ) -> None:
        self.name = f"lamella-{folder.name}"
        self._folder = folder
        self._command = [str(python), *options, "-m", "awslambdaric", "handler.handler"]
        self._environ = {**environ, "PYTHONPATH": ":".join(map(str, path))}
        self._events: Queue[tuple[str, str, bytes] | None] = Queue()
        self._answers: Queue[Answer] = Queue()
        self._lines: list[str] = []
        self.restored = 0

    @property
    def log(self) -> str:
        """What the function has printed so far."""
        return "".join(self._lines)

    def invoke(self, event: object, alias: str = "api") -> Answer:
        """The answer to one event, or the failure it ended in."""
        arn = f"{ACCOUNT}:{self.name}:{alias}"
        self._events.put((str(uuid4()), arn, json.dumps(event).encode()))
        until = monotonic() + ANSWER_SECONDS
        while self._process.poll() is None and monotonic() < until:
            with suppress(Empty):
                return self._answers.get(timeout=0.2)
        ended = self._process.poll()
        why = "does not answer" if ended is None else f"ended with {ended}"
        raise RuntimeError(f"{self.name} {why}: {self.log[-2_000:]}")

    def __enter__(self) -> Self:
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _runtime_api(self))
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environ | self._told_by_lambda(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._listener.join()
        self._events.put(None)
        self._http.shutdown()
        self._http.server_close()

    def _told_by_lambda(self) -> dict[str, str]:
        return {
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._http.server_address[1]}",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "LAMBDA_TASK_ROOT": str(self._folder),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def _listen(self) -> None:
        assert self._process.stdout
        with self._process.stdout as printed:
            self._lines.extend(printed)

    def _next(self) -> tuple[str, str, bytes] | None:
        return self._events.get()

    def _answered(self, answer: Answer) -> None:
        self._answers.put(answer)


def _runtime_api(function: Function) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet a response: no waiting for a delayed ACK

        def do_GET(self) -> None:
            if self.path.endswith("/restore/next"):
                function.restored += 1
                return self._reply(200, {}, b"")
            event = function._next()
            if event is None:
                self.close_connection = True
                return None
            request, arn, body = event
            headers = {
                "Lambda-Runtime-Aws-Request-Id": request,
                "Lambda-Runtime-Invoked-Function-Arn": arn,
                "Lambda-Runtime-Deadline-Ms": str(int(time() * 1000) + 29_000),
                "Lambda-Runtime-Trace-Id": "Root=1-6921e000-1a2b3c4d5e6f708192a3b4c5;Sampled=0",
                "Content-Type": "application/json",
            }
            return self._reply(200, headers, body)

        def do_POST(self) -> None:
            told = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            failed = self.path.endswith("/error")
            function._answered(Answer(json.loads(told) if told else None, failed))
            self._reply(202, {}, b"")

        def _reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def handle(self) -> None:
            with suppress(ConnectionError):  # its process has been ended
                super().handle()

        def log_message(self, format: str, *args: object) -> None:
            """The function's own output is what is kept."""

    return Handler
