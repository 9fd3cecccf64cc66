"""The tools behind the official SDK's server: arguments in, JSON or a plain error out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pydantic

from lamella import __version__
from lamella.errors import Invalid, LamellaError
from lamella.extras import extra
from lamella.mcp.caller import Caller
from lamella.mcp.tools import INSTRUCTIONS, TOOLS, Tool

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

_BY_NAME = {tool.name: tool for tool in TOOLS}


def server_for(caller: Caller) -> Server[Any]:
    """An MCP server that does everything as `caller`. Raises SetupError without the extra `mcp`."""
    with extra("mcp"):
        import mcp_types as types
        from anyio.to_thread import run_sync
        from mcp.server.lowlevel import Server

    async def list_tools(context: Any, asked: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool(**_shown(tool)) for tool in TOOLS])

    async def call_tool(context: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        try:
            answer = await run_sync(answered, caller, asked.name, asked.arguments or {})
        except LamellaError as error:
            told = {"detail": error.detail, "error": type(error).__name__, "status": error.status}
            text = types.TextContent(type="text", text=error.detail)
            return types.CallToolResult(content=[text], structured_content=told, is_error=True)
        text = types.TextContent(type="text", text=json.dumps(answer, ensure_ascii=False))
        return types.CallToolResult(content=[text], structured_content=answer)

    return Server(
        "lamella",
        title="Lamella",
        version=__version__,
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def answered(caller: Caller, name: str, told: dict[str, Any]) -> dict[str, Any]:
    """What the tool `name` answers to the arguments `told`: a JSON object. Raises LamellaError."""
    tool = _BY_NAME.get(name)
    if tool is None:
        raise Invalid(f"no tool has that name: use one of {', '.join(_BY_NAME)}")
    try:
        asked = tool.arguments.model_validate(told)
    except pydantic.ValidationError as exc:
        raise Invalid(_plain(exc)) from None
    answer = tool.call(caller, asked)
    return answer if isinstance(answer, dict) else {"results": answer}


def _shown(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.about,
        "input_schema": tool.arguments.model_json_schema(),
        "annotations": {
            "read_only_hint": tool.reads,
            "destructive_hint": tool.destroys,
            "open_world_hint": False,
        },
    }


def _plain(exc: pydantic.ValidationError) -> str:
    """The first problem, without the value that has it."""
    error = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(part)[:40] for part in error["loc"]) or "the arguments"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}"
