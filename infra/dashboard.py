"""The dashboard: what comes in, how long it takes, what waits, and how the stores do."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.alarms import Alarms, lamella_metric
from infra.api import Api
from infra.choices import Choices
from infra.domain import Domain
from infra.functions import Functions
from infra.messaging import Messaging
from infra.permissions import FUNCTIONS


class Dashboard(Construct):
    """`dashboard` bears the stack's name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        choices: Choices,
        functions: Functions,
        messaging: Messaging,
        api: Api,
        domain: Domain,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id)
        made = [functions[name].function for name in FUNCTIONS]
        rows: list[Sequence[cloudwatch.IWidget]] = [
            [cloudwatch.AlarmStatusWidget(alarms=[*alarms.all.values()], width=24, height=4)],
            [
                _graph("Calls", [api.api.metric_count(), api.api.metric_client_error(),
                                 api.api.metric_server_error()]),
                _graph("Latency, p95", [f.metric_duration(statistic="p95") for f in made]),
                _graph("Errors", [f.metric_errors() for f in made]),
            ],
            [
                _graph("Oldest work, seconds", [lamella_metric("OldestInFlightAge")]),
                _graph("Parked work", [lamella_metric("ParkedItems")]),
                _graph("Queues", [
                    messaging.queue.metric_approximate_number_of_messages_visible(),
                    messaging.dead.metric_approximate_number_of_messages_visible(),
                ]),
            ],
        ]  # fmt: skip
        if isinstance(domain.domain, opensearch.Domain):
            rows.append(_of_domain(domain.domain))
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=choices.name,
            default_interval=cdk.Duration.hours(12),
            widgets=rows,
        )


def _of_domain(domain: opensearch.Domain) -> list[cloudwatch.IWidget]:
    return [
        _graph("Search latency, p99", [domain.metric_search_latency()]),
        _graph("Domain, percent", [domain.metric_cpu_utilization(),
                                   domain.metric_jvm_memory_pressure()]),
        _graph("Storage left, MB", [domain.metric_free_storage_space()]),
    ]  # fmt: skip


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=[*metrics], width=8)
