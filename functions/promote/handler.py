"""Promote on Lambda: nudges from the queue, the schedule's sweep, and `flush`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.clock import Clock, system_clock
from lamella.functions.answering import answering
from lamella.functions.door import Door, OpenService, open_service
from lamella.functions.observed import Handler, Observed
from lamella.incoming import is_scheduled, nudges
from lamella.ports import Nudge
from lamella.tallies import tally

Later = Callable[[Nudge, int], None]
"""(nudge, in how many seconds) → it is queued again."""


def send_later(nudge: Nudge, seconds: int) -> None:
    """By SQS; see `lamella.engines.sqs`."""
    from lamella.engines import sqs

    sqs.send_later(nudge, seconds)


def build(
    opened: OpenService = open_service,
    serves: Sequence[str] | None = None,
    later: Later = send_later,
    clock: Clock = system_clock,
) -> Handler:
    """The handler over a service; `later` queues again what has yet to settle."""
    door, observed = Door("promote", opened, serves), Observed("promote")

    def promote(body: str) -> None:
        for nudge in nudges(body):
            done = door.service.promote.run(nudge.org, nudge.owner)
            if done.again_at is not None:
                later(nudge, max(0, done.again_at - clock()) // 1000 + 1)

    def failed(message: Mapping[str, Any]) -> bool:
        try:
            promote(message["body"])
        except Exception as error:
            tally("Failed")
            name, id = type(error).__name__, message["messageId"]
            observed.logger.error("message %s failed: %s", id, name)
            return True
        return False

    def worked(event: dict[str, Any], context: LambdaContext) -> dict[str, Any] | None:
        tally("ParkedItems", number=0)
        if "Records" in event:
            again = [m["messageId"] for m in event["Records"] if failed(m)]
            return {"batchItemFailures": [{"itemIdentifier": id} for id in again]}
        if is_scheduled(event):
            found = door.service.sweep.run()
            tally("Swept", number=found)
            return {"swept": found}
        return None

    return answering(door, observed, worked)


handler = build()
