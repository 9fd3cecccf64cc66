"""The stack: it news up the constructs and tells what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from infra.acknowledgements import acknowledge
from infra.alarms import Alarms
from infra.api import Api
from infra.bundling import Layer
from infra.choices import Choices
from infra.dashboard import Dashboard
from infra.domain import Domain
from infra.functions import Functions, Stores, promoting
from infra.key import Key
from infra.layers import Layers
from infra.messaging import Messaging
from infra.table import Table


class MemoryStack(cdk.Stack):
    """All of Lamella in one stack, of any account and region."""

    def __init__(self, scope: Construct, choices: Choices, folders: Mapping[Layer, Path]) -> None:
        """`folders` are the layers as `bundling.build` made them."""
        super().__init__(
            scope,
            choices.name,
            description="Lamella: layered memory for AI agents",
            termination_protection=choices.production,
        )
        self.choices = choices
        key = Key(self, "Key", choices)
        self.table = Table(self, "Table", choices, key.key)
        self.domain = Domain(self, "Domain", choices, key.key)
        self.messaging = Messaging(self, "Messaging", choices, promoting(choices))
        layers = Layers(self, "Layers", folders)
        self.functions = Functions(
            self,
            "Functions",
            choices,
            layers.versions,
            Stores(key, self.table, self.domain, self.messaging),
        )
        self.domain.admit(
            [self.functions[name].role.role_arn for name in ("promote", "retrieve", "govern")]
        )
        self.api = Api(self, "Api", choices, self.functions)
        self.alarms = Alarms(
            self, "Alarms", choices, self.functions, self.messaging, self.api, self.domain
        )
        self.dashboard = Dashboard(
            self,
            "Dashboard",
            choices,
            self.functions,
            self.messaging,
            self.api,
            self.domain,
            self.alarms,
        )
        self._say()
        cdk.Tags.of(self).add("lamella:stage", choices.stage)
        acknowledge(self, choices, self.domain.domain)

    def _say(self) -> None:
        """The outputs, named for what one does with them."""
        told = {
            "Host": (self.api.api.url, "LAMELLA_HOST for clients, with an API key"),
            "Function": (self.choices.name, 'Memory(function="…") inside AWS'),
            "Bus": (self.messaging.bus.event_bus_name, 'Where producers put "Memory Submitted"'),
            "Table": (self.table.table.table_name, "LAMELLA_TABLE for the operator's commands"),
            "OpenSearch": (self.domain.url, "LAMELLA_OPENSEARCH for `lamella reindex`"),
            "DeadLetters": (self.messaging.dead.queue_url, "What could not be delivered"),
            "AlarmTopic": (self.alarms.topic.topic_arn, "Who is to know subscribes here"),
            **{
                f"Invoke{name.capitalize()}": (
                    self.functions[name].direct.function_arn,
                    f"lambda:InvokeFunction on this lets an agent call {name}",
                )
                for name in ("capture", "retrieve", "govern", "promote")
            },
        }
        for name, (value, description) in told.items():
            said = cdk.CfnOutput(self, f"{name}Output", value=value, description=description)
            said.override_logical_id(name)
