"""How a command ends: one table from what went wrong to an exit code."""

from __future__ import annotations

from lamella import errors

ERROR, USAGE, NOT_FOUND, REFUSED, AWAY, INTERRUPTED = 1, 2, 3, 4, 5, 130

EXITS: tuple[tuple[type[errors.LamellaError], int], ...] = (
    (errors.Invalid, USAGE),
    (errors.NotFound, NOT_FOUND),
    (errors.Unauthenticated, REFUSED),
    (errors.Forbidden, REFUSED),
    (errors.Throttled, AWAY),
    (errors.Unavailable, AWAY),
    (errors.DeadlineExceeded, AWAY),
    (errors.LamellaError, ERROR),
)

LEGEND = (
    "Exit codes: 0 done, 1 failed, 2 bad input, 3 not found, 4 key missing or not allowed, "
    "5 a server or store is away (try again), 130 interrupted."
)


def exit_code(error: errors.LamellaError) -> int:
    """The code of the first kind in the table that `error` is."""
    return next(code for kind, code in EXITS if isinstance(error, kind))
