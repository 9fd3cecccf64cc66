"""The demo: a real server, a conversation of nine days, and what each layer makes of it.

story    what is said, as data         screen   what is shown
steps    what a story is made of       layers   what the layers hold
stage    plays it and checks it
"""

from __future__ import annotations

import signal
import socket
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from lamella.client import Memory
from lamella.demo.screen import Screen
from lamella.demo.stage import Stage
from lamella.demo.story import SECRETS, STORY
from lamella.errors import SetupError
from lamella.local.backing import Backing, Engine, backing
from lamella.local.key import local_key
from lamella.local.server import PORT, address, listen, serving
from lamella.service import FILE, LOCAL_ORG


def play(
    port: int | None = None,
    data: str | None = None,
    once: bool = False,
    engine: Engine = Engine.SQLITE,
) -> int:
    """Play the story on a server of its own, then keep serving unless `once`.

    Answers 0, or 1 if an expectation of the story failed. `data` is a folder without a memory;
    a temporary one otherwise. Raises LamellaError.
    """
    with ExitStack() as opened:
        folder = _folder(data) or Path(opened.enter_context(TemporaryDirectory(prefix="lamella-")))
        key, listening = local_key(folder), _listening(port)
        behind = opened.enter_context(backing(engine, folder, {key: LOCAL_ORG}, settle=0))
        server = opened.enter_context(serving(behind.service, listening))
        url, screen = address(listening), Screen()
        memory = opened.enter_context(Memory(api_key=key, host=url))
        screen.opening(url)
        stage = Stage(memory, screen, lambda: datetime.now(UTC))
        stage.play(STORY)
        stage.expect_none_of(SECRETS, STORY)
        _expect_none_written(stage, behind)
        screen.verdict(stage.passed, stage.failed)
        if once or stage.failed:
            return 1 if stage.failed else 0
        screen.serving(url, key)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            server.join()
        except KeyboardInterrupt:
            screen.stopped()
        return 0


def _folder(data: str | None) -> Path | None:
    if data is None:
        return None
    folder = Path(data).expanduser()
    if (folder / FILE).exists():
        raise SetupError(f"{folder} already holds a memory: name a new folder for the demo")
    return folder


def _listening(port: int | None) -> socket.socket:
    """The port asked for; else the usual one, or any that is free."""
    if port is not None:
        return listen("127.0.0.1", port)
    try:
        return listen("127.0.0.1", PORT)
    except SetupError:
        return listen("127.0.0.1", 0)


def _expect_none_written(stage: Stage, behind: Backing) -> None:
    """Dropped at capture means: never written."""
    written = behind.written()
    for secret in SECRETS:
        stage.expect(secret.encode() not in written, f"…{secret[-4:]} was written")
