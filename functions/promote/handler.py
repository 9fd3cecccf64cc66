"""Promote on Lambda: nudges from the queue, the schedule's sweep, and `flush`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.clock import Clock, system_clock
from lamella.engines.sqs import send_later
from lamella.functions import Door, open_service, outcome
from lamella.incoming import is_scheduled, nudges
from lamella.ports import Nudge

logger = Logger(service="promote")
metrics = Metrics(namespace="Lamella", service="promote")

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]
Later = Callable[[Nudge, int], None]
"""(nudge, in how many seconds) → it is queued again."""


def build(
    opened: Callable[[], Any] = open_service,
    serves: Sequence[str] | None = None,
    later: Later = send_later,
    clock: Clock = system_clock,
) -> Handler:
    """The handler over a service; `later` queues again what has yet to settle."""
    door = Door("promote", opened, serves)

    def promote(record: SQSRecord) -> None:
        for nudge in nudges(record.body):
            done = door.service.promote.run(nudge.org, nudge.owner)
            metrics.add_metric("Promoted", MetricUnit.Count, done.added)
            if done.again_at is not None:
                later(nudge, max(0, done.again_at - clock()) // 1000 + 1)

    def each(record: SQSRecord) -> None:
        try:
            promote(record)
        except Exception as error:
            metrics.add_metric("Failed", MetricUnit.Count, 1)
            logger.error("message %s failed: %s", record.message_id, type(error).__name__)
            raise

    @logger.inject_lambda_context(log_event=False)
    @metrics.log_metrics(capture_cold_start_metric=True)
    def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        metrics.add_metric("Received", MetricUnit.Count, 1)
        if "Records" in event:
            processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
            return dict(process_partial_response(event, each, processor, context))
        if is_scheduled(event):
            found = door.service.promote.sweep()
            metrics.add_metric("Swept", MetricUnit.Count, found)
            return {"swept": found}
        answer = door.answer(event)
        metrics.add_metric(outcome(answer), MetricUnit.Count, 1)
        return answer

    return cast(Handler, handle)


handler = build()
