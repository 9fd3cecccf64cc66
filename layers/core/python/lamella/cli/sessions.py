"""The commands about sessions, but for `close`, which stands by itself."""

from __future__ import annotations

from typing import Annotated

from rich.console import Group
from rich.text import Text
from typer import Argument, Typer

from lamella.cli import showing
from lamella.cli.command import Answer, on_memory
from lamella.cli.options import Agent, AppId, User
from lamella.client import Memory

app = Typer(help="Sessions that are open.", no_args_is_help=True)


@on_memory(app, "list")
def listed(memory: Memory, user: User = None, agent: Agent = None, app_id: AppId = None) -> Answer:
    """The open sessions, the one spoken in last first."""
    found = memory.sessions(user_id=user, agent_id=agent, app_id=app_id)
    table = showing.plain_table("session", "started", "last", "left")
    for one in found["results"]:
        left = showing.left(one["expires_in_seconds"])
        table.add_row(one["session_id"], one["started_at"], one["last_at"], left)
    return Answer(found, table if found["results"] else Text("no open sessions", style="dim"))


@on_memory(app)
def show(
    memory: Memory,
    session: Annotated[str, Argument(metavar="SESSION", help="The session's id.")],
    user: User = None,
    agent: Agent = None,
    app_id: AppId = None,
) -> Answer:
    """What a session holds: its focus, turns, notes and working items."""
    found = memory.session(session, user_id=user, agent_id=agent, app_id=app_id)
    ends = Text(f"{showing.left(found['expires_in_seconds'])} left", style="dim")
    lines = [ends, showing.memories([*found["turns"], *found["notes"]])]
    if found["attention"]:
        lines.insert(0, Text(f"about {found['attention']['value']}"))
    working = {key: str(item["value"]) for key, item in found["working"].items()}
    return Answer(found, Group(*lines, *([showing.fields(working)] if working else [])))
