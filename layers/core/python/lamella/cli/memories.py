"""The commands about memories."""

from __future__ import annotations

from typing import Annotated

from rich.console import Group
from rich.text import Text
from typer import Argument, Option, Typer

from lamella.cli import showing
from lamella.cli.command import Answer, on_memory, parsed
from lamella.cli.options import Agent, AppId, Session, User
from lamella.client import Memory
from lamella.client.wire import told

app = Typer()

TopK = Annotated[int | None, Option("--top-k", "-k", help="At most so many (10).")]
Layers = Annotated[
    list[str] | None, Option("--layer", help="Only this layer; can be given several times.")
]
Superseded = Annotated[bool, Option("--superseded", help="Also what is no longer true.")]
MemoryId = Annotated[str, Argument(metavar="ID", help="The memory's id.")]


@on_memory(app)
def add(
    memory: Memory,
    text: Annotated[list[str], Argument(help="What was said, one message each.")],
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    app_id: AppId = None,
    role: Annotated[str, Option("--role", help="Who said it: user, assistant, tool.")] = "user",
    infer: Annotated[
        bool, Option("--infer/--no-infer", help="Keep what matters, or every word.")
    ] = True,
    wait: Annotated[
        bool, Option("--wait/--no-wait", help="Wait until it is promoted, or only captured.")
    ] = True,
    metadata: Annotated[str | None, Option("--metadata", help="A JSON object to keep.")] = None,
) -> Answer:
    """Remember what was said."""
    captured = memory.add(
        [{"role": role, "content": one} for one in text],
        user_id=user,
        session_id=session,
        agent_id=agent,
        app_id=app_id,
        infer=infer,
        async_mode=not wait,
        metadata=None if metadata is None else parsed("--metadata", metadata),
    )
    return Answer(captured, showing.captured(captured))


@on_memory(app)
def search(
    memory: Memory,
    query: Annotated[str, Argument(help="The question.")],
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    app_id: AppId = None,
    top_k: TopK = None,
    layers: Layers = None,
    superseded: Superseded = False,
) -> Answer:
    """What helps with a question, from every layer."""
    found = memory.search(
        query,
        user_id=user,
        session_id=session,
        agent_id=agent,
        app_id=app_id,
        top_k=top_k,
        layers=layers or None,
        superseded=superseded,
    )
    remark = [Text(found["degraded"], "yellow")] if found["degraded"] else []
    return Answer(found, Group(showing.memories(found["results"]), *remark))


@on_memory(app)
def context(
    memory: Memory,
    query: Annotated[str, Argument(help="The question.")],
    tokens: Annotated[int, Option("--tokens", "-t", help="The budget, in tokens.")] = 1_000,
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    app_id: AppId = None,
) -> Answer:
    """The same as one text for a prompt, inside a token budget."""
    ids = told(user_id=user, session_id=session, agent_id=agent, app_id=app_id)
    block = memory.context(query, tokens=tokens, **ids)
    return Answer(block, Text(block["context"]))


@on_memory(app, "list")
def listed(
    memory: Memory,
    user: User = None,
    session: Session = None,
    agent: Agent = None,
    app_id: AppId = None,
    layers: Layers = None,
    superseded: Superseded = False,
    page: Annotated[int, Option("--page", help="Which page.")] = 1,
    page_size: Annotated[int, Option("--page-size", help="Memories a page.")] = 100,
) -> Answer:
    """What is remembered, newest first."""
    ids = told(user_id=user, session_id=session, agent_id=agent, app_id=app_id)
    found = memory.get_all(
        page=page, page_size=page_size, layers=layers or None, superseded=superseded, **ids
    )
    count = Text(f"{len(found['results'])} of {found['count']}", style="dim")
    return Answer(found, Group(showing.memories(found["results"]), count))


@on_memory(app)
def get(memory: Memory, memory_id: MemoryId) -> Answer:
    """One memory with everything known about it."""
    found = memory.get(memory_id)
    return Answer(found, showing.fields({k: v for k, v in found.items() if v not in (None, [])}))


@on_memory(app)
def delete(memory: Memory, memory_id: MemoryId) -> Answer:
    """Delete one memory."""
    done = memory.delete(memory_id)
    return Answer(done, Text(done["message"]))


@on_memory(app)
def close(
    memory: Memory,
    session: Annotated[str, Argument(help="The session's id.")],
    user: User = None,
    agent: Agent = None,
    app_id: AppId = None,
    promote: Annotated[
        bool, Option("--promote/--no-promote", help="Keep what is worth it, or just clear.")
    ] = True,
) -> Answer:
    """End a session: what is worth keeping is promoted, with a summary; the rest goes."""
    whose = told(user_id=user, agent_id=agent, app_id=app_id)
    done = memory.close(session, promote, **whose)
    memory.flush(**whose, **({} if whose else {"session_id": session}))
    return Answer(done, Text(done["message"]))


@on_memory(app)
def forget(memory: Memory, user: User = None, agent: Agent = None, app_id: AppId = None) -> Answer:
    """Erase everything of one user, agent or app, for good."""
    done = memory.forget(user_id=user, agent_id=agent, app_id=app_id)
    return Answer(done, Group(Text(done["message"]), showing.fields(done["receipt"])))
