"""The functions, each with exactly what `permissions` lists, and what sets them off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.choices import Choices
from infra.domain import Domain
from infra.function import Function, size
from infra.key import Key
from infra.messaging import Messaging
from infra.models import EMBEDDING_MODEL, foundation_models
from infra.permissions import FUNCTIONS, Conditions, Grant, Resource, permissions
from infra.permissions import Function as Name
from infra.table import Table

BATCH = 10
SPARE = 2
"""Of promote's concurrency, for the sweep and for calls."""


class Stores:
    """What the functions work with."""

    def __init__(self, key: Key, table: Table, domain: Domain, messaging: Messaging) -> None:
        self.key, self.table, self.domain, self.messaging = key, table, domain, messaging


class Functions(Construct):
    """The five functions by name."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        choices: Choices,
        layers: Sequence[lambda_.ILayerVersion],
        stores: Stores,
    ) -> None:
        super().__init__(scope, id)
        self._choices, self._stores = choices, stores
        self._by_name: dict[Name, Function] = {}
        for name in FUNCTIONS:
            made = Function(self, name, choices, layers, self._environment(name))
            for grant in permissions(name, choices):
                made.role.add_to_principal_policy(self._statement(made, grant))
            self._by_name[name] = made
        self._set_off()

    def __getitem__(self, name: Name) -> Function:
        return self._by_name[name]

    def _set_off(self) -> None:
        messaging, promote = self._stores.messaging, self["promote"]
        assert promote.size.concurrency is not None
        promote.direct.add_event_source_mapping(
            "Nudges",
            event_source_arn=messaging.queue.queue_arn,
            batch_size=BATCH,
            report_batch_item_failures=True,
            max_concurrency=promote.size.concurrency - SPARE,
        )
        messaging.sweep(promote.direct)
        promote.direct.configure_async_invoke(
            retry_attempts=0, max_event_age=cdk.Duration.minutes(1)
        )
        messaging.bring_submissions(self["capture"].direct)
        self["capture"].direct.configure_async_invoke(
            retry_attempts=2, max_event_age=cdk.Duration.hours(6)
        )

    def _environment(self, name: Name) -> dict[str, str]:
        stores, choices = self._stores, self._choices
        nudges = (
            {"LAMELLA_QUEUE_URL": stores.messaging.queue.queue_url}
            if name == "promote"
            else {"LAMELLA_BUS": stores.messaging.bus.event_bus_name}
        )
        return {
            "LAMELLA_ENGINE": "aws",
            "LAMELLA_TABLE": stores.table.table.table_name,
            "LAMELLA_OPENSEARCH": stores.domain.url,
            "LAMELLA_KMS_KEY": stores.key.key.key_arn,
            **nudges,
            **chosen(choices),
        }

    def _statement(self, function: Function, grant: Grant) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            actions=[*grant.actions],
            resources=self._arns(function, grant.resource),
            conditions=self._conditions(grant.conditions),
        )

    def _conditions(self, conditions: Conditions) -> dict[str, dict[str, object]]:
        region = cdk.Stack.of(self).region

        def filled(value: object) -> object:
            return value.replace("{region}", region) if isinstance(value, str) else value

        return {
            operator: {key: filled(value) for key, value in wanted.items()}
            for operator, wanted in conditions.items()
        }

    def _arns(self, function: Function, resource: Resource) -> list[str]:
        stores, stack = self._stores, cdk.Stack.of(self)
        match resource:
            case "table":
                return [stores.table.table.table_arn]
            case "table/index/due":
                return [stores.table.index_arn]
            case "key":
                return [stores.key.key.key_arn]
            case "bus":
                return [stores.messaging.bus.event_bus_arn]
            case "queue":
                return [stores.messaging.queue.queue_arn]
            case "logs":
                return [function.logs.log_group_arn]
            case "embedding model":
                return foundation_models(stack, EMBEDDING_MODEL)
            case "extraction model":
                return foundation_models(stack, self._choices.extraction_model)
            case _:
                return [f"{stores.domain.domain.domain_arn}{resource.removeprefix('domain')}"]


def chosen(choices: Choices) -> Mapping[str, str]:
    """The settings of `lamella.settings` that say what was chosen."""
    local, model = choices.embedding == "local", choices.extraction_model
    lifetimes = {
        f"LAMELLA_{layer.upper()}_LIFETIME": str(milliseconds)
        for layer, milliseconds in (choices.lifetimes or {}).items()
    }
    return {
        "LAMELLA_EMBEDDER": "onnx" if local else "bedrock",
        "LAMELLA_EXTRACTOR": choices.extractor,
        "LAMELLA_CONSENT": choices.consent,
        "LAMELLA_PII": choices.pii or "redact",
        "LAMELLA_ORGANIZATIONS": ",".join(choices.organizations),
        **({"LAMELLA_MODEL": "/opt/model"} if local else {}),
        **({"LAMELLA_EXTRACTION_MODEL": model} if model else {}),
        **lifetimes,
    }


def promoting(choices: Choices) -> cdk.Duration:
    """The longest that promote works at one batch."""
    return cdk.Duration.seconds(size("promote", choices).timeout)
