"""The key that seals what is stored: the customer's own, rotated every year."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.choices import Choices


class Key(Construct):
    """`key` encrypts the table, the domain and the organizations' secrets."""

    def __init__(self, scope: Construct, id: str, choices: Choices) -> None:
        super().__init__(scope, id)
        self.made = not choices.existing.key
        self.key: kms.IKey = self._made(choices) if self.made else self._brought(choices)

    def _made(self, choices: Choices) -> kms.Key:
        keep = cdk.RemovalPolicy.RETAIN if choices.keeps_data else cdk.RemovalPolicy.DESTROY
        return kms.Key(
            self,
            "Key",
            description=f"Seals what {choices.name} remembers",
            enable_key_rotation=True,
            removal_policy=keep,
        )

    def _brought(self, choices: Choices) -> kms.IKey:
        return kms.Key.from_key_arn(self, "Key", choices.existing.key)
