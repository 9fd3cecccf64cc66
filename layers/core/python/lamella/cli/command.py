"""What every command shares: where the memory is, how the answer is printed, how a failure is."""

from __future__ import annotations

import inspect
import json
import sys
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console, RenderableType

from lamella.cli import exits
from lamella.cli.options import ApiKey, AsJson, Data, Function, Host, Organization
from lamella.client import Memory
from lamella.errors import Invalid, LamellaError

Told = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found out, as JSON and for people."""

    json: Any
    shown: RenderableType


Ask = Callable[..., Answer]

_WHERE: Mapping[str, Any] = {
    "data": Data,
    "host": Host,
    "api_key": ApiKey,
    "function": Function,
    "organization": Organization,
}


def on_memory(app: typer.Typer, name: str | None = None) -> Callable[[Ask], Ask]:
    """Add a command that asks a memory: `ask(memory, …)`, with the options for where and how.

    Where is told by options that all commands share; see `opened`.
    """

    def register(ask: Ask) -> Ask:
        def run(as_json: bool, **told: Any) -> None:
            where = {name: told.pop(name) for name in _WHERE}

            def asked() -> Answer:
                with opened(**where) as memory:
                    return ask(memory, **told)

            printed(asked, as_json)

        run.__doc__ = ask.__doc__
        run.__signature__ = _with_shared(ask)  # type: ignore[attr-defined]
        app.command(name or ask.__name__)(run)
        return ask

    return register


def opened(
    data: str | None,
    host: str | None,
    api_key: str | None,
    function: str | None = None,
    organization: str | None = None,
) -> Memory:
    """The memory that the options name. Raises LamellaError.

    `data` always means this machine; else `function` the functions on AWS, `host` or `api_key` a
    server, and nothing this machine.
    """
    if data is None and function is not None:
        return Memory(function=function, organization=organization)
    if data is not None or (host is None and api_key is None):
        return Memory(data=data)
    return Memory(api_key=api_key, host=host)


def printed(asked: Callable[[], Answer], as_json: bool) -> None:
    """Ask and print; a failure is one line on stderr, and raises Exit with its code."""
    with failing(as_json):
        show(asked(), as_json)


def show(answer: Answer, as_json: bool) -> None:
    """The answer on stdout."""
    if as_json:
        print(json.dumps(answer.json, ensure_ascii=False, indent=2), flush=True)
    else:
        Console(highlight=False).print(answer.shown, crop=False)


@contextmanager
def failing(as_json: bool) -> Iterator[None]:
    """Where a LamellaError ends the command: one line on stderr, and Exit with its code."""
    try:
        yield
    except LamellaError as error:
        complain(error, as_json)
        raise typer.Exit(exits.exit_code(error)) from None


def complain(error: LamellaError, as_json: bool) -> None:
    """The failure on stderr: what, which and what to do."""
    if as_json:
        told = json.dumps({"error": type(error).__name__, "detail": error.detail})
        print(told, file=sys.stderr)
    else:
        print(f"error: {' '.join(error.detail.split())}", file=sys.stderr)


def parsed(name: str, value: str) -> Any:
    """The JSON of an option. Raises Invalid."""
    try:
        return json.loads(value)
    except ValueError as exc:
        raise Invalid(f'{name} is no JSON: write it like \'{{"tier": "gold"}}\'') from exc


def _with_shared(ask: Ask) -> inspect.Signature:
    """The signature of `ask` as typer shall see it: without the memory, with the shared options."""
    hints = typing.get_type_hints(ask, include_extras=True)
    _, *own = inspect.signature(ask).parameters.values()
    kind = inspect.Parameter.KEYWORD_ONLY
    options = [
        *(one.replace(annotation=hints[one.name], kind=kind) for one in own),
        *(inspect.Parameter(n, kind, default=None, annotation=a) for n, a in _WHERE.items()),
        inspect.Parameter("as_json", kind, default=False, annotation=AsJson),
    ]
    return inspect.Signature(options)
