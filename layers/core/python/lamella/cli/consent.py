"""The commands about who agreed to be remembered."""

from __future__ import annotations

from typing import Annotated

from rich.console import Group
from rich.text import Text
from typer import Option, Typer

from lamella.cli.command import Answer, on_memory
from lamella.cli.options import Agent, AppId, User
from lamella.cli.showing import plain_table
from lamella.client import Memory
from lamella.client.wire import Json

app = Typer(help="Who agreed to be remembered.", no_args_is_help=True)

Evidence = Annotated[
    str | None, Option("--evidence", help="How it is known, such as the number of a form.")
]


@on_memory(app)
def show(memory: Memory, user: User = None, agent: Agent = None, app_id: AppId = None) -> Answer:
    """What somebody said, newest first."""
    return _told(memory.consent(user_id=user, agent_id=agent, app_id=app_id))


@on_memory(app)
def grant(
    memory: Memory,
    user: User = None,
    agent: Agent = None,
    app_id: AppId = None,
    evidence: Evidence = None,
) -> Answer:
    """Record that they agree."""
    return _told(
        memory.record_consent(True, user_id=user, agent_id=agent, app_id=app_id, evidence=evidence)
    )


@on_memory(app)
def refuse(
    memory: Memory,
    user: User = None,
    agent: Agent = None,
    app_id: AppId = None,
    evidence: Evidence = None,
) -> Answer:
    """Record that they don't, or no longer; what is remembered stays until `forget`."""
    return _told(
        memory.record_consent(False, user_id=user, agent_id=agent, app_id=app_id, evidence=evidence)
    )


def _told(found: Json) -> Answer:
    verdict = "may be remembered" if found["remembered"] else "is not remembered"
    head = Text(f"{found['owner']} {verdict} (consent is {found['mode']})", style="bold")
    table = plain_table("when", "agreed", "recorded by", "evidence")
    for one in found["answers"]:
        table.add_row(
            one["at"], "yes" if one["granted"] else "no", one["by"], one.get("evidence") or "-"
        )
    return Answer(found, Group(head, table) if found["answers"] else head)
