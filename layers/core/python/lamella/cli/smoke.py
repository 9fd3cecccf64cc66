"""The command that walks through a deployment after it was made or changed."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text
from typer import Exit, Typer
from ulid import ULID

from lamella.cli.command import Answer, failing, opened, show
from lamella.cli.options import ApiKey, AsJson, Data, Function, Host, Organization
from lamella.client import Memory
from lamella.smoke import Smoke, Step

app = Typer()


@app.command()
def smoke(
    data: Data = None,
    host: Host = None,
    api_key: ApiKey = None,
    function: Function = None,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Capture, promote, retrieve and forget as a user made up for it; exits with 1 if one fails.

    The key needs the scopes read, write and govern.
    """
    with failing(as_json), opened(data, host, api_key, function, organization) as memory:
        steps = list(_walked(memory, quiet=as_json))
    failed = [step for step in steps if step.failed]
    if as_json:
        told = [
            {"step": s.name, "ok": not s.failed, "seconds": round(s.seconds, 3), "told": s.told}
            for s in steps
        ]
        show(Answer({"ok": not failed, "steps": told}, Text()), as_json)
    if failed:
        raise Exit(1)


def _walked(memory: Memory, quiet: bool) -> list[Step]:
    console = Console(highlight=False, quiet=quiet)
    steps = []
    for step in Smoke(memory, f"smoke-{ULID()}").steps():
        steps.append(step)
        mark = Text("failed", "red bold") if step.failed else Text("ok    ", "green")
        told = (f"  {step.name:<17}{step.seconds * 1000:7.0f} ms  {step.told}",)
        console.print(Text.assemble(mark, *told), soft_wrap=True)
    return steps
