"""Ids that sort by the time they were made, behind one function so that tests can number them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from secrets import randbits

from lamella.clock import Clock, system_clock

Ids = Callable[[], str]

RANDOM_BITS = 80
"""A ULID is 48 bits of milliseconds and these."""

_LENGTH = 26
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: in the order of the characters, without those that look alike."""


class MonotonicIds:
    """ULIDs that never go backwards within a process, even inside one millisecond.

    The newest-first order of in-flight items rests on this; the idea is the ULID specification's
    (https://github.com/ulid/spec, "Monotonicity").
    """

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._last = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """A new id."""
        fresh = self._clock() << RANDOM_BITS | randbits(RANDOM_BITS)
        with self._lock:
            self._last = max(fresh, self._last + 1)
            return _ulid(self._last)


class CountingIds:
    """Ids for tests and replays: `prefix` and a rising number, of a ULID's length."""

    def __init__(self, prefix: str = "01") -> None:
        self._prefix = prefix
        self._count = 0
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next id."""
        with self._lock:
            self._count += 1
            return f"{self._prefix}{self._count:0{_LENGTH - len(self._prefix)}d}"


def _ulid(number: int) -> str:
    return "".join(_DIGITS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
