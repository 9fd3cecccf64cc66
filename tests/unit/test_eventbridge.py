"""Nudges on a bus of EventBridge: at the wire with moto, and refused by a scripted server."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import pytest
from scripted_server import Answer, ScriptedServer, refusal

from lamella.engines.eventbridge import EventBridgeBus
from lamella.incoming import nudges as read_nudges
from lamella.ports import Nudge

TWELVE = [Nudge("acme", f"u:{n}") for n in range(12)]
UNHURRIED = 10.0
"""Seconds: a busy machine that runs the tests is no bus that is away."""


class Route:
    """A bus whose rule brings turns captured to a queue, as the deployment has it."""

    def __init__(self, endpoint: str) -> None:
        self.bus = f"lamella-{uuid4().hex[:8]}"
        events = boto3.client("events", endpoint_url=endpoint)
        self._sqs = boto3.client("sqs", endpoint_url=endpoint)
        self._url = self._sqs.create_queue(QueueName=self.bus)["QueueUrl"]
        events.create_event_bus(Name=self.bus)
        pattern = json.dumps({"source": ["lamella"], "detail-type": ["Turns Captured"]})
        events.put_rule(Name="promote", EventBusName=self.bus, EventPattern=pattern)
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        target = {"Id": "queue", "Arn": arn["Attributes"]["QueueArn"]}
        events.put_targets(Rule="promote", EventBusName=self.bus, Targets=[target])

    def arrived(self) -> Iterator[dict[str, Any]]:
        """Every event that reached the queue."""
        ask = {"QueueUrl": self._url, "MaxNumberOfMessages": 10}
        while messages := self._sqs.receive_message(**ask).get("Messages"):
            yield from (json.loads(message["Body"]) for message in messages)


def accepted(count: int) -> Answer:
    return Answer({"FailedEntryCount": 0, "Entries": [{"EventId": str(n)} for n in range(count)]})


def partly(*codes: str | None) -> Answer:
    """An answer that refuses the entries with a code."""
    entries = [{"ErrorCode": c, "ErrorMessage": "no"} if c else {"EventId": "1"} for c in codes]
    return Answer({"FailedEntryCount": sum(map(bool, codes)), "Entries": entries})


def owners(request: dict[str, Any]) -> list[str]:
    details = [json.loads(entry["Detail"]) for entry in request["Entries"]]
    return [nudge["owner"] for detail in details for nudge in detail["nudges"]]


def test_the_rule_brings_every_nudge_to_promotes_queue(moto: str) -> None:
    route = Route(moto)
    EventBridgeBus(route.bus, endpoint=moto, timeout=UNHURRIED).publish(TWELVE)
    events = list(route.arrived())
    told = [nudge for event in events for nudge in read_nudges(json.dumps(event))]
    assert sorted(told, key=lambda nudge: nudge.owner) == sorted(
        TWELVE, key=lambda nudge: nudge.owner
    )


def test_an_event_says_ids_and_nothing_else(moto: str) -> None:
    route = Route(moto)
    EventBridgeBus(route.bus, endpoint=moto, timeout=UNHURRIED).publish([Nudge("acme", "u:ada")])
    [event] = route.arrived()
    assert (event["source"], event["detail-type"]) == ("lamella", "Turns Captured")
    assert event["detail"] == {"nudges": [{"org": "acme", "owner": "u:ada"}]}


def test_nothing_to_say_calls_nobody(scripted: ScriptedServer) -> None:
    EventBridgeBus("lamella", endpoint=scripted.url, timeout=UNHURRIED).publish([])
    assert scripted.asked == []


def test_a_call_carries_ten_entries_at_most(scripted: ScriptedServer) -> None:
    scripted.script.extend([accepted(10), accepted(2)])
    EventBridgeBus("lamella", endpoint=scripted.url, timeout=UNHURRIED).publish(TWELVE)
    assert [owners(body) for body in scripted.bodies] == [
        [f"u:{n}" for n in range(10)],
        ["u:10", "u:11"],
    ]


def test_only_the_entries_refused_for_a_moment_go_again(
    scripted: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.script.extend(
        [partly(None, "ThrottlingException", "NotAuthorized", "InternalFailure"), accepted(2)]
    )
    EventBridgeBus("lamella", endpoint=scripted.url, timeout=UNHURRIED).publish(TWELVE[:4])
    assert [owners(body) for body in scripted.bodies] == [
        ["u:0", "u:1", "u:2", "u:3"],
        ["u:1", "u:3"],
    ]
    assert [record.message for record in caplog.records] == [
        "1 nudges left to the sweep: refused with NotAuthorized"
    ]


def test_an_entry_refused_twice_is_left_to_the_sweep(
    scripted: ScriptedServer, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.script.extend([partly("InternalFailure"), partly("InternalFailure")])
    EventBridgeBus("lamella", endpoint=scripted.url, timeout=UNHURRIED).publish(TWELVE[:1])
    assert len(scripted.asked) == 2
    assert "refused with InternalFailure" in caplog.text


@pytest.mark.parametrize(
    ("no", "reason"),
    [
        (refusal("ThrottlingException"), "ThrottlingException"),
        (refusal("AccessDeniedException"), "AccessDeniedException"),
        (refusal("InternalFailure", 500), "InternalFailure"),
    ],
)
def test_a_bus_that_says_no_is_asked_once_and_raises_nothing(
    scripted: ScriptedServer, caplog: pytest.LogCaptureFixture, no: Answer, reason: str
) -> None:
    scripted.script.append(no)
    EventBridgeBus("lamella", endpoint=scripted.url, timeout=UNHURRIED).publish(TWELVE)
    assert len(scripted.asked) == 1
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert reason in caplog.text
    assert "acme" not in caplog.text


def test_a_bus_that_is_away_raises_nothing(
    aws_environment: None, caplog: pytest.LogCaptureFixture
) -> None:
    EventBridgeBus("lamella", endpoint="http://127.0.0.1:9").publish(TWELVE)
    assert "EndpointConnectionError" in caplog.text


def test_a_bus_that_does_not_answer_costs_a_capture_300_ms(
    silent: str, caplog: pytest.LogCaptureFixture
) -> None:
    EventBridgeBus("lamella", endpoint=silent).publish(TWELVE)
    assert "ReadTimeoutError" in caplog.text


@pytest.fixture
def silent(aws_environment: None) -> Iterator[str]:
    """A server that takes connections and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
