"""`lamella smoke`: it walks through a deployment, says what fails, and leaves nobody behind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lambda_server import LambdaServer

from lamella import Memory
from lamella.cli import main
from lamella.errors import Unavailable
from lamella.local.server import address, listen, serving
from lamella.service import LOCAL_ORG, Service, open_local
from lamella.smoke import Smoke

KEY = "lm_local_test"
WALK = ["health", "consent", "capture", "read your writes", "promote", "retrieve", "forget"]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    opened = open_local(str(tmp_path), keys={KEY: LOCAL_ORG}, settle=0, consent="required")
    yield opened
    opened.close()


@pytest.fixture
def functions(
    service: Service, aws_environment: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LambdaServer]:
    with LambdaServer(service, organizations=(LOCAL_ORG,)) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", server.url)
        yield server


def ran(capfd: pytest.CaptureFixture[str], *line: str) -> tuple[int, Any]:
    capfd.readouterr()
    code = main([*line, "--json"])
    return code, json.loads(capfd.readouterr().out)


def test_a_server_is_walked_through(service: Service, capfd: pytest.CaptureFixture[str]) -> None:
    listening = listen("127.0.0.1", 0)
    with serving(service, listening):
        code, told = ran(capfd, "smoke", "--host", address(listening), "--api-key", KEY)
    assert code == 0, told
    assert [step["step"] for step in told["steps"]] == WALK
    assert all(step["ok"] for step in told["steps"])


def test_functions_are_walked_through(
    functions: LambdaServer, capfd: pytest.CaptureFixture[str]
) -> None:
    code, told = ran(capfd, "smoke", "--function", "lamella-test")
    assert code == 0, told
    assert {name.rpartition("-")[2] for name, _ in functions.invoked} == {
        "capture", "promote", "retrieve", "govern",
    }  # fmt: skip
    assert {alias for _, alias in functions.invoked} == {"direct"}


def test_the_first_key_comes_from_a_function_and_opens_the_server(
    functions: LambdaServer, service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    made = ran(capfd, "keys", "create", "--scope", "read", "--function", "lamella-test")[1]
    assert service.authorize(made["key"]).scopes == {"read"}


def test_a_key_that_may_not_forget_fails_and_says_so(
    service: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    listening = listen("127.0.0.1", 0)
    with serving(service, listening), Memory(api_key=KEY, host=address(listening)) as memory:
        key = memory.create_key(["read", "write"])["key"]
        code, told = ran(capfd, "smoke", "--host", address(listening), "--api-key", key)
    assert code == 1
    assert [step["step"] for step in told["steps"] if not step["ok"]] == ["consent", "forget"]


class Halting(Memory):
    """A memory in which promotion fails."""

    def flush(self, **_: Any) -> Any:
        raise Unavailable("promotion is away")


def test_what_failed_ends_the_walk_and_its_traces_are_forgotten(tmp_path: Path) -> None:
    with Halting(data=str(tmp_path), settle=60_000) as memory:
        steps = list(Smoke(memory, "nobody").steps())
        assert [step.name for step in steps if step.failed] == ["promote"]
        assert steps[-1].name == "forget"
        assert memory.search("rooms", user_id="nobody", threshold=0)["results"] == []


def test_a_degraded_search_is_a_failure(tmp_path: Path) -> None:
    with Memory(data=str(tmp_path), settle=0) as memory:
        answer = memory.search("x", user_id="nobody") | {"degraded": "the index is away"}
        memory.search = lambda *_, **__: answer  # type: ignore[method-assign]
        steps = list(Smoke(memory, "nobody").steps())
    assert [(step.name, step.told) for step in steps if step.failed] == [
        ("read your writes", "Astray: search is degraded: the index is away")
    ]
