"""How work reaches promote: the bus and its rules, the queue, and what nobody could deliver."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.choices import Choices

OURS = "lamella"
TURNS_CAPTURED = "Turns Captured"
MEMORY_SUBMITTED = "Memory Submitted"
DELIVERIES = 5
ARCHIVED = cdk.Duration.days(30)


class Messaging(Construct):
    """`bus` carries our own events, which hold ids alone, and producers' submissions.

    `queue` holds nudges for promote; after five deliveries, or where the bus can't reach it, they
    lie in `dead` for two weeks. No queue and no archive ever holds a memory's text.
    """

    def __init__(
        self, scope: Construct, id: str, choices: Choices, promoting: cdk.Duration
    ) -> None:
        """`promoting` is the longest that promote works at one batch."""
        super().__init__(scope, id)
        self.made_bus = not choices.existing.bus
        self.bus: events.IEventBus = self._bus(choices)
        self.dead = sqs.Queue(
            self,
            "Dead",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
        self.queue = sqs.Queue(
            self,
            "Nudges",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(4),
            visibility_timeout=cdk.Duration.seconds(6 * int(promoting.to_seconds())),
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=DELIVERIES),
        )
        self._nudge_promote()
        self._archive()

    def bring_submissions(self, capture: lambda_.IFunction) -> events.Rule:
        """Let producers' "Memory Submitted" reach capture, which is tried for a day."""
        return events.Rule(
            self,
            "MemorySubmitted",
            description="A producer's memory, to be captured",
            event_bus=self.bus,
            event_pattern=events.EventPattern(detail_type=[MEMORY_SUBMITTED]),
            targets=[targets.LambdaFunction(capture, max_event_age=cdk.Duration.hours(24))],
        )

    def sweep(self, promote: lambda_.IFunction) -> events.Rule:
        """Let promote look every minute for work that nobody finished; a late tick is worthless."""
        return events.Rule(
            self,
            "Sweep",
            description="Looks for work that nobody finished",
            schedule=events.Schedule.rate(cdk.Duration.minutes(1)),
            targets=[
                targets.LambdaFunction(
                    promote, retry_attempts=0, max_event_age=cdk.Duration.minutes(1)
                )
            ],
        )

    def _bus(self, choices: Choices) -> events.IEventBus:
        if choices.existing.bus:
            return events.EventBus.from_event_bus_name(self, "Bus", choices.existing.bus)
        return events.EventBus(self, "Bus", event_bus_name=choices.name)

    def _nudge_promote(self) -> None:
        events.Rule(
            self,
            "TurnsCaptured",
            description="Turns were captured: promote what is worth keeping",
            event_bus=self.bus,
            event_pattern=events.EventPattern(source=[OURS], detail_type=[TURNS_CAPTURED]),
            targets=[
                targets.SqsQueue(
                    self.queue,
                    dead_letter_queue=self.dead,
                    max_event_age=cdk.Duration.hours(24),
                )
            ],
        )

    def _archive(self) -> None:
        events.Archive(
            self,
            "Archive",
            source_event_bus=self.bus,
            description="Nudges, by ids alone; a replay changes nothing",
            event_pattern=events.EventPattern(source=[OURS], detail_type=[TURNS_CAPTURED]),
            retention=ARCHIVED,
        )
