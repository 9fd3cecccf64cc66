"""The table: the truth of every memory, as `lamella.engines.dynamodb_schema` describes it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.choices import Choices

INDEX = "due"


class Table(Construct):
    """`table` is on demand, sealed by `key`, restorable to any second of the last 35 days."""

    def __init__(self, scope: Construct, id: str, choices: Choices, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self.made = not choices.existing.table
        self.table: dynamodb.ITableV2 = (
            self._made(choices, key)
            if self.made
            else dynamodb.TableV2.from_table_name(self, "Table", choices.existing.table)
        )

    @property
    def index_arn(self) -> str:
        """Of the sparse index through which the sweep finds what is due."""
        return f"{self.table.table_arn}/index/{INDEX}"

    def _made(self, choices: Choices, key: kms.IKey) -> dynamodb.TableV2:
        keep = cdk.RemovalPolicy.RETAIN if choices.keeps_data else cdk.RemovalPolicy.DESTROY
        table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=_text("pk"),
            sort_key=_text("sk"),
            billing=dynamodb.Billing.on_demand(),
            time_to_live_attribute="ttl",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True, recovery_period_in_days=35
            ),
            global_secondary_indexes=[
                dynamodb.GlobalSecondaryIndexPropsV2(
                    index_name=INDEX,
                    partition_key=_text("due_bucket"),
                    sort_key=dynamodb.Attribute(name="due", type=dynamodb.AttributeType.NUMBER),
                    projection_type=dynamodb.ProjectionType.KEYS_ONLY,
                )
            ],
            deletion_protection=choices.keeps_data,
            removal_policy=keep,
        )
        _seal(table, key)
        return table


def _seal(table: dynamodb.TableV2, key: kms.IKey) -> None:
    """Encrypt by `key`: TableV2 itself can say so only where it knows the region."""
    part = table.node.default_child
    assert isinstance(part, dynamodb.CfnGlobalTable)
    part.add_property_override("SSESpecification", {"SSEEnabled": True, "SSEType": "KMS"})
    part.add_property_override("Replicas.0.SSESpecification", {"KMSMasterKeyId": key.key_arn})


def _text(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)
