"""Capture on Lambda: through API Gateway, by direct invocation, or by an event on the bus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.errors import Unavailable
from lamella.functions.answering import answered, answering
from lamella.functions.door import Door, OpenService, open_service
from lamella.functions.observed import Handler, Observed
from lamella.incoming import is_submitted, submission

WORTH_ANOTHER_DELIVERY = (429, 500, 503, 504)


def build(opened: OpenService = open_service, serves: Sequence[str] | None = None) -> Handler:
    """The handler over a service; `serves` are the organizations of events and invocations."""
    door, observed = Door("capture", opened, serves), Observed("capture")

    def submitted(event: dict[str, Any], context: LambdaContext) -> dict[str, Any] | None:
        """Capture what a producer put on the bus; raises for what a later delivery may mend."""
        if not is_submitted(event):
            return None
        from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent

        told = answered(door, submission(event), context)
        status, event_id = told["status"], EventBridgeEvent(event).get_id
        if status in WORTH_ANOTHER_DELIVERY:
            raise Unavailable(
                f"event {event_id} was not captured (status {status}): deliver it again"
            )
        if status >= 400:
            observed.logger.warning("event %s was refused with status %s", event_id, status)
        return told

    return answering(door, observed, submitted)


handler = build()
