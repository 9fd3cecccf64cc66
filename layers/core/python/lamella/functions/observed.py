"""Powertools around a function: a logger that never sees memory text, metrics by outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit, single_metric
from aws_lambda_powertools.utilities.typing import LambdaContext

from lamella.functions import garbage
from lamella.tallies import Tallies, tallied

NAMESPACE = "Lamella"
SECONDS = frozenset({"OldestInFlightAge"})
"""Metrics that are no counts."""

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class Observed:
    """The logger and the metrics of one function; metrics have the dimension `service`."""

    def __init__(self, service: str) -> None:
        self.logger = Logger(service=service)
        self._metrics = Metrics(namespace=NAMESPACE, service=service)
        self._service = service

    def around(self, handle: Handler) -> Handler:
        """`handle`, with its log lines correlated and what it tallies made metrics."""

        @self.logger.inject_lambda_context(log_event=False, clear_state=True)
        @self._metrics.log_metrics(capture_cold_start_metric=True)
        def observed(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
            self.logger.set_correlation_id(correlation_id(event) or context.aws_request_id)
            with tallied() as tallies:
                tallies["Received", ""] += 1
                try:
                    return handle(event, context)
                finally:
                    self._tell(tallies)
                    garbage.begin()

        return cast(Handler, observed)

    def _tell(self, tallies: Tallies) -> None:
        """Those of a layer are metrics of their own: a dimension holds for all of a line."""
        for (name, layer), number in tallies.items():
            unit = MetricUnit.Seconds if name in SECONDS else MetricUnit.Count
            if not layer:
                self._metrics.add_metric(name, unit, number)
                continue
            dimensions = {"service": self._service, "layer": layer}
            with single_metric(
                name, unit, number, namespace=NAMESPACE, default_dimensions=dimensions
            ):
                pass


def correlation_id(event: Mapping[str, Any]) -> str | None:
    """The id a caller or another service knows this event by, where it has one."""
    context = event.get("requestContext")
    named = context.get("requestId") if isinstance(context, Mapping) else event.get("id")
    return named if isinstance(named, str) and "action" not in event else None
