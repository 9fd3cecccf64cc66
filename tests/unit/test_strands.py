"""A Strands agent's memory tool: what it says to the model, and whose memory it reaches."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from strands import Agent
from strands.models import Model
from strands.types.tools import ToolUse
from world import ORG, World, in_memory

import lamella
from lamella import Memory
from lamella.api import Api
from lamella.client import InProcess
from lamella.errors import Invalid
from lamella.integrations.strands import memory_tool
from lamella.models import Principal
from lamella.routes import SCOPES


@pytest.fixture
def world() -> Iterator[World]:
    built = in_memory()
    yield built
    built.close()


@pytest.fixture
def memory(world: World) -> Memory:
    return Memory(transport=InProcess(Api(world.service), Principal(ORG, SCOPES)))


def used(tool: Any, **given: Any) -> Any:
    """What the tool answers to a model's use of it, as the agent loop asks for it."""

    async def stream() -> list[Any]:
        use = ToolUse(toolUseId="t1", name=tool.tool_name, input=given)
        return [event async for event in tool.stream(use, {})]

    result = asyncio.run(stream())[-1].tool_result
    assert result["toolUseId"] == "t1"
    return result


def told(tool: Any, **given: Any) -> Any:
    """The JSON of a use that succeeds."""
    result = used(tool, **given)
    [content] = result["content"]
    assert result["status"] == "success", content
    return json.loads(content["text"])


def refused(tool: Any, **given: Any) -> str:
    """The text of a use that fails."""
    result = used(tool, **given)
    assert result["status"] == "error"
    return str(result["content"][0]["text"])


def test_the_model_is_shown_one_tool_with_its_actions_and_no_ids(memory: Memory) -> None:
    spec = memory_tool(memory, user_id="alex").tool_spec
    shown = spec["inputSchema"]["json"]["properties"]
    assert spec["name"] == "memory"
    assert "Search it before you answer" in spec["description"]
    assert set(shown) == {"action", "text", "memory_id", "limit"}
    assert shown["action"]["enum"] == [
        "add",
        "search",
        "context",
        "list",
        "get",
        "update",
        "delete",
        "close",
    ]


def test_what_the_model_adds_it_finds_again(memory: Memory, world: World) -> None:
    tool = memory_tool(memory, user_id="alex", session_id="trip")
    told(tool, action="add", text="I prefer boutique hotels.")
    hits = told(tool, action="search", text="hotel preferences", limit=3)["results"]
    assert hits[0]["memory"] == "I prefer boutique hotels."
    assert "boutique" in told(tool, action="context", text="Which hotel?")["context"]
    assert told(tool, action="close")["session_id"] == "trip"
    world.settle()
    [kept, *_] = told(tool, action="list")["results"]
    assert "boutique" in kept["memory"]
    told(tool, action="update", memory_id=kept["id"], text="Prefers small hotels.")
    assert told(tool, action="get", memory_id=kept["id"])["memory"] == "Prefers small hotels."
    told(tool, action="delete", memory_id=kept["id"])
    assert "deleted" in refused(tool, action="get", memory_id=kept["id"])


@pytest.mark.parametrize(
    "mine", [{"user_id": "alex"}, {"agent_id": "bot"}, {"session_id": "trip"}], ids=str
)
def test_the_model_reaches_nobody_else_s_memory(
    memory: Memory, world: World, mine: dict[str, str]
) -> None:
    theirs = world.remember("Kim paints.", user_id="kim", session_id="other")
    tool = memory_tool(memory, **mine)  # type: ignore[arg-type]
    for action in ("get", "update", "delete"):
        detail = refused(tool, action=action, memory_id=theirs, text="Kim sings.")
        assert detail == f"no memory {theirs} of yours"
    assert told(tool, action="search", text="Kim paints")["results"] == []
    assert memory.get(theirs)["memory"] == "Kim paints."


def test_a_use_that_makes_no_sense_is_an_error_that_says_what_is_missing(memory: Memory) -> None:
    tool = memory_tool(memory, user_id="alex")
    assert refused(tool, action="add") == "text is missing for this action"
    assert refused(tool, action="get") == "memory_id is missing for this action"
    assert refused(tool, action="close") == "session_id is missing for this action"
    assert "no memory nope" in refused(tool, action="delete", memory_id="nope")
    assert "action" in refused(tool, action="explode")


def test_a_tool_must_be_bound_to_somebody(memory: Memory) -> None:
    with pytest.raises(Invalid, match="name whom this is about"):
        memory_tool(memory)


def test_two_tools_of_one_agent_have_names_of_their_own(memory: Memory) -> None:
    assert memory_tool(memory, agent_id="bot", name="own_memory").tool_name == "own_memory"


def test_without_strands_the_tool_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['strands'] = None\n"
        "from lamella.errors import SetupError\n"
        "from lamella.integrations.strands import memory_tool\n"
        "try:\n    memory_tool(None, user_id='alex')\n"
        "except SetupError as error:\n    print(error.detail)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(Path(lamella.__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pip install 'lamella[strands]'" in done.stdout


# --- in an agent's own loop ------------------------------------------------------------------


class Scripted(Model):
    """A model that uses the memory as it is told, then says what the tool answered last."""

    def __init__(self, *uses: dict[str, Any]) -> None:
        self._uses = list(uses)

    async def stream(self, messages: Any, *args: Any, **options: Any) -> AsyncIterator[Any]:
        uses_memory = bool(self._uses)
        yield {"messageStart": {"role": "assistant"}}
        if uses_memory:
            given = json.dumps(self._uses.pop(0))
            use = {"name": "memory", "toolUseId": f"t{len(self._uses)}"}
            yield {"contentBlockStart": {"start": {"toolUse": use}}}
            yield {"contentBlockDelta": {"delta": {"toolUse": {"input": given}}}}
        else:
            [result] = messages[-1]["content"]
            text = result["toolResult"]["content"][0]["text"]
            yield {"contentBlockStart": {"start": {}}}
            yield {"contentBlockDelta": {"delta": {"text": text}}}
        yield {"contentBlockStop": {}}
        yield {"messageStop": {"stopReason": "tool_use" if uses_memory else "end_turn"}}

    def update_config(self, **config: Any) -> None:
        raise NotImplementedError

    def get_config(self) -> Any:
        return {}

    def structured_output(self, *args: Any, **options: Any) -> Any:
        raise NotImplementedError


def test_an_agent_uses_it_in_its_loop(memory: Memory) -> None:
    model = Scripted(
        {"action": "add", "text": "I prefer boutique hotels."},
        {"action": "context", "text": "Which hotel?"},
    )
    agent = Agent(model, tools=[memory_tool(memory, user_id="alex")], callback_handler=None)
    assert "boutique" in str(agent("Where should I stay?"))
