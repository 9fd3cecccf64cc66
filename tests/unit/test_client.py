"""The SDK says the same over HTTP, in process and by invocation, and fails by the same names."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest
import uvicorn
from lambda_server import LambdaServer
from recording import EVERYTHING, RecordingService

from lamella import Memory, errors
from lamella.api import Api
from lamella.client import FunctionTransport, HttpTransport, InProcess
from lamella.client.waiting import Patience, poll
from lamella.client.wire import path, written
from lamella.local.server import create_app, listen
from lamella.models import Principal
from lamella.results import Captured, Hits, Page
from lamella.scopes import Scope


class ThroughTheApp(httpx.BaseTransport):
    """An httpx carrier that calls an ASGI app, without a network."""

    def __init__(self, service: RecordingService) -> None:
        self._carrier = httpx.ASGITransport(create_app(service))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._handled(request))

    async def _handled(self, request: httpx.Request) -> httpx.Response:
        response = await self._carrier.handle_async_request(
            httpx.Request(
                request.method, request.url, headers=request.headers, content=request.read()
            )
        )
        return httpx.Response(
            response.status_code, headers=response.headers, content=await response.aread()
        )


class Answering(httpx.BaseTransport):
    """An httpx carrier that answers, or raises, the same whatever it is asked."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def over_http(service: RecordingService, api_key: str = "lm_all") -> Memory:
    carrier = ThroughTheApp(service)
    return Memory(transport=HttpTransport("http://memory.test", api_key, carrier=carrier))


def in_process(service: RecordingService) -> Memory:
    return Memory(transport=InProcess(Api(service), Principal("acme", EVERYTHING)))


@pytest.fixture(params=["over http", "in process", "invoked"])
def told(request: pytest.FixtureRequest) -> Iterator[tuple[Memory, RecordingService]]:
    service = RecordingService(
        add=Captured("e1", "PENDING"), search=Hits((), 0), list=Page((), 0, 0), history=[]
    )
    if request.param == "invoked":
        request.getfixturevalue("aws_environment")
        with LambdaServer(service) as functions:
            yield (
                Memory(transport=FunctionTransport("lamella-test", endpoint=functions.url)),
                service,
            )
    else:
        yield {"over http": over_http, "in process": in_process}[request.param](service), service


def test_the_pages_own_snippet_runs(told: tuple[Memory, RecordingService]) -> None:
    memory, service = told
    memory.add(
        ["I'm Alex and I prefer boutique hotels."],
        user_id="alex",
        session_id="trip-planning-2025",
    )
    results = memory.search(
        "Any hotel preferences?",
        user_id="alex",
        session_id="trip-planning-2025",
    )
    assert results == {"results": [], "degraded": None, "warnings": []}
    assert service.calls[0][3].messages[0].text == "I'm Alex and I prefer boutique hotels."
    assert service.last[3].union


Told = Mapping[str, Any]
OURS = {"user_id": "alex"}
CALLS: list[tuple[str, tuple[Any, ...], Told, tuple[str, str], Told]] = [
    ("add", ("hi",), OURS, ("capture", "add"), {"infer": True}),
    ("search", ("q",), OURS | {"layers": ("user",)}, ("retrieve", "search"), {"top_k": 10}),
    ("context", ("q",), OURS, ("retrieve", "context"), {"tokens": 1_000}),
    ("get_all", (), OURS | {"page": 2}, ("govern", "list"), {"page": 2, "page_size": 100}),
    ("update", ("m", "new"), {}, ("govern", "update"), {"text": "new", "clears_expiry": False}),
    ("update", ("m",), {"expiration_date": None}, ("govern", "update"), {"clears_expiry": True}),
    (
        "delete_all",
        (),
        OURS | {"metadata": {"a": 1}},
        ("govern", "delete_all"),
        {"metadata": {"a": 1}},
    ),
    ("relations", (), OURS | {"entity": "Ana"}, ("retrieve", "relations"), {"entity": "Ana"}),
    ("sessions", (), OURS, ("retrieve", "sessions"), {}),
    ("session", ("s/1",), OURS, ("retrieve", "session"), {"session_id": "s/1"}),
    ("close", ("s", False), OURS, ("capture", "close"), {"promote": False}),
    ("working", ("s", "k", None), OURS, ("capture", "working"), {"key": "k", "value": None}),
    ("attention", ("s", "now"), OURS, ("capture", "attention"), {"text": "now"}),
    ("flush", (), OURS, ("flush", "run"), {}),
    ("forget", (), OURS, ("govern", "forget"), {"scope": Scope(user_id="alex")}),
    ("take_over", ([{"id": "m"}],), {}, ("govern", "take_over"), {"memories": ({"id": "m"},)}),
    ("org_add", ("t",), {"owner": "o"}, ("govern", "org_add"), {"text": "t", "kind": "factual"}),
    ("org_list", (), {"page": 3}, ("govern", "org_list"), {"page": 3}),
    ("org_update", ("m", "t"), {}, ("govern", "org_update"), {"clears_expiry": False}),
    (
        "delete_all",
        (),
        {"filters": {"user_id": "alex"}},
        ("govern", "delete_all"),
        {"user_id": "alex"},
    ),
    ("feedback", ("m",), {"feedback": "negative"}, ("govern", "feedback"), {"memory_id": "m"}),
    ("users", (), {"page": 2}, ("govern", "entities"), {"page": 2, "page_size": 1_000}),
    ("project", (), {"fields": ["includes"]}, ("govern", "project"), {"fields": ("includes",)}),
    (
        "update_project",
        (),
        {"includes": None},
        ("govern", "update_project"),
        {"changes": {"includes": None}},
    ),
    (
        "create_memory_export",
        (),
        OURS,
        ("govern", "create_export"),
        {"user_id": "alex", "filters": None},
    ),
    ("get_memory_export", ("e",), {}, ("govern", "export"), {"memory_export_id": "e"}),
    ("create_key", (), {"name": "ci"}, ("govern", "create_key"), {"name": "ci"}),
]


@pytest.mark.parametrize(("method", "args", "kwargs", "use_case", "asked"), CALLS)
def test_each_method_reaches_its_use_case(
    told: tuple[Memory, RecordingService],
    method: str,
    args: tuple[Any, ...],
    kwargs: Told,
    use_case: tuple[str, str],
    asked: Told,
) -> None:
    memory, service = told
    getattr(memory, method)(*args, **kwargs)
    assert service.last[:3] == (*use_case, "acme")
    request = service.last[-1]
    assert {name: getattr(request, name) for name in asked} == asked


@pytest.mark.parametrize("memory_id", ["m1", "a/b", "50%", "..", ".", "größe", "?x=1#y", "a b"])
@pytest.mark.parametrize(
    ("method", "use_case"),
    [
        ("get", "get"),
        ("delete", "delete"),
        ("history", "history"),
        ("restore", "restore"),
        ("event", "event"),
        ("org_retire", "org_retire"),
        ("org_restore", "org_restore"),
        ("revoke_key", "revoke_key"),
    ],
)
def test_an_id_travels_unharmed(
    told: tuple[Memory, RecordingService], method: str, use_case: str, memory_id: str
) -> None:
    memory, service = told
    getattr(memory, method)(memory_id)
    assert service.last == ("govern", use_case, "acme", memory_id)


def test_batches_name_each_memory(told: tuple[Memory, RecordingService]) -> None:
    memory, service = told
    memory.batch_update([{"memory_id": "m1", "text": "new"}])
    assert [(one.memory_id, one.text) for one in service.last[3].memories] == [("m1", "new")]
    memory.batch_delete(["m1", {"memory_id": "m2"}])
    assert [one.memory_id for one in service.last[3].memories] == ["m1", "m2"]


def test_one_entity_is_deleted_by_its_type_and_name(told: tuple[Memory, RecordingService]) -> None:
    memory, service = told
    memory.delete_users(session_id="a/b %")
    assert service.last == ("govern", "delete_entity", "acme", "run", "a/b %")
    for ids in ({}, {"user_id": "a", "agent_id": "b"}):
        with pytest.raises(errors.Invalid):
            memory.delete_users(**ids)


def test_events_are_the_newest_few(told: tuple[Memory, RecordingService]) -> None:
    memory, service = told
    memory.events(limit=5)
    assert service.last == ("govern", "events", "acme", 5)


def test_ping_health_and_keys_need_nothing(told: tuple[Memory, RecordingService]) -> None:
    memory, service = told
    assert memory.ping()["org_id"] == "acme"
    assert memory.health() == {"status": "ok"}
    memory.keys()
    assert service.last == ("govern", "list_keys", "acme")


def test_other_fields_of_mem0s_are_warned_of_and_unknown_ones_refused(
    told: tuple[Memory, RecordingService],
) -> None:
    memory, service = told
    memory.add("hi", user_id="alex", run_id="s", enable_graph=True)
    assert service.last[3].session_id == "s"
    assert service.last[3].warnings
    with pytest.raises(errors.Invalid, match="unknown field: colour"):
        memory.add("hi", user_id="alex", colour="red")


@pytest.mark.parametrize(
    "error",
    [
        errors.NotFound("no memory m1"),
        errors.Throttled("slow down"),
        errors.Unavailable("the store is away"),
        errors.DeadlineExceeded("too long"),
        errors.SetupError("no model"),
        errors.Unsupported("not here"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_on_both_sides(
    told: tuple[Memory, RecordingService], error: errors.LamellaError
) -> None:
    memory, service = told
    service.answers["get"] = error
    with pytest.raises(type(error)) as raised:
        memory.get("m1")
    assert raised.value.detail == error.detail


def test_a_conflict_names_who_holds_the_content(told: tuple[Memory, RecordingService]) -> None:
    memory, service = told
    service.answers["update"] = errors.Conflict("m2 says the same", holder="m2")
    with pytest.raises(errors.Conflict) as raised:
        memory.update("m1", "x")
    assert raised.value.holder == "m2"


def test_a_bad_key_is_unauthenticated_and_a_blank_one_never_travels() -> None:
    with pytest.raises(errors.Unauthenticated):
        over_http(RecordingService(), "lm_wrong").ping()
    for key in ("", "schlüssel", "a\nb"):
        with pytest.raises(errors.Unauthenticated):
            Memory(api_key=key)


def test_a_server_that_is_away_is_unavailable_with_a_remedy() -> None:
    with (
        Memory(api_key="lm_all", host="http://127.0.0.1:9") as memory,
        pytest.raises(errors.Unavailable, match=r"http://127\.0\.0\.1:9.*lamella up"),
    ):
        memory.ping()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ReadTimeout("slow"), errors.DeadlineExceeded),
        (httpx.ReadError("cut"), errors.Unavailable),
        (httpx.UnsupportedProtocol("ftp"), errors.SetupError),
        (httpx.Response(502, text="<html>"), errors.LamellaError),
        (httpx.Response(200, text="<html>"), errors.Unavailable),
        (httpx.Response(403, json={"message": "Forbidden"}), errors.Forbidden),
        (httpx.Response(418, json=["odd"]), errors.Invalid),
    ],
)
def test_every_failure_of_the_network_has_a_name(
    answer: httpx.Response | Exception, error: type[errors.LamellaError]
) -> None:
    memory = Memory(transport=HttpTransport("http://x.test", "k", carrier=Answering(answer)))
    with pytest.raises(error):
        memory.ping()


def test_what_json_can_not_hold_is_invalid() -> None:
    for value in ({1, 2}, float("nan"), "\ud83d"):
        with pytest.raises(errors.Invalid):
            over_http(RecordingService()).add("x", user_id="a", metadata={"k": value})


def test_settings_are_for_the_embedded_memory() -> None:
    with pytest.raises(errors.Invalid):
        Memory(api_key="k", settle=0)


def test_moments_and_durations_may_be_python_values() -> None:
    east = timezone(timedelta(hours=2))
    assert written(datetime(2026, 1, 1, tzinfo=east)) == "2026-01-01T00:00:00+02:00"
    assert written(date(2026, 1, 1)) == "2026-01-01"
    service = RecordingService()
    in_process(service).add(
        "x", user_id="a", timestamp=datetime(1970, 1, 2, tzinfo=UTC), lifetime=timedelta(days=2)
    )
    assert (service.last[3].said_at, service.last[3].lifetime_ms) == (86_400_000, 172_800_000)


def test_a_naive_datetime_is_local_time() -> None:
    naive = datetime(2026, 1, 1)
    assert datetime.fromisoformat(written(naive)) == naive.astimezone()


def test_a_path_can_not_be_climbed() -> None:
    assert path("v1", "memories", "..") == "/v1/memories/%2E%2E/"


def test_waiting_ends_with_the_event_or_with_the_time() -> None:
    events: Iterator[dict[str, Any]] = iter([{"status": "PENDING"}, {"status": "SUCCEEDED"}])
    slept: list[float] = []
    assert (
        poll(lambda: next(events), Patience(5, lambda: 0.0), slept.append)["status"] == "SUCCEEDED"
    )
    assert len(slept) == 1
    times = iter([0.0, 1.0, 1.0, 9.0])
    running = {"id": "e1", "status": "RUNNING"}
    with pytest.raises(errors.DeadlineExceeded, match="e1"):
        poll(lambda: running, Patience(5, lambda: next(times)), slept.append)


# --- over a real socket -------------------------------------------------------------------


@contextmanager
def running(service: RecordingService) -> Iterator[str]:
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(create_app(service), log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def test_a_real_server_answers_ids_bodies_and_limits() -> None:
    service = RecordingService()
    with running(service) as host, Memory(api_key="lm_all", host=host) as memory:
        memory.get("a/b %2F\n..")
        assert service.last == ("govern", "get", "acme", "a/b %2F\n..")
        memory.delete_all(user_id="größe")
        assert service.last[3].scope == Scope(user_id="größe")
        with pytest.raises(errors.TooLarge):
            memory.add("x", user_id="a", metadata={"k": "x" * 4_000_000})
        with pytest.raises(errors.SetupError, match="--port"):
            listen("127.0.0.1", int(host.rsplit(":", 1)[1]))
