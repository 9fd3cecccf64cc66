"""What the REST API's authorizer reads of an event, and tells the functions about a caller."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.access import key_of
from lamella.models import Principal

Event = Mapping[str, Any]


def headers_of(event: Event) -> dict[str, str]:
    """The headers of a proxy or authorizer event, by lower-case name."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def key_in(event: Event) -> str:
    """The API key of an authorizer event. Raises Unauthenticated where there is none."""
    return key_of(headers_of(event))


def context_of(principal: Principal) -> dict[str, str]:
    """What the authorizer tells the functions about a caller: strings, as the gateway needs."""
    return {
        "org": principal.org,
        "scopes": " ".join(sorted(principal.scopes)),
        "key_id": principal.key_id,
    }


def principal_of(event: Event) -> Principal | None:
    """Whom the authorizer let in; None where a path has no authorizer."""
    told = event["requestContext"].get("authorizer") or {}
    if not told.get("org"):
        return None
    return Principal(told["org"], frozenset(told["scopes"].split()), told["key_id"])
