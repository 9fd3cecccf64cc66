"""What can go wrong with a store, as switches that a test turns while the stores are in use."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from lamella.errors import LamellaError, Throttled, Unavailable

Store = Literal["table", "index"]


class Crash(BaseException):
    """The process died here. No handler of ordinary errors sees it."""


@dataclass
class Faults:
    """Shared by the reference stores of one world; everything is off to begin with.

    Calls are counted over both stores: a round of reads is one, each commit of a round is one (so
    a crash can leave a round half done), a bulk change of the index is one.
    """

    table_down: bool = False
    index_down: bool = False
    index_paused: bool = False
    """Changes are accepted, and searches keep seeing what was there before, until resumed."""
    stale_marks: bool = False
    """Reads of the sparse index don't see the latest commit."""
    throttle_every: int = 0
    """Every n-th call is Throttled; 0 for none."""
    fail_next: list[LamellaError] = field(default_factory=list)
    """Raised one by one by the next calls, which then do nothing."""
    crash_before: int | None = None
    """The number of the call that is never made."""
    crash_after: int | None = None
    """The number of the call that is done but never answered."""
    crash: BaseException = field(default_factory=Crash)
    calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def call(self, store: Store) -> Iterator[None]:
        """One call to `store`, which these faults may prevent, or crash after."""
        with self._lock:
            self.calls += 1
            number = self.calls
            failure = self.fail_next.pop(0) if self.fail_next else None
        if number == self.crash_before:
            raise self.crash
        if failure is not None:
            raise failure
        if self.table_down if store == "table" else self.index_down:
            raise Unavailable(f"the {store} can't be reached")
        if self.throttle_every and number % self.throttle_every == 0:
            raise Throttled(f"the {store} asks to slow down")
        yield
        if number == self.crash_after:
            raise self.crash
