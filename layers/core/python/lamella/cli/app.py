"""The commands together, and what happens to a line that makes no sense."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer
from typer import BadParameter, Exit, Option, Typer

from lamella import __version__
from lamella.cli import (
    consent,
    corrections,
    exits,
    export,
    imports,
    keys,
    machine,
    mcp,
    memories,
    org,
    parked,
    sessions,
    smoke,
)
from lamella.cli.command import complain
from lamella.errors import Invalid

UnreadableLine: type[Exception] = BadParameter.__mro__[1]
"""What typer raises for a line it can't read; its own name for it is private."""

app = Typer(
    help="Layered memory for AI agents: conversation, session, user, organization.",
    epilog=exits.LEGEND,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(machine.app)
app.add_typer(mcp.app)
app.add_typer(memories.app)
app.add_typer(corrections.app)
app.add_typer(parked.app)
app.add_typer(smoke.app)
app.add_typer(export.app)
app.add_typer(imports.app, name="import")
app.add_typer(sessions.app, name="sessions")
app.add_typer(org.app, name="org")
app.add_typer(consent.app, name="consent")
app.add_typer(keys.app, name="keys")


def _print_version(asked: bool) -> None:
    if asked:
        print(f"lamella {__version__}")
        raise Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        Option("--version", callback=_print_version, is_eager=True, help="Show it and exit."),
    ] = False,
) -> None:
    """Read what stands before the command."""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` (else the process's own) name; answers its exit code."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return int(app(line, prog_name="lamella", standalone_mode=False) or 0)
    except UnreadableLine as problem:
        if told := _told(problem):
            complain(Invalid(f"{told}: see lamella --help"), "--json" in line)
        return exits.USAGE
    except (typer.Abort, KeyboardInterrupt):
        return exits.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.ERROR


def _told(problem: Exception) -> str:
    """What is wrong with the line; nothing where typer has shown the help instead."""
    message = str(problem) and str(getattr(problem, "format_message", problem.__str__)())
    return message.rstrip(".")
