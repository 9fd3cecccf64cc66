"""The commands about what the whole organization knows."""

from __future__ import annotations

from typing import Annotated

from rich.console import Group
from rich.text import Text
from typer import Argument, Option, Typer

from lamella.cli import showing
from lamella.cli.command import Answer, on_memory, parsed
from lamella.cli.options import Expires, MemoryId, Metadata
from lamella.client import Memory
from lamella.client.wire import KEPT, Json

app = Typer(help="What the whole organization shares.", no_args_is_help=True)

ReviewBy = Annotated[
    str | None, Option("--review-by", help="Date by which to look at it again (in 180 days).")
]
Audience = Annotated[
    list[str] | None, Option("--audience", help="Only for this agent; several times.")
]
Categories = Annotated[list[str] | None, Option("--category", help="Several times.")]


@on_memory(app)
def add(
    memory: Memory,
    text: Annotated[str, Argument(help="What everybody should know.")],
    owner: Annotated[str, Option("--owner", help="Who answers for it.")],
    review_by: ReviewBy = None,
    audience: Audience = None,
    category: Categories = None,
    metadata: Metadata = None,
    expires: Expires = None,
) -> Answer:
    """State something for everybody, or for some agents."""
    made = memory.org_add(
        text,
        owner=owner,
        review_by=review_by,
        audience=audience,
        categories=category,
        metadata=None if metadata is None else parsed("--metadata", metadata),
        expiration_date=expires,
    )
    return _told(made)


@on_memory(app, "list")
def listed(
    memory: Memory,
    page: Annotated[int, Option("--page", help="Which page.")] = 1,
    page_size: Annotated[int, Option("--page-size", help="Memories a page.")] = 100,
) -> Answer:
    """What the organization states, newest first."""
    found = memory.org_list(page=page, page_size=page_size)
    table = showing.plain_table("id", "owner", "review by", "memory")
    for one in found["results"]:
        by = Text((one["review_by"] or "-")[:10], style="red" if one["review_due"] else "")
        table.add_row(one["id"], one["owner"], by, one["memory"])
    return Answer(found, table if found["results"] else Text("nothing", style="dim"))


@on_memory(app)
def update(
    memory: Memory,
    memory_id: MemoryId,
    text: Annotated[str | None, Argument(help="What it should say.")] = None,
    owner: Annotated[str | None, Option("--owner", help="Who answers for it.")] = None,
    review_by: ReviewBy = None,
    audience: Audience = None,
    category: Categories = None,
    metadata: Metadata = None,
    expires: Expires = None,
) -> Answer:
    """Correct it, hand it over, or put off its review."""
    changed = memory.org_update(
        memory_id,
        text,
        owner=owner,
        review_by=review_by,
        audience=audience,
        categories=category,
        metadata=None if metadata is None else parsed("--metadata", metadata),
        expiration_date=expires or KEPT,
    )
    return _told(changed)


@on_memory(app)
def retire(memory: Memory, memory_id: MemoryId) -> Answer:
    """Take it out of use."""
    done = memory.org_retire(memory_id)
    return Answer(done, Text(done["message"]))


@on_memory(app)
def restore(memory: Memory, memory_id: MemoryId) -> Answer:
    """Bring back what was retired."""
    return _told(memory.org_restore(memory_id))


def _told(one: Json) -> Answer:
    review = (one["review_by"] or "never")[:10]
    about = Text(f"{one['id']}  {one['owner']} answers for it until {review}", style="dim")
    return Answer(one, Group(Text(one["memory"]), about))
