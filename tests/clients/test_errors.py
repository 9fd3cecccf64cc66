"""Each error that we can answer becomes the exception that Mem0's client has for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from clients.remote import COMMANDS, Raised, Remote
from recording import RecordingService

from lamella import errors
from lamella.local.server import address, listen, serving

RAISED = {
    errors.Invalid: "ValidationError",
    errors.TooLarge: "MemoryQuotaExceededError",
    errors.Unauthenticated: "AuthenticationError",
    errors.Forbidden: "AuthenticationError",
    errors.NotFound: "MemoryNotFoundError",
    errors.Conflict: "ValidationError",
    errors.Throttled: "RateLimitError",
    errors.Unsupported: "MemoryError",
    errors.Unavailable: "NetworkError",
    errors.DeadlineExceeded: "NetworkError",
    errors.SetupError: "MemoryError",
    errors.LamellaError: "MemoryError",
}


@pytest.fixture(scope="module")
def failing() -> Iterator[tuple[str, RecordingService]]:
    """A server that fails as it is told to."""
    service = RecordingService()
    listening = listen("127.0.0.1", 0)
    with serving(service, listening):
        yield address(listening), service


@pytest.mark.parametrize("error", RAISED, ids=lambda error: error.__name__)
@pytest.mark.parametrize("name", COMMANDS)
def test_an_error_is_raised_as_the_class_that_its_status_means(
    failing: tuple[str, RecordingService],
    processes: Callable[[str], Remote],
    name: str,
    error: type[errors.LamellaError],
) -> None:
    host, service = failing
    client = processes(name)
    client.connect(host=host, api_key="lm_all")
    service.answers["get"] = error("what is wrong, and what to do")
    with pytest.raises(Raised, match="what is wrong, and what to do") as raised:
        client.get("m1")
    assert raised.value.name == RAISED[error]


def test_every_error_of_ours_is_among_them() -> None:
    tree = {e for e in vars(errors).values() if isinstance(e, type)}
    assert tree == set(RAISED)
