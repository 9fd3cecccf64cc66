"""Waiting for what the server does in its own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from lamella.client.wire import Json
from lamella.errors import DeadlineExceeded

UNFINISHED = ("PENDING", "RUNNING")


class Patience:
    """How long to wait for an event: less and less often, for `timeout` seconds in all."""

    def __init__(self, timeout: float, now: Callable[[], float] = time.monotonic) -> None:
        self._timeout = timeout
        self._now = now
        self._until = now() + timeout
        self._pause = 0.02

    def pause(self, event: Json) -> float | None:
        """Seconds until the next look; None for a finished event. Raises DeadlineExceeded."""
        if event.get("status") not in UNFINISHED:
            return None
        left = self._until - self._now()
        if left <= 0:
            raise DeadlineExceeded(
                f"event {event.get('id')} is not finished after {self._timeout} s"
            )
        pause, self._pause = self._pause, min(self._pause * 1.5, 1.0)
        return min(pause, left)


def poll(
    fetch: Callable[[], Json],
    patience: Patience,
    sleep: Callable[[float], None] = time.sleep,
) -> Json:
    """`fetch` until its `status` is final. Raises DeadlineExceeded."""
    event = fetch()
    while (pause := patience.pause(event)) is not None:
        sleep(pause)
        event = fetch()
    return event


async def poll_async(
    fetch: Callable[[], Awaitable[Json]],
    patience: Patience,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> Json:
    """The same in an event loop."""
    event = await fetch()
    while (pause := patience.pause(event)) is not None:
        await sleep(pause)
        event = await fetch()
    return event
