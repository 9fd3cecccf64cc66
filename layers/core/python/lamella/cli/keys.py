"""The commands about API keys."""

from __future__ import annotations

from typing import Annotated

from rich.console import Group
from rich.text import Text
from typer import Argument, Option, Typer

from lamella.cli.command import Answer, on_memory
from lamella.cli.showing import plain_table
from lamella.client import Memory

app = Typer(help="API keys of the organization.", no_args_is_help=True)


@on_memory(app)
def create(
    memory: Memory,
    scope: Annotated[
        list[str] | None,
        Option("--scope", help="read, write, govern or org:write; several times (read, write)."),
    ] = None,
    name: Annotated[str | None, Option("--name", help="What it is for.")] = None,
) -> Answer:
    """Issue a key. It is shown this once."""
    made = memory.create_key(scope or ("read", "write"), name)
    text = Text(made["key"], style="bold", no_wrap=True, overflow="ignore")
    return Answer(made, Group(text, Text("Keep it: it is not shown again.", style="dim")))


@on_memory(app, "list")
def listed(memory: Memory) -> Answer:
    """The keys, without their secrets."""
    found = memory.keys()
    table = plain_table("id", "name", "scopes", "created")
    for key in found["results"]:
        table.add_row(key["id"], key["name"] or "-", ", ".join(key["scopes"]), key["created_at"])
    return Answer(found, table if found["results"] else Text("no keys", style="dim"))


@on_memory(app)
def revoke(
    memory: Memory, key_id: Annotated[str, Argument(metavar="ID", help="The key's id.")]
) -> Answer:
    """End a key."""
    done = memory.revoke_key(key_id)
    return Answer(done, Text(done["message"]))
