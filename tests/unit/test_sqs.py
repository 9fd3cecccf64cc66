"""Nudges straight into a queue: at the wire with moto, and refused by a scripted server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from scripted_server import Answer, ScriptedServer, refusal

from lamella.engines.sqs import SqsBus, send_later
from lamella.errors import Throttled, Unavailable
from lamella.incoming import nudges as read_nudges
from lamella.ports import Nudge

TWELVE = [Nudge("acme", f"u:{n}") for n in range(12)]
ADA = Nudge("acme", "u:ada")
UNHURRIED = 10.0
"""Seconds: a busy machine that runs the tests is no queue that is away."""


class Queue:
    """Promote's queue."""

    def __init__(self, endpoint: str) -> None:
        self._sqs = boto3.client("sqs", endpoint_url=endpoint)
        self.url: str = self._sqs.create_queue(QueueName=f"q-{uuid4().hex[:8]}")["QueueUrl"]

    def arrived(self) -> Iterator[Nudge]:
        ask: dict[str, Any] = {"QueueUrl": self.url, "MaxNumberOfMessages": 10}
        while messages := self._sqs.receive_message(**ask).get("Messages"):
            for message in messages:
                yield from read_nudges(message["Body"])

    def delayed(self) -> int:
        """How many messages wait for their time."""
        asked = ["ApproximateNumberOfMessagesDelayed"]
        told = self._sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=asked)
        return int(told["Attributes"][asked[0]])


def partly(*codes: tuple[str, bool] | None) -> Answer:
    """An answer that refuses entries with (code, whether it is the sender's fault)."""
    done = [
        {"Id": str(n), "MessageId": "m", "MD5OfMessageBody": "x"}
        for n, code in enumerate(codes)
        if code is None
    ]
    failed = [
        {"Id": str(n), "Code": code[0], "SenderFault": code[1]}
        for n, code in reversed(list(enumerate(codes)))
        if code is not None
    ]
    return Answer({"Successful": done, "Failed": failed})


def owners(request: dict[str, Any]) -> list[str]:
    return [json.loads(entry["MessageBody"])["owner"] for entry in request["Entries"]]


def bus_of(server: ScriptedServer) -> SqsBus:
    return SqsBus("http://queue/1/promote", endpoint=server.url, timeout=UNHURRIED)


def test_every_nudge_arrives_as_promote_reads_it(moto: str) -> None:
    queue = Queue(moto)
    SqsBus(queue.url, endpoint=moto, timeout=UNHURRIED).publish(TWELVE)
    assert {nudge.owner for nudge in queue.arrived()} == {nudge.owner for nudge in TWELVE}


def test_a_nudge_for_later_waits(moto: str) -> None:
    queue = Queue(moto)
    SqsBus(queue.url, endpoint=moto, timeout=UNHURRIED).send_later(ADA, seconds=30)
    assert queue.delayed() == 1
    assert list(queue.arrived()) == []


@pytest.mark.parametrize(("asked", "sent"), [(-3, 0), (7, 7), (5_000, 900)])
def test_a_delay_stays_within_what_the_queue_takes(
    scripted: ScriptedServer, asked: int, sent: int
) -> None:
    bus_of(scripted).send_later(ADA, asked)
    assert scripted.bodies[0]["DelaySeconds"] == sent
    assert json.loads(scripted.bodies[0]["MessageBody"]) == {"org": "acme", "owner": "u:ada"}


def test_only_the_messages_refused_for_a_moment_go_again(
    scripted: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.script.extend(
        [
            partly(
                None, ("InternalError", False), ("InvalidMessageContents", True),
                ("RequestThrottled", True),
            ),
            partly(None, None),
        ]
    )  # fmt: skip
    bus_of(scripted).publish(TWELVE[:4])
    assert [owners(body) for body in scripted.bodies] == [
        ["u:0", "u:1", "u:2", "u:3"],
        ["u:1", "u:3"],
    ]
    assert "1 nudges left to the sweep: refused with InvalidMessageContents" in caplog.text


def test_a_queue_that_says_no_raises_nothing_at_a_capture(
    scripted: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.script.append(refusal("QueueDoesNotExist"))
    bus_of(scripted).publish(TWELVE)
    assert len(scripted.asked) == 1
    assert "QueueDoesNotExist" in caplog.text
    assert "acme" not in caplog.text


@pytest.mark.parametrize(
    ("no", "raised"),
    [
        (refusal("ThrottlingException"), Throttled),
        (refusal("AccessDeniedException", 403), Unavailable),
    ],
)
def test_promote_is_told_when_a_nudge_for_later_was_not_taken(
    scripted: ScriptedServer, no: Answer, raised: type[Exception]
) -> None:
    scripted.script.append(no)
    with pytest.raises(raised, match="the queue of nudges"):
        bus_of(scripted).send_later(ADA, 5)


def test_promotes_queue_is_the_one_the_environment_names(
    moto: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = Queue(moto)
    monkeypatch.setenv("AWS_ENDPOINT_URL", moto)
    monkeypatch.setenv("LAMELLA_QUEUE_URL", queue.url)
    send_later(ADA, 0)
    assert list(queue.arrived()) == [ADA]


def test_without_a_queue_the_sweep_finds_what_is_for_later(
    scripted: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", scripted.url)
    monkeypatch.delenv("LAMELLA_QUEUE_URL", raising=False)
    send_later(ADA, 5)
    assert scripted.asked == []
