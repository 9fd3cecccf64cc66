"""MCP by the SDK's own client: a child process on its streams, and the local server's door."""

from __future__ import annotations

import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from anyio.from_thread import start_blocking_portal
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

import lamella
from lamella.errors import Invalid
from lamella.extras import extra
from lamella.local.server import PORT, address, listen, serving
from lamella.mcp.caller import Caller
from lamella.mcp.server import answered
from lamella.mcp.tools import TOOLS
from lamella.service import open_local
from lamella.settings import Settings

LIBRARY = Path(lamella.__file__).parents[1]
KEYS = {"lm_mcp_0123456789abcdef": "acme", "lm_other_0123456789abcdef": "globex"}
ACME, GLOBEX = KEYS

MEM0 = {
    "add_memory",
    "search_memories",
    "get_memories",
    "get_memory",
    "update_memory",
    "delete_memory",
    "delete_all_memories",
    "delete_entities",
    "list_entities",
    "list_events",
    "get_event_status",
}


class Agent:
    """An MCP client that can be asked from a test which isn't asynchronous."""

    def __init__(self, portal: Any, client: Client) -> None:
        self._portal = portal
        self.client = client

    def tools(self) -> dict[str, Any]:
        return {tool.name: tool for tool in self._portal.call(self.client.list_tools).tools}

    def result(self, name: str, **told: Any) -> CallToolResult:
        answer = self._portal.call(partial(self.client.call_tool, name, told))
        assert isinstance(answer, CallToolResult)
        return answer

    def ask(self, name: str, **told: Any) -> dict[str, Any]:
        """What a tool answers, which must be the same as text and as structured content."""
        answer = self.result(name, **told)
        [content] = answer.content
        assert content.type == "text"
        assert not answer.is_error, content.text
        assert json.loads(content.text) == answer.structured_content
        assert answer.structured_content is not None
        return answer.structured_content

    def refused(self, name: str, **told: Any) -> str:
        """The detail of a tool's error, which must be the same as text and as structured."""
        answer = self.result(name, **told)
        [content] = answer.content
        assert content.type == "text"
        assert answer.is_error
        assert answer.structured_content is not None
        assert answer.structured_content["detail"] == content.text
        return content.text


@contextmanager
def over_stdio(data: Path, **environment: str) -> Iterator[Agent]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("LAMELLA_")}
    given = {"PYTHONPATH": str(LIBRARY), "LAMELLA_DATA": str(data), "LAMELLA_SETTLE": "0"}
    cache = {k: v for k, v in os.environ.items() if k == "LAMELLA_CACHE"}
    started = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from lamella.cli import main; raise SystemExit(main(['mcp']))"],
        env=inherited | cache | given | environment,
    )
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(started)) as client,
    ):
        yield Agent(portal, client)


def named(header: str) -> bytes:
    return header.replace("_", "-").encode()


def encoded(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


@contextmanager
def over_http(url: str, mode: Any = "auto", **headers: str | bytes) -> Iterator[Agent]:
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(
            httpx2.AsyncClient(headers=[(named(k), encoded(v)) for k, v in headers.items()])
        ) as http,
        portal.wrap_async_context_manager(
            Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode)
        ) as client,
    ):
        yield Agent(portal, client)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real local server with the keys of two organizations."""
    folder = tmp_path_factory.mktemp("served")
    listening = listen("127.0.0.1", 0)
    with (
        closing(open_local(str(folder), settings=Settings(settle=0), keys=KEYS)) as service,
        serving(service, listening),
    ):
        yield address(listening)


@pytest.fixture(scope="module", params=["stdio", "http", "http of 2025"])
def agent(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, url: str
) -> Iterator[Agent]:
    """An agent whose default user is Alex, over each transport and each age of the protocol."""
    if request.param == "stdio":
        with over_stdio(tmp_path_factory.mktemp("child"), LAMELLA_USER="alex") as agent:
            yield agent
        return
    mode = "auto" if request.param == "http" else "legacy"
    user = f"alex-{mode}"
    with over_http(url, mode, Authorization=f"Bearer {ACME}", X_Lamella_User=user) as agent:
        yield agent


# --- over every transport ------------------------------------------------------------------


def test_an_agent_is_shown_mem0_s_eleven_tools_and_lamella_s_three(agent: Agent) -> None:
    tools = agent.tools()
    assert set(tools) == MEM0 | {"get_context", "close_session", "search_org"}
    assert {"text", "messages", "user_id", "agent_id", "app_id", "run_id", "metadata"} <= set(
        tools["add_memory"].input_schema["properties"]
    )
    assert {"query", "filters", "limit"} <= set(tools["search_memories"].input_schema["properties"])
    assert {"filters", "page", "page_size"} <= set(tools["get_memories"].input_schema["properties"])
    assert tools["update_memory"].input_schema["required"] == ["memory_id", "text"]
    assert tools["search_memories"].annotations.read_only_hint
    assert tools["delete_all_memories"].annotations.destructive_hint


def test_the_server_teaches_which_layer_is_for_what(agent: Agent) -> None:
    told = agent.client.instructions or ""
    assert all(f"- {layer}:" in told for layer in ("conversation", "session", "user", "org"))


def test_what_was_added_is_found_by_the_default_user_without_naming_it(agent: Agent) -> None:
    agent.ask("add_memory", text="I prefer boutique hotels.", run_id="trip")
    [hit, *_] = agent.ask("search_memories", query="Any hotel preferences?", run_id="trip")[
        "results"
    ]
    assert hit["memory"] == "I prefer boutique hotels."
    told = agent.ask("get_context", query="Which hotel?", session_id="trip", tokens=200)
    assert "boutique" in told["context"]
    closed = agent.ask("close_session", session_id="trip")
    assert closed["session_id"] == "trip"


def test_a_memory_is_listed_read_corrected_and_deleted(agent: Agent) -> None:
    added = agent.ask(
        "add_memory", text="Alex plays the oboe.", infer=False, metadata={"topic": "music"}
    )
    id = added["results"][0]["id"]
    about_music = {"metadata": {"topic": "music"}}
    assert [one["id"] for one in agent.ask("get_memories", filters=about_music)["results"]] == [id]
    assert agent.ask("update_memory", memory_id=id, text="Alex plays the cello.")["id"] == id
    assert agent.ask("get_memory", memory_id=id)["memory"] == "Alex plays the cello."
    assert agent.ask("get_event_status", event_id=added["event_id"])["status"] == "SUCCEEDED"
    assert added["event_id"] in [e["id"] for e in agent.ask("list_events")["results"]]
    agent.ask("delete_memory", memory_id=id)
    assert agent.refused("get_memory", memory_id=id) == (
        f"no memory {id}: it was deleted, has expired or is forgotten"
    )


def test_delete_all_without_a_name_means_the_default_user_alone(agent: Agent) -> None:
    mine = agent.ask("add_memory", text="I collect stamps.", infer=False)["results"][0]["id"]
    others = agent.ask("add_memory", text="Kim paints.", infer=False, user_id="kim")["results"]
    agent.ask("delete_all_memories")
    assert mine in agent.refused("get_memory", memory_id=mine)
    assert agent.ask("get_memory", memory_id=others[0]["id"])["memory"] == "Kim paints."


def test_entities_are_listed_and_go_with_what_they_have(agent: Agent) -> None:
    id = agent.ask("add_memory", text="Ira skis.", infer=False, user_id="i/ra")["results"][0]["id"]
    named = [(e["type"], e["name"]) for e in agent.ask("list_entities")["results"]]
    assert ("user", "i/ra") in named
    [gone] = agent.ask("delete_entities", user_id="i/ra")["results"]
    assert (gone["type"], gone["name"]) == ("user", "i/ra")
    named = [(e["type"], e["name"]) for e in agent.ask("list_entities")["results"]]
    assert ("user", "i/ra") not in named
    assert id in agent.refused("get_memory", memory_id=id)


def test_bad_arguments_are_a_tool_error_that_says_which_and_echoes_no_value(agent: Agent) -> None:
    assert agent.refused("search_memories") == "query: field required"
    assert agent.refused("get_memory", memory_id="a", verbose=1) == (
        "verbose: extra inputs are not permitted"
    )
    assert "give text or messages" in agent.refused("add_memory", metadata={"pin": "4711"})
    assert "unknown filter field 'colour'" in agent.refused(
        "search_memories", query="a", filters={"colour": "red"}
    )
    assert "no tool has that name" in agent.refused("forget_everything")


def test_the_org_layer_is_searched_without_naming_anybody(agent: Agent) -> None:
    assert agent.ask("search_org", query="refund policy")["results"] == []


# --- who may ------------------------------------------------------------------------------


def test_each_key_opens_its_own_organization(url: str) -> None:
    with over_http(url, X_API_Key=ACME) as acme, over_http(url, X_API_Key=GLOBEX) as globex:
        acme.ask("add_memory", text="Sam likes chess.", infer=False, user_id="sam")
        assert acme.ask("search_memories", query="chess", user_id="sam")["results"]
        assert globex.ask("search_memories", query="chess", user_id="sam")["results"] == []


def test_without_a_default_user_a_search_must_name_somebody(url: str) -> None:
    with over_http(url, X_API_Key=ACME) as agent:
        assert "name whose memories to search" in agent.refused("search_memories", query="a")
        assert "nothing was deleted" in agent.refused("delete_all_memories")


@pytest.mark.parametrize("sent", ["Jürgen".encode(), "Jürgen".encode("latin-1")])
def test_a_default_user_may_have_any_name(url: str, sent: bytes) -> None:
    with over_http(url, X_API_Key=ACME, X_Lamella_User=sent) as agent:
        agent.ask("add_memory", text="Jürgen sails.", infer=False)
        found = agent.ask("search_memories", query="sails", user_id="Jürgen")["results"]
    assert [hit["user_id"] for hit in found] == ["Jürgen"]


def test_a_server_can_be_reached_from_the_child_process_too(url: str, tmp_path: Path) -> None:
    with over_stdio(tmp_path, LAMELLA_HOST=url, LAMELLA_API_KEY=ACME, LAMELLA_DATA="") as agent:
        agent.ask("add_memory", text="Lou rows.", infer=False, user_id="lou")
    with over_http(url, X_API_Key=ACME) as agent:
        assert agent.ask("search_memories", query="rows", user_id="lou")["results"]


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        ({}, 401, "no API key"),
        ({"X-API-Key": "lm_wrong"}, 401, "key"),
        ({"X-API-Key": ACME, "X-Lamella-User": "*"}, 400, "X-Lamella-User) can't be '*'"),
    ],
)
def test_a_stranger_is_refused_before_the_protocol_begins(
    url: str, headers: dict[str, str], status: int, detail: str
) -> None:
    for path in ("/mcp", "/mcp/"):
        answer = httpx.post(url + path, headers=headers, json={})
        assert answer.status_code == status
        assert detail in answer.json()["detail"]


def test_there_is_no_stream_to_listen_on(url: str) -> None:
    answer = httpx.get(f"{url}/mcp", headers={"X-API-Key": ACME})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_no_memory_text_reaches_a_log(url: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with over_http(url, X_API_Key=ACME, X_Lamella_User="zoe") as agent:
        agent.ask("add_memory", text="I breed axolotls.", infer=False)
        agent.ask("search_memories", query="axolotls")
        agent.refused("search_memories", query="axolotls", axolotls=1)
        agent.refused("add_memory", text="axolotls", metadata={"layer": "axolotls"})
    assert "axolotls" not in caplog.text


# --- as documented --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[2] / "docs" / "integrations.md").read_text()


def configured(page: str) -> list[dict[str, Any]]:
    """What the page tells a host to write down for Lamella, in order."""
    blocks = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    return [json.loads(block)["mcpServers"]["lamella"] for block in blocks]


def test_every_tool_is_documented(page: str) -> None:
    rows = "".join(line for line in page.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", rows)) >= {tool.name for tool in TOOLS}


def test_a_host_s_configuration_for_a_program_works(page: str, tmp_path: Path) -> None:
    told = configured(page)[0]
    assert (told["command"], told["args"]) == ("lamella", ["mcp"])
    with over_stdio(tmp_path, **told["env"]) as agent:
        agent.ask("add_memory", text="Alex bakes.", infer=False)
        assert agent.ask("get_memories", filters={"user_id": "alex"})["count"] == 1


def test_a_host_s_configuration_for_a_server_works(page: str, url: str) -> None:
    told = configured(page)[1]
    assert told["url"] == f"http://127.0.0.1:{PORT}/mcp"
    headers = {name: value.replace("lm_…", GLOBEX) for name, value in told["headers"].items()}
    with over_http(url, **headers) as agent:
        agent.ask("add_memory", text="Alex bakes.", infer=False)
        assert agent.ask("get_memories", filters={"user_id": "alex"})["count"] == 1


# --- which calls the tools make ------------------------------------------------------------


class Recorded:
    """A transport that answers everything alike, and keeps what it was asked."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, dict[str, Any], Any]] = []

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        self.sent.append((method, path, dict(query), body))
        return {"message": "done"}

    def close(self) -> None:
        raise AssertionError("nobody closes it")


@pytest.fixture
def sent() -> Recorded:
    return Recorded()


def test_entities_go_by_their_own_routes_each_with_its_type(sent: Recorded) -> None:
    told = answered(Caller(sent, "alex"), "delete_entities", {"user_id": "a/b", "run_id": "r"})
    assert [call[:2] for call in sent.sent] == [
        ("DELETE", "/v2/entities/user/a%2Fb/"),
        ("DELETE", "/v2/entities/run/r/"),
    ]
    assert told["results"][0] == {"type": "user", "name": "a/b", "message": "done"}
    answered(Caller(sent), "list_entities", {"page": 2})
    assert sent.sent[-1] == ("GET", "/v1/entities/", {"page": 2, "page_size": 50}, None)


def test_no_entity_goes_by_default(sent: Recorded) -> None:
    with pytest.raises(Invalid, match="nothing was deleted"):
        answered(Caller(sent, "alex"), "delete_entities", {})
    assert sent.sent == []


@pytest.mark.parametrize(
    ("told", "user"),
    [
        ({}, "alex"),
        ({"run_id": "r"}, "alex"),
        ({"user_id": "kim"}, "kim"),
        ({"agent_id": "bot"}, None),
        ({"filters": {"AND": [{"categories": "food"}]}}, "alex"),
        ({"filters": {"metadata": {"user_id": "kim"}}}, "alex"),
        ({"filters": {"OR": [{"userId": "kim"}, {"run_id": "r"}]}}, None),
    ],
)
def test_the_default_user_stands_in_where_nobody_is_named(
    sent: Recorded, told: dict[str, Any], user: str | None
) -> None:
    answered(Caller(sent, "alex"), "search_memories", {"query": "a", **told})
    assert sent.sent[-1][3].get("user_id") == user


def test_mem0_s_graph_switch_reaches_the_server_which_warns_of_it(sent: Recorded) -> None:
    answered(Caller(sent, "alex"), "add_memory", {"text": "a", "enable_graph": True})
    assert sent.sent[-1][3]["enable_graph"] is True


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_each_tool_says_what_it_is_for_and_describes_every_argument(tool: Any) -> None:
    assert len(tool.about) > 60
    for name, shown in tool.arguments.model_json_schema().get("properties", {}).items():
        assert shown.get("description"), name


# --- without the extra ----------------------------------------------------------------------


def test_a_package_that_is_missing_is_asked_for_by_its_extra() -> None:
    with pytest.raises(lamella.SetupError, match=r"pip install 'lamella\[mcp\]'"), extra("mcp"):
        import no_such_package_anywhere  # noqa: F401


def test_what_is_missing_in_lamella_itself_is_no_extra() -> None:
    with pytest.raises(ModuleNotFoundError, match="nowhere"), extra("mcp"):
        import lamella.nowhere  # noqa: F401


def without(package: str, program: str) -> subprocess.CompletedProcess[str]:
    """`program`, run where `package` is not installed."""
    blocked = f"import sys; sys.modules[{package!r}] = None\n{program}"
    return subprocess.run(
        [sys.executable, "-c", blocked],
        env={**os.environ, "PYTHONPATH": f"{LIBRARY}{os.pathsep}{Path(__file__).parents[1]}"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_says_what_to_install(tmp_path: Path) -> None:
    command = ["mcp", "--data", str(tmp_path)]
    done = without("mcp", f"from lamella.cli import main\nsys.exit(main({command!r}))")
    assert done.returncode == 1
    assert "pip install 'lamella[mcp]'" in done.stderr


ASK_FOR_MCP = """
import asyncio, httpx
from lamella.local.server import create_app
from recording import RecordingService

async def asked():
    carrier = httpx.ASGITransport(create_app(RecordingService()))
    async with httpx.AsyncClient(transport=carrier, base_url="http://memory.test") as client:
        answer = await client.post("/mcp", headers={"X-API-Key": "lm_all"}, json={})
        print(answer.status_code, answer.json()["detail"])
        print((await client.get("/v1/health/")).status_code)

asyncio.run(asked())
"""


def test_the_server_says_what_to_install_and_serves_everything_else() -> None:
    done = without("mcp", ASK_FOR_MCP)
    refused, health = done.stdout.splitlines()
    assert refused.startswith("500 mcp is not installed")
    assert "pip install 'lamella[mcp]'" in refused
    assert health == "200"
