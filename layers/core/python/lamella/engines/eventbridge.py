"""Nudges as events on a bus of EventBridge, whose rule brings them to promote's queue."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from lamella.engines import aws
from lamella.engines.nudging import TIMEOUT, Refused, hand_over
from lamella.ports import Nudge

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

SOURCE = "lamella"
TURNS_CAPTURED = "Turns Captured"
PASSING = aws.SLOW_DOWN | {"InternalException", "InternalFailure", "ServiceUnavailable"}


class EventBridgeBus:
    """A Bus that publishes "Turns Captured" events: ids only, one nudge each.

    A call waits `timeout` seconds and is tried once, so that no capture waits for a bus that is
    away.
    """

    def __init__(self, name: str, *, endpoint: str | None = None, timeout: float = TIMEOUT) -> None:
        self._name = name
        self._endpoint = endpoint
        self._timeout = timeout

    def publish(self, nudges: Sequence[Nudge]) -> None:
        """See `ports.Bus`."""
        hand_over(nudges, self._put)

    def _put(self, nudges: Sequence[Nudge]) -> list[Refused | None]:
        with aws.translated("the event bus"):
            answer = self._client.put_events(Entries=[self._entry(nudge) for nudge in nudges])
        codes = [entry.get("ErrorCode") for entry in answer["Entries"]]
        return [Refused(code, code in PASSING) if code else None for code in codes]

    def _entry(self, nudge: Nudge) -> PutEventsRequestEntryTypeDef:
        return {
            "EventBusName": self._name,
            "Source": SOURCE,
            "DetailType": TURNS_CAPTURED,
            "Detail": json.dumps({"nudges": [asdict(nudge)]}),
        }

    @cached_property
    def _client(self) -> EventBridgeClient:
        opened: EventBridgeClient = aws.client(
            "events", endpoint=self._endpoint, timeout=self._timeout
        )
        return opened
