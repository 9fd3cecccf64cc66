"""The JSON of every answer: one shape a call, Mem0's bare arrays for its older clients, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from lamella.api.exchange import Request, Response
from lamella.api.paths import MethodNotAllowed
from lamella.errors import Conflict, LamellaError
from lamella.requests import Asked, EntitiesRequest, ListRequest
from lamella.requests.retrieve import COUNTED, Chosen
from lamella.routes import BARE, Route

RETRY_AFTER_SECONDS = 1


def reply(
    request: Request, route: Route, told: Mapping[str, Any], asked: Asked, result: Any
) -> Response:
    """What a use case answered, as the route's clients expect it."""
    body = result.wire() if hasattr(result, "wire") else result
    if isinstance(body, Mapping):
        body = dict(body)
        if isinstance(asked, ListRequest):
            body |= _links(request, asked, body.get("cursor") is not None)
        elif isinstance(asked, EntitiesRequest):
            body |= _neighbours(
                request, asked.page, asked.page * asked.page_size < body.get("count", 0)
            )
        if isinstance(asked, Chosen) and asked.fields:
            body["results"] = [_narrowed(one, asked.fields) for one in body["results"]]
        if asked.warnings:
            body.setdefault("warnings", list(asked.warnings))
        if route in BARE and _is_bare(told):
            return Response(route.answers, body.get("results", []))
    return Response(route.answers, body)


def _narrowed(memory: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in memory.items() if name == "id" or name in fields}


def refusal(error: LamellaError) -> Response:
    """`{"detail", "error"}` with the error's status; `detail` is always a string."""
    body = {"detail": error.detail, "error": type(error).__name__}
    headers: dict[str, str] = {}
    if isinstance(error, Conflict) and error.holder is not None:
        body["holder"] = error.holder
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = error.allowed
    if error.retryable:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if error.status == 401:
        headers["WWW-Authenticate"] = "Token"
    return Response(error.status, body, headers)


def _is_bare(told: Mapping[str, Any]) -> bool:
    return told.get("output_format") != "v1.1" and not {"page", "page_size"} & told.keys()


def _links(request: Request, asked: ListRequest, more: bool) -> dict[str, str | None]:
    if asked.cursor is not None:
        return {"next": None, "previous": None}
    numbered = asked.page * asked.page_size < COUNTED
    return _neighbours(request, asked.page, more and numbered)


def _neighbours(request: Request, page: int, more: bool) -> dict[str, str | None]:
    return {
        "next": _link(request, page + 1) if more else None,
        "previous": _link(request, page - 1) if page > 1 else None,
    }


def _link(request: Request, page: int) -> str:
    query = [*((name, value) for name, value in request.query if name != "page"), ("page", page)]
    return f"{request.base_url}{request.raw_path}?{urlencode(query)}"
