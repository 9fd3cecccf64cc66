"""A nudge put back into the queue, to be seen again after a while."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

from lamella.errors import Unavailable
from lamella.ports import Nudge

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY = 900
"""The most that SQS takes, in seconds; who comes back too early is sent on again."""


def send_later(nudge: Nudge, seconds: int) -> None:
    """Queue `nudge` so that it arrives in `seconds`; without a queue the sweep finds its work.

    The queue is `LAMELLA_QUEUE_URL`. Raises Unavailable.
    """
    queue = os.environ.get("LAMELLA_QUEUE_URL")
    if queue is None:
        return
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        _client().send_message(
            QueueUrl=queue,
            MessageBody=json.dumps(asdict(nudge)),
            DelaySeconds=min(max(seconds, 0), LONGEST_DELAY),
        )
    except (BotoCoreError, ClientError) as exc:
        raise Unavailable("the queue of nudges can't be reached") from exc


@cache
def _client() -> SQSClient:
    import boto3

    client: SQSClient = boto3.client("sqs")
    return client
