"""What one process needs no others for: its bus, and reads that wait for nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from lamella.ports import Nudge

T = TypeVar("T")


class AtOnce(Executor):
    """Runs what it is given in the caller's own thread.

    Reads of a local file are over sooner than another thread takes over: handing each search on
    cost a fifth of its time on a busy machine.
    """

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See `Executor`; the future is done."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as failure:
            future.set_exception(failure)
        return future


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
