"""The domain: OpenSearch, where the projection of the table is searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchservice as opensearch
from constructs import Construct

from infra.choices import Choices, Stage

VERSION = "3.5"
CAPACITY: Mapping[Stage, opensearch.CapacityConfig] = {
    "development": opensearch.CapacityConfig(
        data_nodes=1, data_node_instance_type="t3.small.search", multi_az_with_standby_enabled=False
    ),
    "production": opensearch.CapacityConfig(
        data_nodes=3,
        data_node_instance_type="r7g.medium.search",
        master_nodes=3,
        master_node_instance_type="m7g.medium.search",
        multi_az_with_standby_enabled=False,
    ),
}
GIGABYTES: Mapping[Stage, int] = {"development": 10, "production": 50}
"""Of each data node."""


class Domain(Construct):
    """`domain` is encrypted, speaks HTTPS only, and answers the roles it is told to.

    Its slow logs quote memories and questions. They have a place to go, and no index of ours sets
    a threshold, so nothing goes there until an operator sets one.
    """

    def __init__(self, scope: Construct, id: str, choices: Choices, key: kms.IKey) -> None:
        super().__init__(scope, id)
        self.made = not choices.existing.domain
        self.domain: opensearch.IDomain = (
            self._made(choices, key)
            if self.made
            else opensearch.Domain.from_domain_endpoint(self, "Domain", choices.existing.domain)
        )

    @property
    def url(self) -> str:
        """Where the functions reach it."""
        endpoint = self.domain.domain_endpoint
        return endpoint if endpoint.startswith("https://") else f"https://{endpoint}"

    def admit(self, role_arns: Sequence[str]) -> None:
        """Let these roles in, and nobody else by the domain's own policy."""
        if not self.made:
            return
        self._part(self.domain).access_policies = self._policy(role_arns)

    def _policy(self, role_arns: Sequence[str]) -> dict[str, Any]:
        everything = cdk.Stack.of(self).format_arn(
            service="es", resource="domain", resource_name=f"{self._name}/*"
        )
        actions = ["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"]
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": [*role_arns]},
            "Action": actions,
            "Resource": everything,
        }
        return {"Version": "2012-10-17", "Statement": [statement]}

    def _made(self, choices: Choices, key: kms.IKey) -> opensearch.Domain:
        self._name = choices.name
        keep = cdk.RemovalPolicy.RETAIN if choices.keeps_data else cdk.RemovalPolicy.DESTROY
        zones = opensearch.ZoneAwarenessConfig(enabled=True, availability_zone_count=3)
        domain = opensearch.Domain(
            self,
            "Domain",
            domain_name=self._name,
            version=opensearch.EngineVersion.open_search(VERSION),
            capacity=CAPACITY[choices.stage],
            zone_awareness=zones if choices.production else None,
            ebs=opensearch.EbsOptions(
                volume_size=GIGABYTES[choices.stage], volume_type=ec2.EbsDeviceVolumeType.GP3
            ),
            encryption_at_rest=opensearch.EncryptionAtRestOptions(enabled=True, kms_key=key),
            node_to_node_encryption=True,
            enforce_https=True,
            tls_security_policy=opensearch.TLSSecurityPolicy.TLS_1_2_PFS,
            enable_auto_software_update=True,
            removal_policy=keep,
        )
        self._publish_slow_logs(domain)
        return domain

    def _publish_slow_logs(self, domain: opensearch.Domain) -> None:
        """By CloudFormation's own means: the CDK's would bring functions of its own along."""
        group = logs.LogGroup(
            self,
            "SlowLogs",
            retention=logs.RetentionDays.ONE_WEEK,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        policy = logs.ResourcePolicy(
            self,
            "SlowLogsPolicy",
            policy_statements=[
                iam.PolicyStatement(
                    principals=[iam.ServicePrincipal("es.amazonaws.com")],
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[group.log_group_arn],
                    conditions={"StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID}},
                )
            ],
        )
        part = self._part(domain)
        part.log_publishing_options = {
            kind: opensearch.CfnDomain.LogPublishingOptionProperty(
                cloud_watch_logs_log_group_arn=group.log_group_arn, enabled=True
            )
            for kind in ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS")
        }
        part.node.add_dependency(policy)

    @staticmethod
    def _part(domain: opensearch.IDomain) -> opensearch.CfnDomain:
        part = domain.node.default_child
        assert isinstance(part, opensearch.CfnDomain)
        return part
