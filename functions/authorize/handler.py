"""Authorize on Lambda: the REST API's request authorizer. It turns a key into an organization."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerRequestEvent,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.authorizer import context_of, key_in
from lamella.errors import Unauthenticated
from lamella.functions import snapshot
from lamella.functions.door import Door, OpenService, open_service
from lamella.functions.observed import Handler, Observed
from lamella.models import Principal
from lamella.tallies import tally


class Unauthorized(Exception):
    """What API Gateway answers with 401: it reads the message, which must be this word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def build(opened: OpenService = open_service) -> Handler:
    """The handler over a service that knows the keys."""
    door = Door("govern", opened)

    def authorize(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        try:
            principal = door.service.authorize(key_in(event))
        except Unauthenticated:
            tally("Unauthenticated")
            raise Unauthorized from None
        tally("Authenticated")
        return allowed(principal, APIGatewayAuthorizerRequestEvent(event).method_arn)

    snapshot.prepare(door, "access")
    return Observed("authorize").around(authorize)


def allowed(principal: Principal, method_arn: str) -> dict[str, Any]:
    """The policy that lets one call through, and tells the functions who is calling."""
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": method_arn}
    return {
        "principalId": f"{principal.org}/{principal.key_id}",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context_of(principal),
    }


handler = build()
