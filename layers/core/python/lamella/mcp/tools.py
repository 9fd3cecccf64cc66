"""The tools, as data: what each is called, what an agent is told of it, and what it calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lamella.client.wire import path
from lamella.mcp import arguments
from lamella.mcp.caller import Caller

INSTRUCTIONS = """\
Lamella is this agent's memory. It has four layers:
- conversation: the latest turns as they were said; fades within an hour.
- session: short facts of the task at hand (a run_id); gone some hours after the last call.
- user: what is known of a person, agent or app for good: preferences, facts, past events.
- org: what the whole organization shares: policies, catalogues, FAQs. Read-only here.
Before you answer, ask get_context (a text for the prompt) or search_memories; for rules of the
organization ask search_org. After a turn that says something worth knowing later, call add_memory:
give a user_id for what lasts, and a run_id as well while a task is going on, and Lamella decides
what is durable. When the task is done, call close_session. To correct a memory, just add what is
true now (the newest truth wins and the old one stays in its history), or use update_memory."""

ANYWHERE = "mcp"
"""A user in whose name the org layer is searched: the layer is everybody's, a search needs one."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `call` answers JSON and raises LamellaError; `reads`, `destroys` are hints."""

    name: str
    about: str
    arguments: type[arguments.Arguments]
    call: Callable[[Caller, Any], Any]
    reads: bool = False
    destroys: bool = False


def _add(caller: Caller, asked: arguments.AddMemory) -> Any:
    return caller.memory.add(
        asked.messages if asked.messages is not None else asked.text,
        metadata=asked.metadata,
        infer=asked.infer,
        enable_graph=asked.enable_graph,
        **caller.whose(asked.ids),
    )


def _search(caller: Caller, asked: arguments.SearchMemories) -> Any:
    return caller.memory.search(
        asked.query,
        filters=asked.filters,
        top_k=asked.limit,
        threshold=asked.threshold,
        layers=asked.layers,
        enable_graph=asked.enable_graph,
        **caller.whose(asked.ids, asked.filters),
    )


def _list(caller: Caller, asked: arguments.GetMemories) -> Any:
    return caller.memory.get_all(
        filters=asked.filters,
        page=asked.page,
        page_size=asked.page_size,
        enable_graph=asked.enable_graph,
        **caller.whose(asked.ids, asked.filters),
    )


def _get(caller: Caller, asked: arguments.OneMemory) -> Any:
    return caller.memory.get(asked.memory_id)


def _update(caller: Caller, asked: arguments.UpdateMemory) -> Any:
    return caller.memory.update(asked.memory_id, asked.text, metadata=asked.metadata)


def _delete(caller: Caller, asked: arguments.OneMemory) -> Any:
    return caller.memory.delete(asked.memory_id)


def _delete_all(caller: Caller, asked: arguments.Whose) -> Any:
    return caller.memory.delete_all(**caller.whose(asked.ids))


def _delete_entities(caller: Caller, asked: arguments.Entities) -> Any:
    return {
        "results": [
            {"type": type_, "name": name}
            | caller.ask("DELETE", path("v2", "entities", type_, name))
            for type_, name in asked.named
        ]
    }


def _list_entities(caller: Caller, asked: arguments.Paged) -> Any:
    return caller.ask("GET", path("v1", "entities"), page=asked.page, page_size=asked.page_size)


def _list_events(caller: Caller, asked: arguments.Latest) -> Any:
    return caller.ask("GET", path("v1", "events"), limit=asked.limit)


def _event(caller: Caller, asked: arguments.OneEvent) -> Any:
    return caller.memory.event(asked.event_id)


def _context(caller: Caller, asked: arguments.GetContext) -> Any:
    return caller.memory.context(
        asked.query,
        tokens=asked.tokens,
        filters=asked.filters,
        **caller.whose(asked.ids, asked.filters),
    )


def _close(caller: Caller, asked: arguments.CloseSession) -> Any:
    return caller.memory.close(asked.session_id, asked.promote, **caller.whose(asked.ids))


def _search_org(caller: Caller, asked: arguments.SearchOrg) -> Any:
    return caller.memory.search(
        asked.query,
        user_id=caller.user_id or ANYWHERE,
        agent_id=asked.agent_id,
        layers=["org"],
        top_k=asked.limit,
    )


TOOLS: tuple[Tool, ...] = (
    Tool(
        "add_memory",
        "Remember something that was said or learned. With a user_id, what lasts (preferences, "
        "facts, relationships, finished tasks) goes to the user layer; with a run_id as well, "
        "what only matters for the task at hand stays in that session. Answers an event_id at "
        "once; searches see the turn immediately, facts are worked out a moment later.",
        arguments.AddMemory,
        _add,
    ),
    Tool(
        "search_memories",
        "Find what is remembered about a question. With user_id and run_id it answers the user's "
        "lasting memories first, then the session's notes, the organization's knowledge, and the "
        "latest raw turns. Use it before answering anything personal.",
        arguments.SearchMemories,
        _search,
        reads=True,
    ),
    Tool(
        "get_memories",
        "List memories page by page, newest first, without a question: to review what is known. "
        "To answer a question, use search_memories.",
        arguments.GetMemories,
        _list,
        reads=True,
    ),
    Tool(
        "get_memory",
        "Read one memory by its id: text, layer, kind, where it came from, when it ends.",
        arguments.OneMemory,
        _get,
        reads=True,
    ),
    Tool(
        "update_memory",
        "Correct the wording of one memory, by its id. Its history keeps the former text.",
        arguments.UpdateMemory,
        _update,
    ),
    Tool(
        "delete_memory",
        "Delete one memory, by its id. Only when the user asks for it: what merely became "
        "untrue is superseded by adding what is true now.",
        arguments.OneMemory,
        _delete,
        destroys=True,
    ),
    Tool(
        "delete_all_memories",
        "Delete every memory of the named user, agent, app or session. Only when the user asks "
        "for it, and after confirming whose.",
        arguments.Whose,
        _delete_all,
        destroys=True,
    ),
    Tool(
        "delete_entities",
        "Delete all memories that a user, agent, app or session has, and take it off the list of "
        "entities. Only when the user asks for it, and after confirming whose.",
        arguments.Entities,
        _delete_entities,
        destroys=True,
    ),
    Tool(
        "list_entities",
        "List the users, agents, apps and sessions that have memories, with how many.",
        arguments.Paged,
        _list_entities,
        reads=True,
    ),
    Tool(
        "list_events",
        "List what add_memory was given lately, newest first, and how far each of it is.",
        arguments.Latest,
        _list_events,
        reads=True,
    ),
    Tool(
        "get_event_status",
        "Say what became of one add_memory: PENDING, RUNNING, SUCCEEDED or FAILED, and for each "
        "turn the memory it led to or why it led to none.",
        arguments.OneEvent,
        _event,
        reads=True,
    ),
    Tool(
        "get_context",
        "Get one text, ready for your prompt, with what helps for a question out of all four "
        "layers, inside a token budget. The simplest way to remember before answering.",
        arguments.GetContext,
        _context,
        reads=True,
    ),
    Tool(
        "close_session",
        "End a session when its task is done: its turns and notes are cleared, what is worth "
        "keeping moves to the user layer, with a short summary of what happened.",
        arguments.CloseSession,
        _close,
        destroys=True,
    ),
    Tool(
        "search_org",
        "Search the org layer alone: policies, catalogues and FAQs that the organization itself "
        "stated. Use it for questions about rules and products rather than about a person.",
        arguments.SearchOrg,
        _search_org,
        reads=True,
    ),
)
