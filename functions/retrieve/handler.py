"""Retrieve on Lambda, through API Gateway or by direct invocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.functions import Door, open_service, outcome

logger = Logger(service="retrieve")
metrics = Metrics(namespace="Lamella", service="retrieve")

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def build(opened: Callable[[], Any] = open_service, serves: Sequence[str] | None = None) -> Handler:
    """The handler over a service; `serves` are the organizations of direct invocations."""
    door = Door("retrieve", opened, serves)

    @logger.inject_lambda_context(log_event=False)
    @metrics.log_metrics(capture_cold_start_metric=True)
    def handle(event: Mapping[str, Any], _: LambdaContext) -> dict[str, Any]:
        metrics.add_metric("Received", MetricUnit.Count, 1)
        answer = door.answer(event)
        metrics.add_metric(outcome(answer), MetricUnit.Count, 1)
        return answer

    return cast(Handler, handle)


handler = build()
