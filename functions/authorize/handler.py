"""Authorize on Lambda: the REST API's request authorizer. It turns a key into an organization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerRequestEvent,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.api.handling import key_of
from lamella.errors import Unauthenticated
from lamella.functions import Door, open_service
from lamella.gateway import context_of, headers_of
from lamella.models import Principal

logger = Logger(service="authorize")
metrics = Metrics(namespace="Lamella", service="authorize")

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class Unauthorized(Exception):
    """What API Gateway answers with 401: it reads the message, which must be this word."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def build(opened: Callable[[], Any] = open_service) -> Handler:
    """The handler over a service that knows the keys."""
    door = Door("govern", opened)

    @logger.inject_lambda_context(log_event=False)
    @metrics.log_metrics(capture_cold_start_metric=True)
    def handle(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        metrics.add_metric("Received", MetricUnit.Count, 1)
        try:
            principal = door.service.authorize(key_of(headers_of(event)))
        except Unauthenticated:
            metrics.add_metric("Unauthenticated", MetricUnit.Count, 1)
            raise Unauthorized from None
        metrics.add_metric("Authenticated", MetricUnit.Count, 1)
        return allowed(principal, APIGatewayAuthorizerRequestEvent(event).method_arn)

    return cast(Handler, handle)


def allowed(principal: Principal, method_arn: str) -> dict[str, Any]:
    """The policy that lets one call through, and tells the functions who is calling."""
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": method_arn}
    return {
        "principalId": f"{principal.org}/{principal.key_id}",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": context_of(principal),
    }


handler = build()
