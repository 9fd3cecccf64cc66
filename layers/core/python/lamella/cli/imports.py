"""`lamella import`: memories that others keep, moved over."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from rich.console import Console, Group, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text
from typer import Argument, Option, Typer

from lamella.cli.command import Answer, failing, opened, show
from lamella.cli.options import ApiKey, AsJson, Data, Host
from lamella.cli.showing import plain_table
from lamella.client import HttpTransport, Memory
from lamella.errors import Invalid
from lamella.mem0.journal import KNOWN, MOVED, Journal
from lamella.mem0.moving import move
from lamella.mem0.sources import FileSource, HostSource, Source
from lamella.settings import Settings

SHOWN = 20

app = Typer(help="Move memories over from elsewhere.", no_args_is_help=True)


@app.callback()
def common() -> None:
    """Keep `mem0` a command of its own while it is the only one."""


@app.command()
def mem0(
    file: Annotated[
        Path | None, Argument(help="JSON array, JSON lines, or an export of Mem0's.")
    ] = None,
    from_host: Annotated[
        str | None, Option("--from-host", help="URL of a server that speaks Mem0's language.")
    ] = None,
    from_key: Annotated[
        str | None, Option("--from-key", envvar="MEM0_API_KEY", help="Key for it.")
    ] = None,
    owner: Annotated[
        str | None, Option("--user", "-u", help="Whose a memory is that names nobody.")
    ] = None,
    journal: Annotated[
        Path | None, Option("--journal", help="Where outcomes are kept, to go on from there.")
    ] = None,
    data: Data = None,
    host: Host = None,
    api_key: ApiKey = None,
    as_json: AsJson = False,
) -> None:
    """Move memories from Mem0 with ids, times, metadata and history; again changes nothing."""
    with failing(as_json), ExitStack() as open_here:
        source, beside = _source(file, from_host, from_key, open_here)
        kept = Journal(journal or beside, source.name, _target(data, host, api_key))
        memory = open_here.enter_context(opened(data, host, api_key))
        _move(source, memory, kept, owner, quiet=as_json)
        told = {"counts": dict(kept.counts), "skipped": kept.skipped}
        show(Answer(told | {"journal": str(journal or beside)}, _report(kept)), as_json)


def _source(
    file: Path | None, host: str | None, key: str | None, open_here: ExitStack
) -> tuple[Source, Path]:
    """What to read, and where its journal lies unless another place is named. Raises Invalid."""
    if (file is None) == (host is None):
        raise Invalid("give either a file or --from-host: see lamella import mem0 --help")
    if file is not None:
        return FileSource(file), file.with_name(f"{file.name}.journal")
    transport = HttpTransport(str(host), key)
    open_here.callback(transport.close)
    return HostSource(str(host), transport), Path("mem0.journal")


def _target(data: str | None, host: str | None, api_key: str | None) -> str:
    """What the memory is that the options name (see `command.opened`)."""
    settings = Settings.from_env()
    if data is None and (host is not None or api_key is not None):
        return host or settings.host
    folder = Path(data).expanduser() if data else settings.data_folder
    return str(folder.resolve())


def _move(source: Source, memory: Memory, kept: Journal, owner: str | None, quiet: bool) -> None:
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as progress:
        task = progress.add_task("moving memories", total=None)
        move(
            source,
            memory,
            kept,
            owner,
            lambda seen: progress.update(task, advance=seen, total=source.count),
        )


def _report(kept: Journal) -> RenderableType:
    """How many were moved and skipped, and the first of those that were skipped."""
    counts = kept.counts
    moved = f"{counts[MOVED]} memories moved, {len(kept.skipped)} skipped"
    lines = [Text(f"{moved}, {counts[KNOWN]} here already" if counts[KNOWN] else moved)]
    table = plain_table("skipped", "reason", "more")
    for one in kept.skipped[:SHOWN]:
        more = one.get("detail") or (f"as {one['holder']}" if "holder" in one else "")
        table.add_row(one["key"], one["reason"], more)
    rest = len(kept.skipped) - SHOWN
    more_lines = [Text(f"and {rest} more in the journal", style="dim")] if rest > 0 else []
    return Group(*lines, *([table] if kept.skipped else []), *more_lines)
