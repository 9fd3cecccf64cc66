"""The commands about this machine: its server, the demo, a look at what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

from rich.console import Console, Group
from rich.progress import Progress
from rich.text import Text
from typer import Exit, Option, Typer

from lamella.cli.command import Answer, failing, opened, printed, show
from lamella.cli.options import ApiKey, AsJson, Data, Host, Stores
from lamella.cli.showing import fields
from lamella.deployment import reindexing
from lamella.local import doctor as examination
from lamella.local.backing import Backing, Engine, backing
from lamella.local.key import local_key
from lamella.local.server import PORT, address, listen, serve
from lamella.local.usage import usage
from lamella.reindex import Told
from lamella.service import LOCAL_ORG
from lamella.settings import Settings

app = Typer()


@app.command()
def up(
    host: Annotated[str, Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Option("--port", "-p", min=0, max=65535, help="0: any free.")] = PORT,
    data: Data = None,
    engine: Stores = Engine.SQLITE,
    as_json: AsJson = False,
) -> None:
    """Serve the memory of this machine over HTTP, until Ctrl-C."""
    with failing(as_json), ExitStack() as opened_here:
        folder = _folder(data)
        key = local_key(folder)
        listening = opened_here.enter_context(listen(host, port))
        behind = opened_here.enter_context(backing(engine, folder, {key: LOCAL_ORG}))
        show(_started(address(listening), key, folder, behind), as_json)
        serve(behind.service, listening)


@app.command()
def demo(
    port: Annotated[int | None, Option("--port", "-p", help="8320 if free, else any.")] = None,
    data: Data = None,
    once: Annotated[
        bool, Option("--once", envvar="ONCE", help="Leave after the story (or ONCE=1).")
    ] = False,
    engine: Stores = Engine.SQLITE,
) -> None:
    """Play a conversation of several days, and show what each layer holds after every step."""
    from lamella.demo import play

    with failing(False):
        raise Exit(play(port, data, once, engine))


@app.command()
def reindex(as_json: AsJson = False) -> None:
    """Make a deployment's search index anew from its table, while it goes on answering."""
    with failing(as_json), reindexing(Settings.from_env()) as rebuild, _progress() as told:
        done = rebuild.run(told)
    found = {"memories": done.memories, "refused": list(done.refused)}
    show(Answer(found, fields(found)), as_json)


@app.command()
def doctor(
    data: Data = None, host: Host = None, api_key: ApiKey = None, as_json: AsJson = False
) -> None:
    """Versions, engine, model, and how much there is, waits or was set aside."""

    def examined() -> Answer:
        if data is not None or (host is None and api_key is None):
            found = examination.examine(_folder(data))
        else:
            with opened(data, host, api_key) as memory:
                found = (
                    examination.versions()
                    | memory.health()
                    | {"organization": memory.ping()["org_id"]}
                )
        return Answer(found, fields(found))

    printed(examined, as_json)


def _folder(data: str | None) -> Path:
    return Path(data).expanduser() if data else Settings.from_env().data_folder


@contextmanager
def _progress() -> Iterator[Told]:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("reindexing", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def _started(url: str, key: str, folder: Path, behind: Backing) -> Answer:
    heading = Text.assemble("Lamella serves ", (url, "bold"), f", {behind.place}\n")
    ending = Text(f"\nCtrl-C ends it; {behind.ending}", style="dim")
    told = {"url": url, "api_key": key, "data": str(folder), "memory": behind.place}
    return Answer(told, Group(heading, usage(url, key), ending))
