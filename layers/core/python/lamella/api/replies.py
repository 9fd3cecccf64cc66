"""The JSON of every answer: one shape a call, Mem0's bare arrays for its older clients, errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from lamella.api.exchange import Request, Response
from lamella.api.paths import MethodNotAllowed
from lamella.errors import Conflict, LamellaError
from lamella.routes import BARE, Route

if TYPE_CHECKING:
    from lamella.requests import Asked, EntitiesRequest, ListRequest

RETRY_AFTER_SECONDS = 1


def reply(
    request: Request, route: Route, told: Mapping[str, Any], asked: Asked, result: Any
) -> Response:
    """What a use case answered, as the route's clients expect it."""
    body = result.wire() if hasattr(result, "wire") else result
    if isinstance(body, Mapping):
        body = dict(body)
        if route.request in _PAGED:
            body |= _PAGED[route.request](request, asked, body)
        if route.request in _NARROWED:
            body |= _with_chosen_fields(asked, body)
        if asked.warnings:
            body.setdefault("warnings", list(asked.warnings))
        if route in BARE and _is_bare(told):
            return Response(route.answers, body.get("results", []))
    return Response(route.answers, body)


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


def _links(request: Request, asked: ListRequest, body: Mapping[str, Any]) -> dict[str, str | None]:
    from lamella.requests.retrieve import COUNTED

    if asked.cursor is not None:
        return {"next": None, "previous": None}
    numbered = asked.page * asked.page_size < COUNTED
    return _neighbours(request, asked.page, body.get("cursor") is not None and numbered)


def _entity_links(
    request: Request, asked: EntitiesRequest, body: Mapping[str, Any]
) -> dict[str, str | None]:
    more = asked.page * asked.page_size < body.get("count", 0)
    return _neighbours(request, asked.page, more)


def _with_chosen_fields(asked: Any, body: Mapping[str, Any]) -> dict[str, Any]:
    if not asked.fields:
        return {}
    return {"results": [_narrowed(one, asked.fields) for one in body["results"]]}


def _narrowed(memory: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in memory.items() if name == "id" or name in fields}


_NARROWED = frozenset({"SearchRequest", "ContextRequest", "ListRequest"})
"""Requests whose `fields` say what each memory is shown with."""

_PAGED: Mapping[str, Callable[[Request, Any, Mapping[str, Any]], dict[str, str | None]]] = {
    "ListRequest": _links,
    "EntitiesRequest": _entity_links,
}
"""How the pages of an answer are linked, by the request."""


def _neighbours(request: Request, page: int, more: bool) -> dict[str, str | None]:
    return {
        "next": _link(request, page + 1) if more else None,
        "previous": _link(request, page - 1) if page > 1 else None,
    }


def _link(request: Request, page: int) -> str:
    query = [*((name, value) for name, value in request.query if name != "page"), ("page", page)]
    return f"{request.base_url}{request.raw_path}?{urlencode(query)}"
