"""One function: its code, its role, its log, and the two names it is invoked by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.choices import Choices
from infra.logs import log_group
from infra.permissions import Function as Name

HANDLERS = Path(__file__).parents[1] / "functions"


@dataclass(frozen=True, slots=True)
class Size:
    """Megabytes, seconds at most, whether it starts from a snapshot, and how many may run."""

    memory: int
    timeout: int
    snapshot: bool = True
    concurrency: int | None = None


def size(name: Name, choices: Choices) -> Size:
    """Promote alone is capped, so that it can't take the others' share of the account."""
    match name:
        case "capture":
            return Size(512, 29)
        case "retrieve":
            return Size(1_769 if choices.embedding == "local" else 1_024, 10)
        case "govern":
            return Size(512, 29)
        case "authorize":
            return Size(256, 5)
        case "promote":
            seconds = 300 if choices.extractor == "bedrock" else 120
            return Size(1_024, seconds, snapshot=False, concurrency=50 if choices.production else 7)


class Function(Construct):
    """`api` is what API Gateway invokes, and alone believed about its authorizer; `direct` is for
    agents, the queue and the rules.
    """

    def __init__(
        self,
        scope: Construct,
        name: Name,
        choices: Choices,
        layers: Sequence[lambda_.ILayerVersion],
        environment: Mapping[str, str],
    ) -> None:
        super().__init__(scope, name.capitalize())
        self.name, self.size = name, size(name, choices)
        self.logs = log_group(self, choices)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {choices.name}-{name} may do",
        )
        self.function = self._function(choices, layers, environment)
        published = "@aws-cdk/aws-lambda:snapStartRequirePublish"
        cdk.Annotations.of(self.function).acknowledge_warning(published, "the aliases publish it")
        self.api = self._alias("api")
        self.direct = self._alias("direct")

    def _function(
        self,
        choices: Choices,
        layers: Sequence[lambda_.ILayerVersion],
        environment: Mapping[str, str],
    ) -> lambda_.Function:
        snapshot = lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if self.size.snapshot else None
        return lambda_.Function(
            self,
            "Function",
            function_name=f"{choices.name}-{self.name}",
            code=lambda_.Code.from_asset(
                str(HANDLERS / self.name), exclude=["__pycache__", "*.pyc"]
            ),
            handler="handler.handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=self.size.memory,
            timeout=cdk.Duration.seconds(self.size.timeout),
            reserved_concurrent_executions=self.size.concurrency,
            snap_start=snapshot,
            layers=[*layers],
            environment={**environment},
            role=self.role,
            log_group=self.logs,
            logging_format=lambda_.LoggingFormat.JSON,
        )

    def _alias(self, name: str) -> lambda_.Alias:
        return lambda_.Alias(
            self, name.capitalize(), alias_name=name, version=self.function.current_version
        )
