"""What every function on Lambda has in common: one service a process, one way in for each form."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lamella import direct, gateway
from lamella.api import Api
from lamella.api.calls import Service
from lamella.errors import Invalid
from lamella.routes import Function


def open_service() -> Service:
    """The service as the environment describes it."""
    from lamella.service import open_from_env

    return open_from_env()


def organizations(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Whom direct invocations and events may act for: `LAMELLA_ORGANIZATIONS`, "acme,globex"."""
    named = environ.get("LAMELLA_ORGANIZATIONS", "").split(",")
    return tuple(name.strip() for name in named if name.strip())


class Door:
    """The way into one function. The service is opened by the first call, then kept."""

    def __init__(
        self,
        function: Function,
        open_service: Callable[[], Any] = open_service,
        serves: Sequence[str] | None = None,
    ) -> None:
        self._function = function
        self._open_service = open_service
        self._serves = organizations() if serves is None else tuple(serves)
        self._service: Any = None

    @property
    def service(self) -> Any:
        """The service of this process."""
        if self._service is None:
            self._service = self._open_service()
        return self._service

    def answer(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to an API Gateway event or a direct invocation. Raises Invalid for others."""
        if gateway.is_proxy(event):
            return gateway.answer(Api(self.service), event)
        if direct.is_direct(event):
            return direct.answer(Api(self.service), self._function, self._serves, event)
        raise Invalid("unknown event: use API Gateway's proxy form or an object with an action")


def outcome(answer: Mapping[str, Any]) -> str:
    """The name of the metric that counts `answer`, by its class of status."""
    status = answer["statusCode"] if "statusCode" in answer else answer["status"]
    return f"Answered{status // 100}xx"
