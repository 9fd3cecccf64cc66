"""The local server, the functions and direct invocation answer the same calls alike."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from aws_events import Context, event
from capture.handler import build as build_capture
from govern.handler import build as build_govern
from promote.handler import build as build_promote
from recording import RecordingService
from retrieve.handler import build as build_retrieve

from lamella.errors import Conflict, NotFound, Throttled
from lamella.local.server import create_app
from lamella.results import Captured, Hits, Page

BUILDERS = {
    "capture": build_capture,
    "promote": build_promote,
    "retrieve": build_retrieve,
    "govern": build_govern,
}
HELLO = {"messages": "hello", "user_id": "alex"}


def service() -> RecordingService:
    return RecordingService(
        add=Captured("e1", "PENDING"),
        search=Hits((), 0),
        list=Page((), 250, 0),
        update=Conflict("m2 says the same", holder="m2"),
        get=NotFound("no such memory"),
        delete=Throttled("slow down"),
        history=ValueError("unforeseen"),
    )


CALLS: list[tuple[str, str, str, Any]] = [
    ("retrieve", "GET", "/v1/ping/", None),
    ("capture", "POST", "/v3/memories/add/", HELLO),
    ("capture", "POST", "/v3/memories/add", HELLO | {"colour": "red"}),
    ("capture", "POST", "/v1/memories/", HELLO),
    ("retrieve", "POST", "/v3/memories/search/", {"query": "q", "user_id": "größe"}),
    ("retrieve", "POST", "//v3/memories/search/", {"query": "q"}),
    ("retrieve", "POST", "/v3/memories/search/", b"{"),
    ("retrieve", "POST", "/v3/memories/search/", b"[]"),
    ("govern", "POST", "/v3/memories/?page=2&page_size=50", {"filters": {"user_id": "a"}}),
    ("govern", "GET", "/v1/memories/a%2Fb%20%25/", None),
    ("govern", "PUT", "/v1/memories/m1/", {"text": "new"}),
    ("govern", "DELETE", "/v1/memories/m1/", None),
    ("govern", "DELETE", "/v1/memories/?filters=%7B%27user_id%27%3A%20%27alex%27%7D", None),
    ("govern", "DELETE", "/v1/memories/", {"user_id": "alex"}),
    ("govern", "DELETE", "/v1/memories/", None),
    ("capture", "PUT", "/v1/sessions/s%231/working/a%2Fb/", {"value": None, "user_id": "a"}),
    ("promote", "POST", "/v1/flush/", None),
    ("govern", "GET", "/v1/entities/", None),
    ("govern", "PATCH", "/v1/memories/m1/", None),
    ("govern", "GET", "/nowhere/", None),
]


@pytest.mark.parametrize(("function", "method", "path", "body"), CALLS)
def test_the_server_and_the_handler_answer_alike(
    function: str, method: str, path: str, body: Any
) -> None:
    content = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    locally, on_aws = service(), service()
    served = asyncio.run(ask_server(locally, method, path, content))
    handled = ask_handler(on_aws, function, method, path, content)
    assert handled["statusCode"] == served.status_code
    assert told(json.loads(handled["body"])) == told(served.json())
    assert handled["headers"]["Content-Type"] == served.headers["content-type"]
    assert on_aws.calls == locally.calls


def test_an_unforeseen_failure_is_the_same_500() -> None:
    served = asyncio.run(ask_server(service(), "GET", "/v1/memories/m/history/", b""))
    handled = ask_handler(service(), "govern", "GET", "/v1/memories/m/history/", b"")
    assert served.status_code == handled["statusCode"] == 500
    assert "unforeseen" not in served.text + handled["body"]


@pytest.mark.parametrize(
    ("function", "call", "method", "path", "body"),
    [
        ("capture", {"action": "add", **HELLO}, "POST", "/v3/memories/add/", HELLO),
        ("govern", {"action": "get", "id": "a/b"}, "GET", "/v1/memories/a%2Fb/", None),
        ("govern", {"action": "delete_all"}, "DELETE", "/v1/memories/", None),
        (
            "retrieve",
            {"action": "search", "user_id": "a"},
            "POST",
            "/v3/memories/search/",
            {"user_id": "a"},
        ),
    ],
)
def test_a_direct_invocation_is_answered_as_http_would(
    function: str, call: dict[str, Any], method: str, path: str, body: Any
) -> None:
    directly, on_aws = service(), service()
    answer = BUILDERS[function](lambda: directly, ("acme",))(call, Context())
    content = b"" if body is None else json.dumps(body).encode()
    handled = ask_handler(on_aws, function, method, path, content)
    assert answer["status"] == handled["statusCode"]
    assert told(answer["body"]) == told(json.loads(handled["body"]))
    assert directly.calls == on_aws.calls


async def ask_server(
    over: RecordingService, method: str, path: str, content: bytes
) -> httpx.Response:
    carrier = httpx.ASGITransport(create_app(over))
    headers = {"Authorization": "Token lm_all"}
    async with httpx.AsyncClient(transport=carrier, base_url="http://x.test") as client:
        return await client.request(
            method, f"http://x.test{path}", content=content, headers=headers
        )


def ask_handler(
    over: RecordingService, function: str, method: str, path: str, content: bytes
) -> dict[str, Any]:
    raw_path, _, query = path.partition("?")
    pairs: dict[str, list[str]] = {}
    for name, value in parse_qsl(query):
        pairs.setdefault(name, []).append(value)
    sent = event("apigateway_search")
    sent["requestContext"]["path"] = f"/prod{raw_path}"
    sent |= {
        "httpMethod": method,
        "path": raw_path,
        "multiValueQueryStringParameters": pairs or None,
        "body": content.decode() or None,
    }
    answer: dict[str, Any] = BUILDERS[function](lambda: over)(sent, Context())
    return answer


def told(body: Any) -> Any:
    """The body without what names its host."""
    if isinstance(body, dict) and "next" in body:
        links = {name: body[name] and body[name].split("/v3")[1] for name in ("next", "previous")}
        return body | links
    return body
