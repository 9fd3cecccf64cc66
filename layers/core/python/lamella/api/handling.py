"""One request from its key to its answer: find, authenticate, read, call, answer."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from lamella import requests
from lamella.access import key_of
from lamella.api.bodies import fields
from lamella.api.calls import CALLS, Call, Service
from lamella.api.exchange import Request, Response
from lamella.api.paths import Found, find
from lamella.api.replies import refusal, reply
from lamella.errors import Forbidden, LamellaError
from lamella.models import Principal
from lamella.routes import LEGACY, Route

NOBODY = Principal(org="", scopes=frozenset(), key_id="")

_log = logging.getLogger("lamella.api")


def _reference() -> str:
    return secrets.token_hex(6)


class Api:
    """Answers requests by the use cases of `service`; never raises, always answers JSON."""

    def __init__(self, service: Service, reference: Callable[[], str] = _reference) -> None:
        self._service = service
        self._reference = reference

    def handle(self, request: Request) -> Response:
        """The answer to `request`. What nobody foresaw is a 500 with a reference to the log."""
        try:
            return self._answer(request)
        except LamellaError as error:
            return refusal(error)
        except Exception as error:
            reference = self._reference()
            _log.error("internal error %s: %s", reference, type(error).__name__)
            return refusal(LamellaError(f"internal error, reference {reference}"))

    def _answer(self, request: Request) -> Response:
        found = find(request.method, request.raw_path)
        principal = self._admitted(request, found.route)
        told = fields(request, found)
        asked = _read(found, told)
        result = CALLS[found.route.name](self._service, Call(principal, found.ids, asked))
        return reply(request, found.route, told, asked, result)

    def _admitted(self, request: Request, route: Route) -> Principal:
        if route.public:
            return NOBODY
        principal = request.principal or self._service.authorize(key_of(request.headers))
        if route.scope is not None and route.scope not in principal.scopes:
            raise Forbidden(f"this key lacks the scope {route.scope!r}, which {route.name} needs")
        return principal


def _read(found: Found, told: Mapping[str, Any]) -> Any:
    model = getattr(requests, found.route.request)
    strict = found.route in LEGACY and found.route.request in ("SearchRequest", "ListRequest")
    return requests.parse(model, _ids_inside(told) if strict else told)


def _ids_inside(told: Mapping[str, Any]) -> dict[str, Any]:
    """Mem0's older clients put ids at the top level and mean what `filters` mean today."""
    names = ("user_id", "agent_id", "app_id", "run_id", "session_id")
    ids = {name: told[name] for name in names if told.get(name) is not None}
    rest = {name: value for name, value in told.items() if name not in names}
    if not ids:
        return rest
    given = rest.get("filters")
    if given is None or given == {}:
        return rest | {"filters": ids}
    if isinstance(given, Mapping):
        return rest | {"filters": {"AND": [ids, given]}}
    return rest
