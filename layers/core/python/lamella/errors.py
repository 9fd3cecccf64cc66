"""Every failure Lamella can name.

    LamellaError
    ├── Invalid            400  the request says something that can't be
    │   └── TooLarge       413  … or more than fits
    ├── Unauthenticated    401  no key, or not one of ours
    ├── Forbidden          403  the key may not do this
    ├── NotFound           404
    ├── Conflict           409  somebody else holds what was asked for
    ├── Throttled          429  the store asks to slow down     (retry)
    ├── Unsupported        501  a Mem0 call Lamella has no answer to
    ├── Unavailable        503  a store or the embedder is away (retry)
    ├── DeadlineExceeded   504  it took longer than was allowed (retry)
    └── SetupError         500  this machine isn't ready: folder, model, port

Each message says what, which id and what to do, and never carries memory text.
"""

from __future__ import annotations


class LamellaError(Exception):
    """The base of the tree; `retryable` tells whether the same call may succeed later."""

    status = 500
    retryable = False

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class Invalid(LamellaError):
    """The request is malformed or asks for something that can't be."""

    status = 400


class TooLarge(Invalid):
    """A body, text or item exceeds a stated limit."""

    status = 413


class Unauthenticated(LamellaError):
    """No key was sent, or it isn't one this deployment issued."""

    status = 401


class Forbidden(LamellaError):
    """The key is good, but its scopes don't cover this call."""

    status = 403


class NotFound(LamellaError):
    """Nothing here has that id (or it belongs to another organization)."""

    status = 404


class Conflict(LamellaError):
    """The state moved on, or another memory already holds this content; `holder` is its id."""

    status = 409

    def __init__(self, detail: str, holder: str | None = None) -> None:
        super().__init__(detail)
        self.holder = holder


class Throttled(LamellaError):
    """The store asked to slow down and retries were used up."""

    status = 429
    retryable = True


class Unsupported(LamellaError):
    """A call of the Mem0 surface that Lamella has no answer to."""

    status = 501


class Unavailable(LamellaError):
    """A store, the index or the embedder can't be reached right now."""

    status = 503
    retryable = True


class DeadlineExceeded(LamellaError):
    """The work did not finish inside the time allowed."""

    status = 504
    retryable = True


class SetupError(LamellaError):
    """This machine isn't ready: an unwritable folder, a missing model, a port in use."""


_BY_STATUS: dict[int, type[LamellaError]] = {
    error.status: error
    for error in (
        Invalid,
        TooLarge,
        Unauthenticated,
        Forbidden,
        NotFound,
        Conflict,
        Throttled,
        Unsupported,
        Unavailable,
        DeadlineExceeded,
    )
}


def from_status(status: int, detail: str) -> LamellaError:
    """The error a client raises for an HTTP answer: the same tree, read backwards."""
    found = _BY_STATUS.get(status)
    if found is None:
        found = Invalid if 400 <= status < 500 else LamellaError
    return found(detail)
