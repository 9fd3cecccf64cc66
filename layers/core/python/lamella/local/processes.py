"""Servers that run beside us: a folder and a port of their own, and an end with ours."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from lamella.errors import SetupError
from lamella.local import keeper

READY_SECONDS = 180
STOP_SECONDS = 20
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Server:
    """What to run in `folder` (removed afterwards) as `user` ("": ourselves), and when it is up."""

    name: str
    command: Sequence[str]
    folder: Path
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str = ""


@contextmanager
def running(server: Server, ready_seconds: float = READY_SECONDS) -> Iterator[None]:
    """Start `server`, wait until it answers, end it on the way out or when this process dies.

    Raises SetupError with the reason if it ends by itself or isn't up in time.
    """
    if server.user:
        _hand_over(server.folder, server.user)
    kept = subprocess.Popen(
        [sys.executable, "-I", keeper.__file__, str(server.folder), server.user, *server.command],
        stdin=subprocess.PIPE,
        env={**os.environ, **server.environment},
        start_new_session=True,
    )
    try:
        _wait_until_ready(server, ready_seconds)
        yield
    finally:
        kept.communicate(timeout=STOP_SECONDS)


def new_folder(name: str) -> Path:
    """An empty folder that `running` will remove."""
    return Path(mkdtemp(prefix=f"lamella-{name}-"))


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on right now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()


def within_reach(folder: Path, copy: Path) -> Path:
    """`folder` where every user may enter it, else a copy of it (hard links, where they work)."""
    if all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.resolve().parents)):
        return folder
    shutil.copytree(folder, copy, symlinks=True, copy_function=_link)
    return copy


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target)


def _hand_over(folder: Path, user: str) -> None:
    account = pwd.getpwnam(user)
    for place in (folder, *folder.iterdir()):
        os.chown(place, account.pw_uid, account.pw_gid)


def _wait_until_ready(server: Server, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not server.ready():
        if (server.folder / "ended").exists():
            raise SetupError(f"{server.name} ended at once: {_last_words(server)}")
        if time.monotonic() > deadline:
            raise SetupError(f"{server.name} is not up after {seconds:g} s: {_last_words(server)}")
        time.sleep(POLL_SECONDS)


def _last_words(server: Server) -> str:
    lines: list[str] = []
    with suppress(OSError):
        lines = (server.folder / "output").read_text(errors="replace").split("\n")
    spoken = [line.strip() for line in lines if line.strip()]
    telling = [line for line in spoken if "rror" in line or "xception" in line]
    return (telling[:1] or spoken[-1:] or ["it said nothing"])[0][:300]
