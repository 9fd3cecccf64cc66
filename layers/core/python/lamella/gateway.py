"""API Gateway's REST proxy events, made requests of `api` and answered in the gateway's form.

See https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from lamella.api import Api, Request, Response
from lamella.api.replies import refusal
from lamella.errors import Invalid, LamellaError, TooLarge
from lamella.models import Principal

MAX_ANSWER_BYTES = 5_900_000
"""Below the 6 MB that Lambda lets out: beyond it the caller would see a 502 without a reason."""

Event = Mapping[str, Any]


def is_proxy(event: Event) -> bool:
    """Whether `event` came through API Gateway."""
    return "httpMethod" in event and "requestContext" in event


def answer(api: Api, event: Event) -> dict[str, Any]:
    """The proxy response to a proxy event; never raises."""
    try:
        response = api.handle(request_of(event))
    except LamellaError as error:
        response = refusal(error)
    body = _encoded(response)
    if len(body.encode()) > MAX_ANSWER_BYTES:
        response = refusal(TooLarge("the answer is larger than 6 MB: ask for a shorter page"))
        body = _encoded(response)
    return {
        "statusCode": response.status,
        "headers": {**response.headers, "Content-Type": "application/json"},
        "body": body,
        "isBase64Encoded": False,
    }


def request_of(event: Event) -> Request:
    """The request in a proxy event. Its `path` is still percent-encoded. Raises Invalid."""
    headers = headers_of(event)
    pairs = (event.get("multiValueQueryStringParameters") or {}).items()
    return Request(
        method=event["httpMethod"],
        raw_path=event["path"],
        query=tuple((name, value) for name, values in pairs for value in values),
        headers=headers,
        body=_body(event),
        principal=principal_of(event),
        base_url=_base_url(event, headers),
    )


def headers_of(event: Event) -> dict[str, str]:
    """The headers of a proxy or authorizer event, by lower-case name."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


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


def _body(event: Event) -> bytes:
    body = event.get("body") or ""
    if not event.get("isBase64Encoded"):
        return str(body).encode()
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("the body is not valid base64") from None


def _base_url(event: Event, headers: Mapping[str, str]) -> str:
    context = event["requestContext"]
    whole = str(context.get("path") or "")
    stage = whole.removesuffix(event["path"]) if whole.endswith(event["path"]) else ""
    return f"https://{headers.get('host') or context.get('domainName') or ''}{stage}"


def _encoded(response: Response) -> str:
    return json.dumps(response.body, ensure_ascii=False)
