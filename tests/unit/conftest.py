"""What tests of AWS's clients share: an environment with credentials, and moto at the wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer
from scripted_server import ScriptedServer

from lamella.engines import aws


@pytest.fixture(autouse=True)
def _session_of_its_own() -> Iterator[None]:
    """No test meets the credentials that another one's environment had."""
    aws.session.cache_clear()
    yield
    aws.session.cache_clear()


@pytest.fixture
def aws_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials and a region that open nothing outside this machine."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="session")
def moto_server() -> Iterator[str]:
    """moto on a free port: its address."""
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def moto(aws_environment: None, moto_server: str) -> str:
    """The address of services of AWS that keep what they are told."""
    return moto_server


@pytest.fixture
def scripted(aws_environment: None) -> Iterator[ScriptedServer]:
    """A service of AWS that answers as the test says."""
    with ScriptedServer() as server:
        yield server
