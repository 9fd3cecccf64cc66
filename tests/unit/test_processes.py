from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from lamella.errors import SetupError
from lamella.local.processes import Server, free_ports, new_folder, running, within_reach


def answers(url: str) -> Callable[[], bool]:
    def ready() -> bool:
        try:
            return httpx.get(url).is_success
        except httpx.TransportError:
            return False

    return ready


def a_server(port: int) -> Server:
    command = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)]
    return Server("The server", command, new_folder("test"), answers(f"http://127.0.0.1:{port}"))


def test_a_server_answers_inside_and_is_gone_with_its_folder_outside() -> None:
    [port] = free_ports(1)
    server = a_server(port)
    with running(server):
        assert server.ready()
        assert server.folder.is_dir()
    assert not server.ready()
    assert not server.folder.exists()


def test_a_server_ends_though_its_user_fails() -> None:
    [port] = free_ports(1)
    server = a_server(port)
    with pytest.raises(ZeroDivisionError), running(server):
        _ = 1 / 0
    assert not server.ready()


def test_a_server_that_ends_at_once_says_why() -> None:
    command = [sys.executable, "-c", "print('starting'); raise OSError('no room')"]
    server = Server("The server", command, new_folder("test"), ready=lambda: False)
    with pytest.raises(SetupError, match=r"The server ended at once: .*no room"), running(server):
        pass
    assert not server.folder.exists()


def test_a_server_that_is_never_up_is_not_waited_for_forever() -> None:
    [port] = free_ports(1)
    command = a_server(port).command
    server = Server("The server", command, new_folder("test"), ready=lambda: False)
    with pytest.raises(SetupError, match="is not up after"), running(server, ready_seconds=0.3):
        pass
    assert not answers(f"http://127.0.0.1:{port}")()


_USER = """
import sys
from unit.test_processes import a_server, free_ports
from lamella.local.processes import running
[port] = free_ports(1)
server = a_server(port)
with running(server):
    print(port, server.folder, flush=True)
    sys.stdin.read()
"""


def test_a_server_ends_though_its_user_is_killed() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    user = subprocess.Popen(
        [sys.executable, "-c", _USER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert user.stdout is not None
    port, folder = user.stdout.readline().split(maxsplit=1)
    url, place = f"http://127.0.0.1:{port}", Path(folder.strip())
    assert answers(url)()
    user.send_signal(signal.SIGKILL)
    user.communicate()
    gone, patience = threading.Event(), 200
    while place.exists() and patience:
        patience -= 1
        gone.wait(0.05)
    assert not place.exists()
    assert not answers(url)()


def test_free_ports_differ() -> None:
    assert len(set(free_ports(5))) == 5


def test_a_folder_out_of_reach_is_copied_without_its_bytes(tmp_path: Path) -> None:
    hidden, copy = tmp_path / "hidden", tmp_path / "copy"
    (hidden / "inner").mkdir(parents=True)
    (hidden / "inner" / "file").write_text("content")
    hidden.chmod(0o700)
    assert within_reach(hidden, copy) == copy
    assert (copy / "inner" / "file").samefile(hidden / "inner" / "file")


def test_a_folder_within_everybodys_reach_is_used_as_it_is(tmp_path: Path) -> None:
    assert within_reach(Path("/usr"), tmp_path / "copy") == Path("/usr")
