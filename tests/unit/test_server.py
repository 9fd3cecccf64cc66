"""The socket and the thread of the local server."""

from __future__ import annotations

import socket

import httpx
import pytest
from recording import RecordingService

from lamella.errors import SetupError
from lamella.local.server import address, listen, serving


def test_answers_do_not_wait_for_the_client_s_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening:
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_server_beside_the_caller_answers_at_its_address_until_the_block_ends() -> None:
    listening = listen("127.0.0.1", 0)
    url = address(listening)
    with serving(RecordingService(), listening) as thread:
        assert httpx.get(f"{url}/v1/health/").status_code == 200
    assert not thread.is_alive()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/v1/health/")


def test_an_address_for_every_interface_is_shown_as_this_machine() -> None:
    with listen("0.0.0.0", 0) as listening:
        assert address(listening) == f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize("host", ["no.such.host.invalid", "203.0.113.7"])
def test_an_address_that_is_not_this_machine_s_is_refused(host: str) -> None:
    with pytest.raises(SetupError, match=f"can't listen on {host}:0"):
        listen(host, 0)
