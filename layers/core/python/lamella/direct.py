"""Direct invocation: a call of the same `api` from inside AWS, without HTTP and without a key.

    {"action": "search", "organization": "acme", "query": "hotels?", "user_id": "alex"}

IAM decides who may invoke a function; the organization comes from the function's configured list.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from lamella.api import Api, Request, Response
from lamella.api.replies import refusal
from lamella.errors import Forbidden, Invalid, LamellaError
from lamella.models import Principal
from lamella.regex import regex
from lamella.routes import ROUTES, SCOPES, Function, Route

_ACTIONS: Mapping[str, Route] = {
    route.name: route
    for route in sorted(reversed(ROUTES), key=lambda route: -route.path.count("{"))
}
"""Each action by its plainest path; the first in the table of those."""

_IN_PATH = regex(r"\{(\w+)\}")


def is_direct(event: Mapping[str, Any]) -> bool:
    """Whether `event` is a direct invocation."""
    return "action" in event


def respond(
    api: Api, function: Function, organizations: Sequence[str], event: Mapping[str, Any]
) -> Response:
    """What HTTP would answer. Never raises."""
    try:
        return api.handle(request_of(function, organizations, event))
    except LamellaError as error:
        return refusal(error)


def encoded(response: Response) -> dict[str, Any]:
    """`{"status": 200, "body": …}`."""
    return {"status": response.status, "body": response.body}


def request_of(
    function: Function, organizations: Sequence[str], event: Mapping[str, Any]
) -> Request:
    """The request an event means. Raises Invalid, Forbidden.

    `id` names a memory, an event or a key, `type` and `id` an entity; a session is named by
    `session_id`, as everywhere.
    """
    fields = {k: v for k, v in event.items() if k not in ("action", "organization")}
    route = _route(function, event.get("action"))
    org = organization(organizations, event.get("organization"))
    return Request(
        method=route.methods[0],
        raw_path=_path(route, fields),
        body=fields,
        principal=Principal(org, SCOPES, "direct"),
    )


def organization(organizations: Sequence[str], named: object) -> str:
    """The one that is meant out of those a function serves. Raises Forbidden, Invalid."""
    if named is None and len(organizations) == 1:
        return organizations[0]
    if named is None and organizations:
        raise Invalid("organization is missing: this function serves several")
    if named not in organizations:
        raise Forbidden(
            "this function does not serve that organization: list it in LAMELLA_ORGANIZATIONS"
        )
    return str(named)


def _route(function: Function, action: object) -> Route:
    route = _ACTIONS.get(action) if isinstance(action, str) else None
    if route is None:
        raise Invalid(f"unknown action: use one of {', '.join(sorted(_ACTIONS))}")
    if route.function != function:
        raise Invalid(f"{route.name} is answered by the function {route.function}")
    return route


def _path(route: Route, fields: dict[str, Any]) -> str:
    path = route.path
    for name in _IN_PATH.findall(path):
        names = ("session_id", "run_id") if name == "id" and route.in_session else (name,)
        path = path.replace(f"{{{name}}}", _taken(fields, *names))
    return path


def _taken(fields: dict[str, Any], *names: str) -> str:
    value = next((fields.pop(name) for name in names if name in fields), None)
    if not isinstance(value, str) or not value:
        raise Invalid(f"{names[0]} must be a non-empty string")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise Invalid(f"{names[0]} holds a character that can't be stored") from None
