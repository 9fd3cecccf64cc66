"""`Memory`, as agents hold it."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Any, Self

from lamella.client.organize import Organizing
from lamella.client.transports import HttpTransport, InProcess, Transport
from lamella.errors import Invalid
from lamella.routes import SCOPES
from lamella.settings import Settings


class Memory(Organizing):
    """Layered memory for an agent.

    >>> memory = Memory()                    # embedded: one file under LAMELLA_DATA or ~/.lamella
    >>> memory = Memory(api_key="lm_…")      # a server: host=, else LAMELLA_HOST, else this machine
    >>> memory.add(["I'm Alex and I prefer boutique hotels."], user_id="alex", session_id="trip")
    >>> memory.search("Any hotel preferences?", user_id="alex", session_id="trip")

    Every call raises the errors of `lamella.errors`, whichever way it travels. One client serves
    many threads. `shutdown`, or leaving a `with` block, lets go of files and connections.
    """

    def __init__(
        self,
        api_key: str | None = None,
        host: str | None = None,
        *,
        data: str | None = None,
        timeout: float = 60.0,
        transport: Transport | None = None,
        **settings: Any,
    ) -> None:
        """Open a memory; `settings` are those of `lamella.settings`, and for the embedded one only.

        `timeout` (seconds) bounds each call over HTTP. Raises SetupError, Invalid.
        """
        if transport is not None:
            self._transport = transport
        elif api_key is None and host is None:
            self._transport = embedded(data, settings)
        else:
            if data is not None or settings:
                raise Invalid("data and settings are for the embedded memory, not for a server")
            key = os.environ.get("LAMELLA_API_KEY") if api_key is None else api_key
            self._transport = HttpTransport(host or Settings.from_env().host, key, timeout)

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


def embedded(data: str | None, settings: dict[str, Any]) -> InProcess:
    """The memory of this process: a service on local files, called as its own organization."""
    from lamella.api import Api
    from lamella.models import Principal
    from lamella.service import LOCAL_ORG, open_local

    service = open_local(data, **settings)
    return InProcess(Api(service), Principal(LOCAL_ORG, SCOPES), service.close)
