"""The bus of one process: nudges wait in a queue for the worker that promotes."""

from __future__ import annotations

from collections.abc import Sequence
from queue import Empty, SimpleQueue

from lamella.ports import Nudge


class InProcessBus:
    """Hands nudges to one consumer, which may live in another thread."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[Nudge | None] = SimpleQueue()

    def publish(self, nudges: Sequence[Nudge]) -> None:
        """See `ports.Bus`."""
        for nudge in nudges:
            self._queue.put(nudge)

    def take(self, timeout: float) -> Nudge | None:
        """The next nudge, or None if `timeout` seconds bring none (or `wake` was called)."""
        try:
            return self._queue.get(timeout=timeout)
        except Empty:
            return None

    def wake(self) -> None:
        """Let a waiting `take` return at once."""
        self._queue.put(None)
