"""A deployment of functions for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from functions_stack import Stack, stack
from moto.server import ThreadedMotoServer


@pytest.fixture(scope="session")
def moto_url() -> Iterator[str]:
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def deployed(dynamodb_url: str, opensearch_url: str, moto_url: str) -> Iterator[Stack]:
    """Everything a stack deploys, but for what runs only on AWS."""
    with stack(dynamodb_url, opensearch_url, moto_url) as made:
        yield made
