"""MCP over streamable HTTP: a door of the local server, beside the REST API and with its keys."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as Incoming
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from lamella.access import key_of
from lamella.api import Api, Response
from lamella.api.calls import Service
from lamella.api.paths import MethodNotAllowed
from lamella.api.replies import refusal
from lamella.client import InProcess
from lamella.errors import LamellaError
from lamella.extras import extra
from lamella.mcp.caller import Caller
from lamella.mcp.server import server_for

PATHS = ("/mcp", "/mcp/")
USER_HEADER = "x-lamella-user"


class McpDoor:
    """An ASGI app that answers each request by itself, so that no session outlives its key.

    The SDK is imported by the first request: a server that nobody asks for MCP does without.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._api = Api(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit the caller as the REST API would, then let the SDK answer."""
        incoming = Incoming(scope, receive)
        try:
            if incoming.method != "POST":  # a stream of the server's own it has nothing to say on
                raise MethodNotAllowed("/mcp", ["POST"])
            caller = await run_in_threadpool(self._admitted, incoming)
            await _answer(caller, scope, receive, send)
        except LamellaError as error:
            await _written(refusal(error))(scope, receive, send)

    def _admitted(self, incoming: Incoming) -> Caller:
        headers = {name.lower(): value for name, value in incoming.headers.items()}
        principal = self._service.authorize(key_of(headers))
        return Caller(InProcess(self._api, principal), _told(headers.get(USER_HEADER)))


def _told(header: str | None) -> str | None:
    """A header in UTF-8, as clients send names: Starlette has read it as Latin-1."""
    try:
        return header and header.encode("latin-1").decode()
    except UnicodeDecodeError:
        return header


async def _answer(caller: Caller, scope: Scope, receive: Receive, send: Send) -> None:
    server = server_for(caller)
    with extra("mcp"):
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
    async with manager.run():
        await manager.handle_request(scope, receive, send)


def _written(response: Response) -> JSONResponse:
    return JSONResponse(response.body, response.status, dict(response.headers))
