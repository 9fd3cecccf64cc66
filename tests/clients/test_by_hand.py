"""What Mem0's clients can't bear, asked by hand: redirects, empty answers, slashes moved."""

from __future__ import annotations

import httpx
import pytest
from clients.conftest import Served

PATHS = ["/v1/ping", "/v1/ping/", "//v1/ping/", "/v1//ping/", "/v1/entities", "/v1/events//"]


@pytest.mark.parametrize("path", [*PATHS, "/docs/", "/nothing", "/v3/memories/add", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_no_answer_is_a_redirect_or_without_json(served: Served, method: str, path: str) -> None:
    headers = {"Authorization": f"Token {served.key()}"}
    with httpx.Client(base_url=served.host, headers=headers) as client:
        answer = client.request(method, client.base_url.copy_with(raw_path=path.encode()))
    assert answer.status_code not in (204, 301, 302, 303, 307, 308)
    assert isinstance(answer.json(), dict)
    if answer.status_code >= 400:
        assert isinstance(answer.json()["detail"], str)


@pytest.mark.parametrize("path", PATHS)
def test_slashes_too_many_or_too_few_change_nothing(served: Served, path: str) -> None:
    headers = {"Authorization": f"Token {served.key()}"}
    with httpx.Client(base_url=served.host, headers=headers) as client:
        assert client.get(client.base_url.copy_with(raw_path=path.encode())).status_code == 200
