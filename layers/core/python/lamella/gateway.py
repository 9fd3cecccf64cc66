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
from lamella.authorizer import headers_of, principal_of
from lamella.errors import Invalid, LamellaError, TooLarge

MAX_ANSWER_BYTES = 5_900_000
"""Below the 6 MB that Lambda lets out: beyond it the caller would see a 502 without a reason."""

Event = Mapping[str, Any]


def is_proxy(event: Event) -> bool:
    """Whether `event` came through API Gateway."""
    return "httpMethod" in event and "requestContext" in event


def respond(api: Api, event: Event, believed: bool) -> Response:
    """The answer to a proxy event; never raises.

    `believed` is whether its word about the authorizer counts, or the key has to be looked at.
    """
    try:
        response = api.handle(request_of(event, believed))
    except LamellaError as error:
        response = refusal(error)
    if len(_json(response).encode()) > MAX_ANSWER_BYTES:
        return refusal(TooLarge("the answer is larger than 6 MB: ask for a shorter page"))
    return response


def encoded(response: Response) -> dict[str, Any]:
    """`response` in the gateway's proxy form."""
    return {
        "statusCode": response.status,
        "headers": {**response.headers, "Content-Type": "application/json"},
        "body": _json(response),
        "isBase64Encoded": False,
    }


def request_of(event: Event, believed: bool) -> Request:
    """The request in a proxy event. Its `path` is still percent-encoded. Raises Invalid."""
    headers = headers_of(event)
    pairs = (event.get("multiValueQueryStringParameters") or {}).items()
    return Request(
        method=event["httpMethod"],
        raw_path=event["path"],
        query=tuple((name, value) for name, values in pairs for value in values),
        headers=headers,
        body=_body(event),
        principal=principal_of(event) if believed else None,
        base_url=_base_url(event, headers),
    )


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


def _json(response: Response) -> str:
    return json.dumps(response.body, ensure_ascii=False)
