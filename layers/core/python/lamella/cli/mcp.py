"""The command that agents' hosts start: memory over the Model Context Protocol."""

from __future__ import annotations

from typing import Annotated

from typer import Option, Typer

from lamella.cli.command import failing
from lamella.cli.options import ApiKey, Data, Host
from lamella.mcp.caller import Caller
from lamella.mcp.stdio import reach, serve

app = Typer()


@app.command()
def mcp(
    user: Annotated[
        str | None,
        Option(
            "--user",
            "-u",
            envvar="LAMELLA_USER",
            show_envvar=False,
            help="Whom a call is about that names nobody (or LAMELLA_USER).",
        ),
    ] = None,
    data: Data = None,
    host: Host = None,
    api_key: ApiKey = None,
) -> None:
    """Serve MCP on standard input and output, for an agent's host to start."""
    with failing(False):
        transport = reach(data, host, api_key)
        try:
            serve(Caller(transport, user or None))
        finally:
            transport.close()
