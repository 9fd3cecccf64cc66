"""Memory as a tool of a Strands agent: one tool, bound to whom it is about."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Literal

from lamella.client import Memory
from lamella.errors import Invalid, LamellaError, NotFound
from lamella.extras import extra
from lamella.scopes import Scope

if TYPE_CHECKING:
    from strands.tools.decorator import DecoratedFunctionTool

Action = Literal["add", "search", "context", "list", "get", "update", "delete", "close"]

ABOUT = """\
Long-term memory. Search it before you answer, add to it what is worth knowing later.

Actions: "add" remembers `text` (preferences, facts and finished tasks last; what only matters for
the task at hand stays in this session). "search" finds memories for the question in `text`.
"context" answers one text, ready to read, with what helps for the question in `text`. "list" shows
the newest memories. "get", "update" (with `text`) and "delete" are about one `memory_id`; only
delete when you are asked to. "close" ends the session when its task is done."""


def memory_tool(
    memory: Memory,
    *,
    user_id: str | None = None,
    agent_id: str | None = None,
    app_id: str | None = None,
    session_id: str | None = None,
    name: str = "memory",
) -> DecoratedFunctionTool[..., Any]:
    """A tool for `strands.Agent(tools=[…])` that remembers for the given ids.

    The ids are yours and not the model's: by no action it reaches another's memory. A failed call
    is a tool result with status "error" and the detail. Raises Invalid without an id, SetupError
    without the extra `strands`.
    """
    with extra("strands"):
        from strands import tool

    scope = Scope(user_id, agent_id, app_id, session_id)
    actions = _actions(memory, scope)

    @tool(name=name, description=ABOUT)
    def act(
        action: Annotated[Action, "What to do."],
        text: Annotated[str | None, "What to remember, ask, or say instead."] = None,
        memory_id: Annotated[str | None, "The memory that is meant."] = None,
        limit: Annotated[int, "At most so many memories."] = 10,
    ) -> dict[str, Any]:
        try:
            answer = actions[action](text, memory_id, limit)
        except LamellaError as error:
            return {"status": "error", "content": [{"text": error.detail}]}
        shown = json.dumps(answer, ensure_ascii=False)
        return {"status": "success", "content": [{"text": shown}]}

    return act


Act = Callable[[str | None, str | None, int], Any]


def _actions(memory: Memory, scope: Scope) -> dict[str, Act]:
    """What each action does; each takes text, memory_id and limit."""
    _ = scope.owner
    ids = {name: value for name, value in scope.ids.items() if value is not None}

    def own(memory_id: str | None) -> str:
        found = memory.get(_given("memory_id", memory_id))
        if any(found[name] != value for name, value in ids.items() if name != "session_id"):
            raise NotFound(f"no memory {memory_id} of yours")
        if scope.owner.startswith("s:") and found["session_id"] != scope.session_id:
            raise NotFound(f"no memory {memory_id} of yours")
        return str(found["id"])

    def close() -> Any:
        owner = {name: value for name, value in ids.items() if name != "session_id"}
        return memory.close(_given("session_id", scope.session_id), **owner)

    return {
        "add": lambda text, _, __: memory.add(_given("text", text), **ids),
        "search": lambda text, _, limit: memory.search(_given("text", text), top_k=limit, **ids),
        "context": lambda text, _, __: memory.context(_given("text", text), **ids),
        "list": lambda _, __, limit: memory.get_all(page_size=limit, **ids),
        "get": lambda _, memory_id, __: memory.get(own(memory_id)),
        "update": lambda text, id, _: memory.update(own(id), _given("text", text)),
        "delete": lambda _, memory_id, __: memory.delete(own(memory_id)),
        "close": lambda _, __, ___: close(),
    }


def _given(name: str, value: str | None) -> str:
    if value is None:
        raise Invalid(f"{name} is missing for this action")
    return value
