from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from scripted_server import Answer, ScriptedServer

from lamella.engines.opensearch_client import failure, signed_client, translated
from lamella.errors import Invalid, LamellaError, SetupError, Throttled, Unavailable


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as running:
        yield running


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.mark.usefixtures("credentials")
def test_requests_to_a_domain_are_signed_over_connections_that_are_kept(
    server: ScriptedServer,
) -> None:
    with closing(signed_client(server.url, "eu-central-1")) as client:
        for _ in range(2):
            client.transport.perform_request("POST", "/_msearch", body={"size": 1})
    for asked in server.asked:
        signature = asked.headers["Authorization"]
        assert signature.startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
        assert "/eu-central-1/es/aws4_request" in signature
        assert asked.headers["connection"] == "keep-alive"


def test_a_process_without_credentials_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    with pytest.raises(SetupError, match="credentials"):
        signed_client("https://search.example", "eu-central-1")


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("status", "raised"),
    [(400, Invalid), (403, Unavailable), (404, Unavailable), (429, Throttled), (503, Unavailable)],
)
def test_answers_become_our_errors_without_what_they_quote(
    server: ScriptedServer, status: int, raised: type[LamellaError]
) -> None:
    error = {"type": "some_exception", "reason": "quotes a memory"}
    server.script.append(Answer({"error": error, "status": status}, status))
    with (
        closing(signed_client(server.url, "eu-central-1")) as client,
        pytest.raises(raised) as told,
        translated(),
    ):
        client.transport.perform_request("POST", "/_msearch", body={})
    assert "quotes" not in str(told.value)
    assert told.value.__cause__ is None
    assert len(server.asked) == 1


def test_a_failure_says_what_to_do() -> None:
    assert "lamella reindex" in str(failure(404, "index_not_found_exception"))
    assert "role" in str(failure(403, "security_exception"))
