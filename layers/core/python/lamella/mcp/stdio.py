"""MCP over the standard streams of a child process, as an agent's host starts one."""

from __future__ import annotations

from lamella.client import HttpTransport, Transport
from lamella.client.memory import embedded
from lamella.extras import extra
from lamella.mcp.caller import Caller
from lamella.mcp.server import server_for
from lamella.settings import Settings


def reach(data: str | None, host: str | None, api_key: str | None) -> Transport:
    """The memory of this machine, or a server where one is named and `data` isn't.

    Raises SetupError, Unauthenticated.
    """
    if data is not None or (host is None and api_key is None):
        return embedded(data, {})
    return HttpTransport(host or Settings.from_env().host, api_key)


def serve(caller: Caller) -> None:
    """Answer on standard output what comes on standard input, until that ends. Raises SetupError.

    Nothing else of this process may write to standard output meanwhile.
    """
    server = server_for(caller)
    with extra("mcp"):
        import anyio
        from mcp.server.stdio import stdio_server

    async def run() -> None:
        async with stdio_server() as (incoming, outgoing):
            await server.run(incoming, outgoing, server.create_initialization_options())

    anyio.run(run)
