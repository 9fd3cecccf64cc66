"""How a call travels inside this process, and what every way of travelling has in common."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from lamella.errors import Conflict, SetupError, from_status

if TYPE_CHECKING:
    from lamella.api import Api
    from lamella.models import Principal

Pairs = tuple[tuple[str, str], ...]


class Transport(Protocol):
    """Carries one call and brings its JSON back. Raises a LamellaError of `lamella.errors`."""

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """The JSON that answers the call. `path` is percent-encoded, None values are left out."""

    def close(self) -> None:
        """Let go of connections, or of the embedded store."""


class AsyncTransport(Protocol):
    """A `Transport` for an event loop."""

    async def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""

    async def close(self) -> None:
        """See `Transport`."""


class InProcess:
    """Calls an `Api` of this process on behalf of `principal`, without JSON in between."""

    def __init__(
        self, api: Api, principal: Principal, close: Callable[[], None] = lambda: None
    ) -> None:
        self._api = api
        self._principal = principal
        self._close = close

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        from lamella.api import Request

        response = self._api.handle(
            Request(method, path, pairs(query), body=body, principal=self._principal)
        )
        return opened(response.status, response.body)

    def close(self) -> None:
        """Close what the api stands on."""
        self._close()


class InThread:
    """A `Transport` in worker threads; `open` makes it there, at the first call."""

    def __init__(self, open: Callable[[], Transport]) -> None:
        self._open = open
        self._transport: Transport | None = None
        self._opening = threading.Lock()

    async def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        return await asyncio.to_thread(self._sent, method, path, query, body)

    async def close(self) -> None:
        """Close it, if it was ever opened."""
        if self._transport is not None:
            await asyncio.to_thread(self._transport.close)

    def _sent(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        with self._opening:
            self._transport = self._transport or self._open()
        return self._transport.send(method, path, query, body)


def opened(status: int, body: Any) -> Any:
    """The body of a good answer; raises the error that any other stands for."""
    if status < 400:
        return body
    told = body if isinstance(body, Mapping) else {}
    error = from_status(status, str(told.get("detail") or told.get("message") or f"HTTP {status}"))
    if isinstance(error, Conflict):
        error.holder = told.get("holder")
    if told.get("error") == SetupError.__name__:
        error = SetupError(error.detail)
    raise error


def pairs(query: Mapping[str, Any]) -> Pairs:
    """Query fields as text: true and false in JSON's spelling, a list as repeated fields."""
    return tuple(
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in query.items()
        if value is not None
        for one in (value if isinstance(value, list | tuple) else [value])
    )
