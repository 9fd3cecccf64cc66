"""`AsyncMemory` says what `Memory` says, and lets others work meanwhile."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from recording import EVERYTHING, RecordingService

from lamella import AsyncMemory, Memory, errors
from lamella.api import Api
from lamella.client import AsyncHttpTransport, InProcess, InThread
from lamella.client.waiting import Patience, poll_async
from lamella.local.server import create_app
from lamella.models import Principal
from lamella.results import Captured, Hits

Opened = Callable[[RecordingService], AsyncMemory]


def over_http(service: RecordingService, api_key: str = "lm_all") -> AsyncMemory:
    carrier = httpx.ASGITransport(create_app(service))
    return AsyncMemory(transport=AsyncHttpTransport("http://memory.test", api_key, carrier=carrier))


def in_a_thread(service: RecordingService) -> AsyncMemory:
    principal = Principal("acme", EVERYTHING)
    return AsyncMemory(transport=InThread(lambda: InProcess(Api(service), principal)))


@pytest.fixture(params=[over_http, in_a_thread])
def opened(request: pytest.FixtureRequest) -> Opened:
    return request.param


def methods(client: type) -> dict[str, Any]:
    return {
        name: inspect.signature(value)
        for name, value in inspect.getmembers(client, inspect.isfunction)
        if not name.startswith("_")
    }


def test_both_clients_have_the_same_methods_with_the_same_arguments() -> None:
    waited, awaited = methods(Memory), methods(AsyncMemory)
    assert waited.keys() == awaited.keys()
    for name in waited:
        assert waited[name].parameters == awaited[name].parameters


def test_the_pages_own_snippet_runs_awaited(opened: Opened) -> None:
    service = RecordingService(add=Captured("e1", "PENDING"), search=Hits((), 0), history=[])

    async def story() -> None:
        async with opened(service) as memory:
            await memory.add(["I prefer boutique hotels."], user_id="alex", session_id="trip")
            found = await memory.search("Any hotels?", user_id="alex", session_id="trip")
            assert found == {"results": [], "degraded": None, "warnings": []}
            assert await memory.history("a/b %2F") == []

    asyncio.run(story())
    assert service.calls[0][3].messages[0].text == "I prefer boutique hotels."
    assert service.last == ("govern", "history", "acme", "a/b %2F")


def test_many_calls_travel_at_once(opened: Opened) -> None:
    service = RecordingService()

    async def story() -> list[Any]:
        async with opened(service) as memory:
            return await asyncio.gather(*(memory.get(f"m{n}") for n in range(20)))

    assert asyncio.run(story()) == [{"message": "ok"}] * 20
    assert {call[3] for call in service.calls} == {f"m{n}" for n in range(20)}


@pytest.mark.parametrize(
    "error",
    [
        errors.NotFound("no memory m1"),
        errors.Throttled("slow down"),
        errors.Conflict("taken", "m2"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_is_the_same_awaited(opened: Opened, error: errors.LamellaError) -> None:
    service = RecordingService(get=error)

    async def story() -> None:
        async with opened(service) as memory:
            await memory.get("m1")

    with pytest.raises(type(error)) as raised:
        asyncio.run(story())
    assert raised.value.detail == error.detail
    assert getattr(raised.value, "holder", None) == getattr(error, "holder", None)


def test_a_bad_key_a_bad_body_and_a_server_that_is_away_have_their_names() -> None:
    async def failing(call: Callable[[], Awaitable[Any]]) -> str:
        with pytest.raises(errors.LamellaError) as raised:
            await call()
        return type(raised.value).__name__

    async def story() -> list[str]:
        refused, odd = over_http(RecordingService(), "lm_wrong"), over_http(RecordingService())
        async with refused, odd, AsyncMemory(api_key="k", host="http://127.0.0.1:9") as away:
            return [
                await failing(refused.ping),
                await failing(lambda: odd.add("x", user_id="a", metadata={"k": {1, 2}})),
                await failing(away.ping),
            ]

    assert asyncio.run(story()) == ["Unauthenticated", "Invalid", "Unavailable"]


def test_settings_are_for_the_embedded_memory() -> None:
    with pytest.raises(errors.Invalid):
        AsyncMemory(api_key="k", settle=0)


def test_the_embedded_memory_opens_with_the_first_call_and_remembers(tmp_path: Path) -> None:
    async def story() -> Any:
        async with AsyncMemory(data=str(tmp_path / "unopened")):
            pass
        async with AsyncMemory(data=str(tmp_path / "opened"), settle=0) as memory:
            captured = await memory.add("I live in Oslo.", user_id="ann")
            done = await memory.wait(captured["event_id"])
            return done["status"], (await memory.get_all(user_id="ann"))["results"]

    status, [memory] = asyncio.run(story())
    assert (status, memory["memory"]) == ("SUCCEEDED", "I live in Oslo.")
    assert [folder.name for folder in tmp_path.iterdir()] == ["opened"]


def test_waiting_ends_with_the_event_or_with_the_time() -> None:
    slept: list[float] = []
    events = iter(
        [{"status": "PENDING"}, {"status": "SUCCEEDED"}, {"id": "e1", "status": "RUNNING"}]
    )

    async def fetch() -> dict[str, Any]:
        return next(events)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    done = asyncio.run(poll_async(fetch, Patience(5, lambda: 0.0), sleep))
    assert (done["status"], len(slept)) == ("SUCCEEDED", 1)
    times = iter([0.0, 9.0])
    with pytest.raises(errors.DeadlineExceeded, match="e1"):
        asyncio.run(poll_async(fetch, Patience(5, lambda: next(times)), sleep))
