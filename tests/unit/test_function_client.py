"""`Memory(function=…)`: the functions on AWS, invoked by the real client at the wire."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from lambda_server import LambdaServer
from recording import RecordingService
from scripted_server import Answer, ScriptedServer, refusal

from lamella import AsyncMemory, Memory, errors
from lamella.client import FunctionTransport, InThread
from lamella.results import Captured

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:capture"


@pytest.fixture
def service() -> RecordingService:
    return RecordingService(add=Captured("e1", "PENDING"), history=[])


@pytest.fixture
def functions(aws_environment: None, service: RecordingService) -> Iterator[LambdaServer]:
    with LambdaServer(service, organizations=("acme", "globex")) as server:
        yield server


def over(server: ScriptedServer, functions: Any = "lamella-test", **options: Any) -> Memory:
    return Memory(transport=FunctionTransport(functions, endpoint=server.url, **options))


def test_each_call_goes_to_the_function_that_serves_it(functions: LambdaServer) -> None:
    memory = over(functions, organization="acme")
    memory.add("hi", user_id="alex")
    memory.flush(user_id="alex")
    memory.sessions(user_id="alex")
    memory.history("m1")
    assert functions.invoked == [
        ("lamella-test-capture", "direct"),
        ("lamella-test-promote", "direct"),
        ("lamella-test-retrieve", "direct"),
        ("lamella-test-govern", "direct"),
    ]


def test_an_event_says_what_http_would(functions: LambdaServer) -> None:
    memory = over(functions, organization="globex")
    memory.working("trip", "a/b", {"gate": 12}, user_id="alex")
    memory.delete_users(agent_id="x y")
    assert functions.bodies == [
        {"action": "working", "organization": "globex", "session_id": "trip", "key": "a/b",
         "value": {"gate": 12}, "user_id": "alex"},
        {"action": "delete_entity", "organization": "globex", "type": "agent", "id": "x y"},
    ]  # fmt: skip


def test_an_organization_must_be_named_where_several_are_served(functions: LambdaServer) -> None:
    with pytest.raises(errors.Invalid, match="organization is missing"):
        over(functions).history("m1")
    with pytest.raises(errors.Forbidden, match="LAMELLA_ORGANIZATIONS"):
        over(functions, organization="initech").history("m1")


def test_functions_may_have_names_of_their_own(aws_environment: None) -> None:
    said = Answer({"status": 200, "body": {"message": "ok"}})
    with ScriptedServer(lambda asked: said) as server:
        memory = over(server, {"capture": ARN, "govern": f"{ARN}:live", "retrieve": "Find-1X"})
        memory.attention("trip", "gate", user_id="alex")
        memory.delete("m1")
        memory.sessions(user_id="alex")
        with pytest.raises(errors.SetupError, match="promote"):
            memory.flush()
    names = [asked.path.split("/functions/")[1] for asked in server.asked]
    arn = ARN.replace(":", "%3A")
    assert names == [
        f"{arn}/invocations?Qualifier=direct",
        f"{arn}%3Alive/invocations",
        "Find-1X/invocations?Qualifier=direct",
    ]


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("ResourceNotFoundException", 404, errors.SetupError),
        ("AccessDeniedException", 403, errors.Forbidden),
        ("TooManyRequestsException", 429, errors.Throttled),
        ("RequestTooLargeException", 413, errors.TooLarge),
        ("ServiceException", 500, errors.Unavailable),
    ],
)
def test_what_aws_refuses_has_a_name_and_tells_no_text(
    scripted: ScriptedServer, code: str, status: int, error: type[errors.LamellaError]
) -> None:
    scripted.script.append(refusal(code, status, "no: I like tea"))
    with pytest.raises(error, match=f"lamella-test-capture.*{code}") as raised:
        over(scripted).add("I like tea", user_id="alex")
    assert "tea" not in raised.value.detail
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"errorMessage": "2026 Task timed out after 29.00 seconds"}, errors.DeadlineExceeded),
        ({"errorType": "Runtime.ImportModuleError", "errorMessage": "x"}, errors.Unavailable),
    ],
)
def test_a_function_that_breaks_has_a_name(
    scripted: ScriptedServer, told: Any, error: type[errors.LamellaError]
) -> None:
    scripted.script.append(Answer(told, headers={"X-Amz-Function-Error": "Unhandled"}))
    with pytest.raises(error, match="lamella-test-govern"):
        over(scripted).delete("m1")


def test_another_function_than_lamellas_is_told(scripted: ScriptedServer) -> None:
    scripted.script.append(Answer({"statusCode": 200}))
    with pytest.raises(errors.Unavailable, match="is it Lamella"):
        over(scripted).delete("m1")


def test_a_function_that_takes_too_long_is_a_deadline(aws_environment: None) -> None:
    gate = threading.Event()

    def slowly(_: object) -> Answer:
        gate.wait(5)
        return Answer()

    with ScriptedServer(slowly) as server:
        with pytest.raises(errors.DeadlineExceeded):
            over(server, timeout=0.2).delete("m1")
        gate.set()
    assert len(server.asked) == 1


def test_one_memory_is_named_only_once() -> None:
    for more in ({"api_key": "k"}, {"host": "http://x.test"}, {"data": "d"}, {"settle": 0}):
        with pytest.raises(errors.Invalid, match="two memories"):
            Memory(function="lamella", **more)
    with pytest.raises(errors.Invalid, match="organization goes with function"):
        Memory(organization="acme")


def test_awaited_it_is_the_same(functions: LambdaServer, service: RecordingService) -> None:
    async def added() -> Any:
        direct = FunctionTransport("lamella-test", "acme", endpoint=functions.url)
        async with AsyncMemory(transport=InThread(lambda: direct)) as memory:
            return await memory.add("hi", user_id="alex")

    assert asyncio.run(added())["event_id"] == "e1"
    assert service.last[:3] == ("capture", "add", "acme")


def test_boto3_is_imported_by_the_first_call_only() -> None:
    program = (
        "import json, sys; from lamella import Memory\n"
        "Memory(function='lamella-dev').shutdown()\n"
        "print(json.dumps(sorted({'boto3', 'botocore', 'httpx', 'pydantic'} & set(sys.modules))))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert json.loads(shown.stdout) == []
