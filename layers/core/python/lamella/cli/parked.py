"""The commands about work that promotion has set aside."""

from __future__ import annotations

from typing import Annotated

from rich.text import Text
from typer import Argument, Option, Typer

from lamella.cli.command import Answer, on_memory
from lamella.cli.showing import plain_table
from lamella.client import Memory

app = Typer()


@on_memory(app)
def parked(memory: Memory) -> Answer:
    """Work that was set aside after too many failures, without its text."""
    found = memory.parked()
    table = plain_table("id", "owner", "work", "since", "attempts", "reason")
    for one in found["results"]:
        attempts = str(one["attempts"])
        row = (one["id"], one["owner"], one["work"], one["captured_at"], attempts, one["reason"])
        table.add_row(*row)
    return Answer(found, table if found["results"] else Text("nothing is parked", style="dim"))


@on_memory(app)
def redrive(
    memory: Memory,
    ids: Annotated[
        list[str] | None, Argument(metavar="[ID]...", help="Ids that `parked` tells.")
    ] = None,
    everything: Annotated[bool, Option("--all", help="The oldest 1,000.")] = False,
) -> Answer:
    """Have parked work tried again, after what stood in its way is mended."""
    done = memory.redrive(ids or None, all=everything)
    return Answer(done, Text(f"{done['redriven']} sent again"))
