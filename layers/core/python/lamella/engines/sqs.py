"""Nudges in a queue of SQS: to be seen at once, or again after a while."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, cached_property
from typing import TYPE_CHECKING

from lamella.engines import aws
from lamella.engines.nudging import TIMEOUT, Refused, hand_over
from lamella.ports import Nudge

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY = 900
"""The most that SQS takes, in seconds; who comes back too early is sent on again."""

PATIENCE = 5.0
"""Seconds that promote, which nobody waits for, gives the queue to answer."""


class SqsBus:
    """A Bus that puts nudges straight into promote's queue.

    `timeout` (seconds) and `attempts` are those of one call to the queue at `url`.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoint: str | None = None,
        timeout: float = TIMEOUT,
        attempts: int = 1,
    ) -> None:
        self._url = url
        self._endpoint = endpoint
        self._timeout = timeout
        self._attempts = attempts

    def publish(self, nudges: Sequence[Nudge]) -> None:
        """See `ports.Bus`."""
        hand_over(nudges, self._send)

    def send_later(self, nudge: Nudge, seconds: int) -> None:
        """Queue `nudge` to arrive in `seconds`, 900 at most. Raises Unavailable, Throttled."""
        with aws.translated("the queue of nudges"):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=json.dumps(asdict(nudge)),
                DelaySeconds=min(max(seconds, 0), LONGEST_DELAY),
            )

    def _send(self, nudges: Sequence[Nudge]) -> list[Refused | None]:
        with aws.translated("the queue of nudges"):
            answer = self._client.send_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(place), "MessageBody": json.dumps(asdict(nudge))}
                    for place, nudge in enumerate(nudges)
                ],
            )
        refused = {
            int(entry["Id"]): Refused(entry["Code"], _passing(entry["Code"], entry["SenderFault"]))
            for entry in answer.get("Failed", ())
        }
        return [refused.get(place) for place in range(len(nudges))]

    @cached_property
    def _client(self) -> SQSClient:
        opened: SQSClient = aws.client(
            "sqs", endpoint=self._endpoint, timeout=self._timeout, attempts=self._attempts
        )
        return opened


def send_later(nudge: Nudge, seconds: int) -> None:
    """Queue `nudge` so that it arrives in `seconds`; without a queue the sweep finds its work.

    The queue is `LAMELLA_QUEUE_URL`. Raises Unavailable, Throttled.
    """
    url = os.environ.get("LAMELLA_QUEUE_URL")
    if url:
        _patient(url).send_later(nudge, seconds)


@cache
def _patient(url: str) -> SqsBus:
    return SqsBus(url, timeout=PATIENCE, attempts=3)


def _passing(code: str, senders_fault: bool) -> bool:
    return not senders_fault or code in aws.SLOW_DOWN
