"""One real server, and each of Mem0's clients connected to an organization of its own a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from clients.remote import COMMANDS, Remote

from lamella.local.server import address, listen, serving
from lamella.requests import KeyRequest
from lamella.service import Service, open_local
from lamella.settings import Settings

EVERYTHING = {"scopes": ["read", "write", "govern", "org:write"]}


@dataclass
class Served:
    """A server; `key()` opens a fresh organization."""

    host: str
    service: Service

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def key(self) -> str:
        org = f"org-{next(self._numbers)}"
        return str(self.service.access.create(org, KeyRequest.parse(EVERYTHING))["key"])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    service = open_local(str(folder), settings=Settings(settle=0))
    listening = listen("127.0.0.1", 0)
    host = address(listening)
    with serving(service, listening):
        yield Served(host, service)
    service.close()


@pytest.fixture(scope="session")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Remote]]:
    """Each client is started once, when the first test needs it."""
    started: dict[str, Remote] = {}

    def process(name: str) -> Remote:
        if name not in started:
            home: Path = tmp_path_factory.mktemp("home")
            started[name] = Remote(name, COMMANDS[name](), home)
        return started[name]

    yield process
    for one in started.values():
        one.close()


@pytest.fixture(params=COMMANDS)
def client(
    request: pytest.FixtureRequest, served: Served, processes: Callable[[str], Remote]
) -> Remote:
    """One of Mem0's clients, in an organization of its own."""
    process = processes(request.param)
    process.connect(host=served.host, api_key=served.key())
    return process
