"""The way into a function: one service a process, one form of event after another."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lamella.errors import Invalid
from lamella.routes import Function
from lamella.values import dataclass

API_ALIAS = "api"
"""The alias that API Gateway alone may invoke: only there the authorizer's word is believed."""

OpenService = Callable[[], Any]


def open_service() -> Any:
    """The service as the environment describes it."""
    from lamella.service import open_from_env

    return open_from_env()


def organizations(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Whom direct invocations and events may act for: `LAMELLA_ORGANIZATIONS`, "acme,globex"."""
    named = environ.get("LAMELLA_ORGANIZATIONS", "").split(",")
    return tuple(name.strip() for name in named if name.strip())


def alias_of(function_arn: str) -> str:
    """The alias (or version) an invocation named, "" for none."""
    parts = function_arn.split(":")
    return parts[7] if len(parts) > 7 else ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status and body for whoever measures, and `told` as Lambda hands it on."""

    status: int
    body: Any
    told: dict[str, Any]


class Door:
    """The way into one function. The service is opened by the first call, then kept."""

    def __init__(
        self,
        function: Function,
        opened: OpenService = open_service,
        serves: Sequence[str] | None = None,
    ) -> None:
        """`serves` are the organizations of direct invocations and events."""
        self.function = function
        self._opened = opened
        self._serves = organizations() if serves is None else tuple(serves)
        self._service: Any = None

    @property
    def service(self) -> Any:
        """The service of this process."""
        if self._service is None:
            self._service = self._opened()
        return self._service

    def answer(self, event: Mapping[str, Any], function_arn: str) -> Answer:
        """The answer to an API Gateway event or a direct invocation. Raises Invalid for others.

        Whoever may invoke the function could dress an event up as the gateway's. So what it says
        about its authorizer counts only under the gateway's own alias; elsewhere the key does.
        """
        from lamella import direct, gateway
        from lamella.api import Api

        if gateway.is_proxy(event):
            believed = alias_of(function_arn) == API_ALIAS
            response = gateway.respond(Api(self.service), event, believed)
            return Answer(response.status, response.body, gateway.encoded(response))
        if direct.is_direct(event):
            response = direct.respond(Api(self.service), self.function, self._serves, event)
            return Answer(response.status, response.body, direct.encoded(response))
        raise Invalid("unknown event: use API Gateway's proxy form or an object with an action")
