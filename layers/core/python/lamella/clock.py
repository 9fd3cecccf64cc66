"""Time behind one function, so that tests can hold it still. All times are epoch milliseconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def system_clock() -> int:
    """Now, in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def iso(at: int) -> str:
    """`at` (epoch milliseconds) as ISO 8601 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(at // 1000, UTC).replace(microsecond=at % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def strictly_rising(clock: Clock) -> Clock:
    """`clock`, but no two calls in this process answer the same millisecond.

    A session closed and reopened, or a user forgotten and met again, within one millisecond
    would otherwise be undecidable.
    """
    last = 0
    lock = threading.Lock()

    def rising() -> int:
        nonlocal last
        with lock:
            last = max(clock(), last + 1)
            return last

    return rising
