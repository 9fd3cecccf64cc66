"""The same `Api` as on AWS, served by this machine: an ASGI app, and uvicorn around it."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as Incoming
from starlette.responses import Response as Outgoing
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from lamella.api import Api, Request, Response
from lamella.api.bodies import MAX_BODY_BYTES, too_large
from lamella.api.calls import Service
from lamella.api.replies import refusal
from lamella.errors import SetupError, TooLarge

PORT = 8320
MAX_DISCARDED_BYTES = 8 * MAX_BODY_BYTES
"""Of a body that is too large, so much is read and dropped: its sender then hears the answer."""


def create_app(service: Service) -> Starlette:
    """An ASGI app that answers every path by `Api`."""
    app = Starlette()
    app.router.default = _Door(Api(service))  # no route of Starlette's: Api matches the raw path
    return app


def serve(service: Service, listening: socket.socket) -> None:
    """Serve on a socket of `listen` until interrupted, then close it. Raises SetupError.

    The service stays open: who opened it closes it.
    """
    server = _server(service)
    with closing(listening), suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise SetupError("the server could not start: the lines above say why")


@contextmanager
def serving(service: Service, listening: socket.socket) -> Iterator[threading.Thread]:
    """Serve beside the block, from a thread of its own."""
    server = _server(service)
    thread = threading.Thread(target=server.run, args=([listening],), name="lamella-server")
    with closing(listening):
        thread.start()
        try:
            yield thread
        finally:
            server.should_exit = True
            thread.join()


def address(listening: socket.socket) -> str:
    """The URL at which this machine reaches the socket."""
    host, port, *_ = listening.getsockname()
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{near}]:{port}" if ":" in near else f"http://{near}:{port}"


def _server(service: Service) -> uvicorn.Server:
    """No access log: a path may carry ids."""
    return uvicorn.Server(
        uvicorn.Config(
            create_app(service), access_log=False, log_level="warning", server_header=False
        )
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to `host` and `port` (0: any free one). Raises SetupError if it is taken."""
    try:
        listening = socket.create_server((host, port), family=_family(host), backlog=128)
    except (OSError, OverflowError) as exc:
        number = getattr(exc, "errno", None) or 0
        raise SetupError(
            f"can't listen on {host}:{port} ({os.strerror(number) if number > 0 else exc}): "
            "stop what uses the port, or choose another with --port"
        ) from exc
    # Connections inherit it. asyncio sets it for sockets that name TCP, which this one does not;
    # without it, every answer waits 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


class _Door:
    """Reads a request off ASGI, lets `Api` answer it in a worker thread, writes the answer."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
            return
        incoming = Incoming(scope, receive)
        try:
            response = await run_in_threadpool(self._api.handle, await _read(incoming))
        except TooLarge as error:
            response = refusal(error)
        except ClientDisconnect:
            return
        await _written(response)(scope, receive, send)


async def _read(incoming: Incoming) -> Request:
    raw_path: bytes = incoming.scope.get("raw_path") or incoming.scope["path"].encode()
    return Request(
        method=incoming.method,
        raw_path=raw_path.split(b"?")[0].decode("latin-1"),
        query=tuple(incoming.query_params.multi_items()),
        headers={name.lower(): value for name, value in incoming.headers.items()},
        body=await _body(incoming),
        base_url=f"{incoming.url.scheme}://{incoming.url.netloc}",
    )


async def _body(incoming: Incoming) -> bytes:
    body, length = bytearray(), 0
    async for chunk in incoming.stream():
        length += len(chunk)
        if length > MAX_DISCARDED_BYTES:
            break
        if length <= MAX_BODY_BYTES:
            body += chunk
    if length > MAX_BODY_BYTES:
        raise too_large()
    return bytes(body)


def _written(response: Response) -> Outgoing:
    body: Any = json.dumps(response.body, ensure_ascii=False).encode()
    headers = {**response.headers, "Content-Type": "application/json"}
    return Outgoing(body, response.status, headers)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
