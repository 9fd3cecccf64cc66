"""`Memory` and `AsyncMemory`, as agents hold them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Coroutine, Iterator
from functools import partial
from types import TracebackType
from typing import Any, Self

from lamella.client.function import Functions, FunctionTransport
from lamella.client.http import AsyncHttpTransport, HttpTransport
from lamella.client.organize import Organizing
from lamella.client.transports import AsyncTransport, InProcess, InThread, Transport
from lamella.client.waiting import Patience, poll, poll_async
from lamella.client.walking import Everybody, Lines
from lamella.client.wire import Json, path
from lamella.errors import Invalid
from lamella.routes import SCOPES
from lamella.settings import Settings

Awaited = Coroutine[Any, Any, Json]
AwaitedList = Coroutine[Any, Any, list[Json]]


class Memory(Organizing[Json, list[Json]]):
    """Layered memory for an agent.

    >>> memory = Memory()                    # embedded: one file under LAMELLA_DATA or ~/.lamella
    >>> memory = Memory(api_key="lm_…")      # a server: host=, else LAMELLA_HOST, else this machine
    >>> memory = Memory(function="lamella")  # functions on AWS, invoked directly
    >>> memory.add(["I'm Alex and I prefer boutique hotels."], user_id="alex", session_id="trip")
    >>> memory.search("Any hotel preferences?", user_id="alex", session_id="trip")

    Every call raises the errors of `lamella.errors`, whichever way it travels. One client serves
    many threads. `shutdown`, or leaving a `with` block, lets go of files and connections.
    """

    _transport: Transport

    def __init__(
        self,
        api_key: str | None = None,
        host: str | None = None,
        *,
        data: str | None = None,
        function: Functions | None = None,
        organization: str | None = None,
        timeout: float = 60.0,
        transport: Transport | None = None,
        **settings: Any,
    ) -> None:
        """Open a memory; `settings` are those of `lamella.settings`, and for the embedded one only.

        `function` is what the functions' names begin with, or the name or ARN of each of capture,
        promote, retrieve and govern; `organization` is needed where they serve several. `timeout`
        (seconds) bounds each call over HTTP or to a function. Raises SetupError, Invalid.
        """
        if transport is not None:
            self._transport = transport
        elif function is not None or organization is not None:
            elsewhere = {"api_key": api_key, "host": host, "data": data, **settings}
            self._transport = invoked(function, organization, timeout, elsewhere)
        elif api_key is None and host is None:
            self._transport = embedded(data, settings)
        else:
            self._transport = HttpTransport(*_server(api_key, host, data, settings), timeout)

    def wait(self, event_id: str, timeout: float = 20.0) -> Json:
        """The event once it is finished. Raises DeadlineExceeded after `timeout` seconds."""
        return poll(lambda: self.event(event_id), Patience(timeout))

    def export(self, **chosen: Any) -> Iterator[Json]:
        """Every line of a new export, page by page; `chosen` as for `create_memory_export`."""
        lines = Lines(self.create_memory_export(**chosen))
        while lines.more:
            yield from lines.of(self.get_memory_export(**lines.asked))

    def reset(self) -> Json:
        """Delete everybody's memories, one entity after the other; the org layer stays."""
        everybody = Everybody()
        while named := everybody.of(self.users()):
            for one in named:
                self._call("DELETE", path("v2", "entities", *one))
        return everybody.told

    def shutdown(self) -> None:
        """Let go of the store or the connections. Further calls raise."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.shutdown()


class AsyncMemory(Organizing[Awaited, AwaitedList]):
    """The methods of `Memory`, each to be awaited.

    >>> async with AsyncMemory(api_key="lm_…") as memory:
    ...     await memory.add("I prefer boutique hotels.", user_id="alex")

    The embedded memory and direct invocations work in threads beside the event loop.
    """

    _transport: AsyncTransport

    def __init__(
        self,
        api_key: str | None = None,
        host: str | None = None,
        *,
        data: str | None = None,
        function: Functions | None = None,
        organization: str | None = None,
        timeout: float = 60.0,
        transport: AsyncTransport | None = None,
        **settings: Any,
    ) -> None:
        """Prepare a memory, as `Memory` would open it. Raises Invalid."""
        if transport is not None:
            self._transport = transport
        elif function is not None or organization is not None:
            elsewhere = {"api_key": api_key, "host": host, "data": data, **settings}
            direct = invoked(function, organization, timeout, elsewhere)
            self._transport = InThread(lambda: direct)
        elif api_key is None and host is None:
            self._transport = InThread(partial(embedded, data, settings))
        else:
            self._transport = AsyncHttpTransport(*_server(api_key, host, data, settings), timeout)

    async def wait(self, event_id: str, timeout: float = 20.0) -> Json:
        """The event once it is finished. Raises DeadlineExceeded after `timeout` seconds."""
        return await poll_async(lambda: self.event(event_id), Patience(timeout))

    async def export(self, **chosen: Any) -> AsyncIterator[Json]:
        """Every line of a new export, page by page; `chosen` as for `create_memory_export`."""
        lines = Lines(await self.create_memory_export(**chosen))
        while lines.more:
            for line in lines.of(await self.get_memory_export(**lines.asked)):
                yield line

    async def reset(self) -> Json:
        """Delete everybody's memories, one entity after the other; the org layer stays."""
        everybody = Everybody()
        while named := everybody.of(await self.users()):
            for one in named:
                await self._call("DELETE", path("v2", "entities", *one))
        return everybody.told

    async def shutdown(self) -> None:
        """Let go of the store or the connections. Further calls raise."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.shutdown()


def _server(
    api_key: str | None, host: str | None, data: str | None, settings: dict[str, Any]
) -> tuple[str, str | None]:
    """The address of a server and the key for it. Raises Invalid."""
    if data is not None or settings:
        raise Invalid("data and settings are for the embedded memory, not for a server")
    key = os.environ.get("LAMELLA_API_KEY") if api_key is None else api_key
    return host or Settings.from_env().host, key


def invoked(
    function: Functions | None,
    organization: str | None,
    timeout: float,
    elsewhere: dict[str, Any],
) -> FunctionTransport:
    """The functions on AWS. Raises Invalid where the call names another memory, too."""
    if function is None:
        raise Invalid("organization goes with function: over HTTP the key tells it")
    if others := sorted(name for name, value in elsewhere.items() if value is not None):
        raise Invalid(f"function and {others[0]} name two memories: give one")
    return FunctionTransport(function, organization, timeout)


def embedded(data: str | None, settings: dict[str, Any]) -> InProcess:
    """The memory of this process: a service on local files, called as its own organization."""
    from lamella.api import Api
    from lamella.models import Principal
    from lamella.service import LOCAL_ORG, open_local

    service = open_local(data, **settings)
    return InProcess(Api(service), Principal(LOCAL_ORG, SCOPES), service.close)
