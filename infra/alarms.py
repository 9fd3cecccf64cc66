"""The alarms, each with its page of the runbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_opensearchservice as opensearch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.api import Api
from infra.choices import Choices
from infra.domain import Domain
from infra.functions import Functions
from infra.messaging import Messaging
from infra.permissions import FUNCTIONS, Function

RUNBOOK = "docs/operations.md"
NAMESPACE = "Lamella"
FIVE = cdk.Duration.minutes(5)

P95: Mapping[Function, float] = {"capture": 1_000, "retrieve": 1_500}
"""Milliseconds; what a person who waits for an agent still bears."""

_C = cloudwatch.ComparisonOperator
_T = cloudwatch.TreatMissingData


class Alarms(Construct):
    """`all` by name; each tells `topic` when it begins and when it ends."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        choices: Choices,
        functions: Functions,
        messaging: Messaging,
        api: Api,
        domain: Domain,
    ) -> None:
        super().__init__(scope, id)
        self._choices = choices
        self.all: dict[str, cloudwatch.Alarm] = {}
        self.topic = sns.Topic(self, "Topic", display_name=choices.name, enforce_ssl=True)
        if choices.alarm_email:
            self.topic.add_subscription(subscriptions.EmailSubscription(choices.alarm_email))
        self._queues(messaging)
        self._work()
        self._functions(functions)
        self._submissions(functions)
        self._api(api)
        if isinstance(domain.domain, opensearch.Domain):
            self._domain(domain.domain)

    def _queues(self, messaging: Messaging) -> None:
        dead = messaging.dead.metric_approximate_number_of_messages_visible(
            period=FIVE, statistic="Maximum"
        )
        self._add("DeadLetters", dead, 1, "nudges could not be promoted or delivered")
        age = messaging.queue.metric_approximate_age_of_oldest_message(
            period=FIVE, statistic="Maximum"
        )
        self._add("QueueAge", age, 900, "the oldest nudge waits for more than 15 minutes", of=3)

    def _work(self) -> None:
        """What the sweep tells each minute; its silence is an alarm too."""
        self._add(
            "OldestWork",
            lamella_metric("OldestInFlightAge"),
            900,
            "captured work waits for more than 15 minutes, or the sweep is silent",
            of=3,
            silence=_T.BREACHING,
        )
        self._add("ParkedWork", lamella_metric("ParkedItems"), 1, "work was given up and parked")

    def _functions(self, functions: Functions) -> None:
        for name in FUNCTIONS:
            function = functions[name].function
            errors = function.metric_errors(period=FIVE, statistic="Sum")
            self._add(f"{name.capitalize()}Errors", errors, 1, f"{name} failed", of=2)
            throttles = function.metric_throttles(period=FIVE, statistic="Sum")
            self._add(f"{name.capitalize()}Throttles", throttles, 1, f"{name} is throttled", of=3)
        for timed, limit in P95.items():
            took = functions[timed].function.metric_duration(period=FIVE, statistic="p95")
            self._add(f"{timed.capitalize()}Slow", took, limit, f"the p95 of {timed} is high", of=3)

    def _submissions(self, functions: Functions) -> None:
        lost = functions["capture"].function.metric(
            "AsyncEventsDropped", period=FIVE, statistic="Sum"
        )
        self._add("SubmissionsLost", lost, 1, "a producer's memories were not captured")

    def _api(self, api: Api) -> None:
        failed = api.api.metric_server_error(period=FIVE, statistic="Sum")
        self._add("ApiErrors", failed, 5, "the API answered with a 5xx five times", of=2)

    def _domain(self, domain: opensearch.Domain) -> None:
        for name, metric, limit, meaning, below in domain_metrics(domain, self._choices):
            self._add(name, metric, limit, meaning, of=3, below=below)

    def _add(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        limit: float,
        meaning: str,
        *,
        of: int = 1,
        below: bool = False,
        silence: cloudwatch.TreatMissingData = _T.NOT_BREACHING,
    ) -> None:
        """An alarm for `metric` at or beyond `limit`, `of` periods in a row."""
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._choices.name}-{name}",
            alarm_description=f"{meaning}: {RUNBOOK}#{name.lower()}",
            metric=metric,
            threshold=limit,
            comparison_operator=_C.LESS_THAN_OR_EQUAL_TO_THRESHOLD
            if below
            else _C.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=of,
            treat_missing_data=silence,
        )
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))
        self.all[name] = alarm


def lamella_metric(name: str, function: str = "promote") -> cloudwatch.Metric:
    """One of the metrics that the functions write into their logs."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": function},
        period=FIVE,
        statistic="Maximum",
    )


def domain_metrics(
    domain: opensearch.Domain, choices: Choices
) -> Iterator[tuple[str, cloudwatch.Metric, float, str, bool]]:
    """(name, metric, limit, meaning, whether less is worse). One node alone is always yellow."""
    red = domain.metric_cluster_status_red(period=FIVE)
    yield "DomainRed", red, 1, "a shard of the index is lost", False
    if choices.production:
        yellow = domain.metric_cluster_status_yellow(period=FIVE)
        yield "DomainYellow", yellow, 1, "a shard has no copy", False
    free = domain.metric_free_storage_space(period=FIVE, statistic="Minimum")
    yield "DomainStorage", free, 2_048, "a node has less than 2 GB left", True
    memory = domain.metric_jvm_memory_pressure(period=FIVE, statistic="Maximum")
    yield "DomainMemory", memory, 90, "a node's heap is nearly full", False
    processor = domain.metric_cpu_utilization(period=FIVE)
    yield "DomainProcessor", processor, 85, "a node's processors are busy", False
