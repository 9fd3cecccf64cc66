"""The commands that change a memory, look at its past, or at how memories hang together."""

from __future__ import annotations

from typing import Annotated

from rich.text import Text
from typer import Argument, Option, Typer

from lamella.cli import showing
from lamella.cli.command import Answer, on_memory, parsed
from lamella.cli.options import Agent, AppId, Expires, MemoryId, Metadata, User
from lamella.client import Memory
from lamella.client.wire import KEPT
from lamella.errors import Invalid

app = Typer()


@on_memory(app)
def update(
    memory: Memory,
    memory_id: MemoryId,
    text: Annotated[str | None, Argument(help="What it should say.")] = None,
    metadata: Metadata = None,
    said: Annotated[str | None, Option("--timestamp", help="When it was said.")] = None,
    expires: Expires = None,
    lasts: Annotated[bool, Option("--lasts", help="It no longer expires.")] = False,
) -> Answer:
    """Correct a memory; the old text stays in its history."""
    if lasts and expires:
        raise Invalid("--lasts and --expires contradict each other: give one")
    changed = memory.update(
        memory_id,
        text,
        metadata=None if metadata is None else parsed("--metadata", metadata),
        timestamp=said,
        expiration_date=None if lasts else expires or KEPT,
    )
    return Answer(changed, showing.memories([changed]))


@on_memory(app)
def history(memory: Memory, memory_id: MemoryId) -> Answer:
    """All that happened to a memory, oldest first."""
    entries = memory.history(memory_id)
    table = showing.plain_table("when", "event", "was", "is")
    for one in entries:
        was, is_ = one["old_memory"] or "-", one["new_memory"] or "-"
        table.add_row(one["created_at"], one["event"], was, is_)
    return Answer(entries, table)


@on_memory(app)
def restore(memory: Memory, memory_id: MemoryId) -> Answer:
    """Bring back a memory that was superseded or deleted."""
    restored = memory.restore(memory_id)
    return Answer(restored, showing.memories([restored]))


@on_memory(app)
def relations(
    memory: Memory,
    user: User = None,
    agent: Agent = None,
    app_id: AppId = None,
    entity: Annotated[str | None, Option("--entity", help="Only what touches this.")] = None,
) -> Answer:
    """How what is known hangs together: subject, predicate, object."""
    found = memory.relations(user_id=user, agent_id=agent, app_id=app_id, entity=entity)
    table = showing.plain_table("subject", "predicate", "object", "memory")
    for one in found["results"]:
        table.add_row(one["subject"], one["predicate"], one["object"], one["memory_id"])
    return Answer(found, table if found["results"] else Text("no relations", style="dim"))
