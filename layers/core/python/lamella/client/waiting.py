"""Waiting for what the server does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable

from lamella.client.wire import Json
from lamella.errors import DeadlineExceeded

UNFINISHED = ("PENDING", "RUNNING")


def poll(
    fetch: Callable[[], Json],
    timeout: float,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Json:
    """`fetch` until its `status` is final, less and less often. Raises DeadlineExceeded."""
    until, pause = now() + timeout, 0.02
    while True:
        event = fetch()
        if event.get("status") not in UNFINISHED:
            return event
        if now() >= until:
            raise DeadlineExceeded(f"event {event.get('id')} is not finished after {timeout} s")
        sleep(min(pause, max(0.0, until - now())))
        pause = min(pause * 1.5, 1.0)
