"""From bytes and query pairs to the fields of a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

from lamella.api.exchange import Request
from lamella.api.paths import Found
from lamella.errors import Invalid, TooLarge
from lamella.requests.given import merged

MAX_BODY_BYTES = 3 * 1024 * 1024
IDEMPOTENT = ("add", "org_add")


def fields(request: Request, found: Found) -> dict[str, Any]:
    """Everything the request says: body, query (which wins), ids of the path, Idempotency-Key."""
    told: dict[str, Any] = {**_decoded(request), **_query(request)}
    if found.route.in_session:
        named = {"session_id": found.ids["id"]}
        named |= {"key": found.ids["key"]} if "key" in found.ids else {}
        told = merged(told, named)
    key = request.headers.get("idempotency-key")
    if key is not None and found.route.name in IDEMPOTENT:
        told = merged(told, {"idempotency_key": key})
    return told


def _decoded(request: Request) -> Mapping[str, Any]:
    body = request.body
    if body is None or isinstance(body, Mapping):
        return body or {}
    if len(body) > MAX_BODY_BYTES:
        raise too_large()
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Invalid("the body is compressed: send it as plain JSON")
    if not body.strip():
        return {}
    try:
        decoded = json.loads(body.decode("utf-8-sig"), parse_constant=_refused)
    except UnicodeDecodeError:
        raise Invalid("the body is not UTF-8") from None
    except (ValueError, RecursionError):
        raise Invalid("the body is not valid JSON") from None
    if not isinstance(decoded, dict):
        raise Invalid("the body must be a JSON object")
    return decoded


def too_large() -> TooLarge:
    """What a body beyond the limit is answered with."""
    return TooLarge(f"the body is larger than {MAX_BODY_BYTES} bytes: split the call")


def _query(request: Request) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for name, value in request.query:
        earlier = told.get(name)
        if earlier is None:
            told[name] = value
        else:
            told[name] = [*(earlier if isinstance(earlier, list) else [earlier]), value]
    return told


def _refused(_: str) -> NoReturn:
    raise ValueError("not JSON")
