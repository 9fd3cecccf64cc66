"""Capture on Lambda: through API Gateway, by direct invocation, or by an event on the bus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent
from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.errors import Unavailable
from lamella.functions import Door, open_service, outcome
from lamella.incoming import is_submitted, submission

logger = Logger(service="capture")
metrics = Metrics(namespace="Lamella", service="capture")

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def build(opened: Callable[[], Any] = open_service, serves: Sequence[str] | None = None) -> Handler:
    """The handler over a service; `serves` are the organizations of events and invocations."""
    door = Door("capture", opened, serves)

    @logger.inject_lambda_context(log_event=False)
    @metrics.log_metrics(capture_cold_start_metric=True)
    def handle(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        metrics.add_metric("Received", MetricUnit.Count, 1)
        answer = submitted(door, event) if is_submitted(event) else door.answer(event)
        metrics.add_metric(outcome(answer), MetricUnit.Count, 1)
        return answer

    return cast(Handler, handle)


def submitted(door: Door, event: dict[str, Any]) -> dict[str, Any]:
    """Capture what a producer put on the bus; raises only for what a later delivery may mend."""
    answer = door.answer(submission(event))
    status, event_id = answer["status"], EventBridgeEvent(event).get_id
    if status in (429, 500, 503, 504):
        raise Unavailable(f"event {event_id} was not captured (status {status}): deliver it again")
    if status >= 400:
        logger.warning("event %s was refused with status %s", event_id, status)
    return answer


handler = build()
