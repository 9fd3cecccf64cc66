"""The rules of cdk-nag's AwsSolutions that this stack breaks on purpose: where, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_opensearchservice as opensearch
from constructs import IConstruct

from infra.choices import Choices
from infra.models import behind_profile


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule, the path below the stack of what breaks it, and the reason."""

    rule: str
    path: str
    reason: str


ALWAYS = (
    Broken(
        "AwsSolutions-L1",
        "Functions",
        "The layers hold compiled wheels for Python 3.13, whose support ends in 2029; the newest "
        "runtime follows once all of them are tested on it.",
    ),
    Broken(
        "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/"
        "AmazonAPIGatewayPushToCloudWatchLogs]",
        "Api/Rest/CloudWatchRole",
        "API Gateway accepts no other policy for the role that writes its access log.",
    ),
    Broken(
        "AwsSolutions-COG4",
        "Api/Rest",
        "Keys are Lamella's own, one organization each: a request authorizer checks every call.",
    ),
    Broken(
        "AwsSolutions-APIG4",
        "Api/Rest/Default/v1/health/GET",
        "Health tells that the function answers and which model it uses, to whoever asks.",
    ),
    Broken(
        "AwsSolutions-APIG2",
        "Api/Rest",
        "The functions validate every field and answer what is wrong in `detail`, which the "
        "gateway's validators can't.",
    ),
    Broken(
        "AwsSolutions-APIG3",
        "Api/Rest/DeploymentStage.v",
        "A web ACL costs more than the idle API; calls are throttled, and it can be attached.",
    ),
    Broken(
        "AwsSolutions-APIG6",
        "Api/Rest/DeploymentStage.v",
        "Execution logs hold query strings and bodies, so memories; the access log holds neither.",
    ),
)
DOMAIN = (
    Broken(
        "AwsSolutions-OS1",
        "Domain/Domain",
        "Outside a VPC the functions need no NAT; every request is signed by IAM over TLS.",
    ),
    Broken(
        "AwsSolutions-OS3",
        "Domain/Domain",
        "Functions have no fixed addresses: the domain admits three roles instead.",
    ),
)
ONE_NODE = (
    Broken(
        "AwsSolutions-OS4",
        "Domain/Domain",
        "A development domain has one node; production has three masters of its own.",
    ),
    Broken(
        "AwsSolutions-OS7",
        "Domain/Domain",
        "A development domain has one node; production spans three zones.",
    ),
)


def broken(stack: cdk.Stack, choices: Choices, domain: opensearch.IDomain) -> Iterator[Broken]:
    """Every rule that the stack breaks with these choices."""
    yield from ALWAYS
    yield Broken(
        f"AwsSolutions-IAM5[Resource::{_shown(stack, domain, choices)}/memories*]",
        "Functions",
        "The versions of the index are memories-v1, memories-v2 and so on.",
    )
    if not choices.existing.domain:
        yield from DOMAIN
        yield from () if choices.production else ONE_NODE
    profiled = behind_profile(choices.extraction_model)
    if choices.extractor == "bedrock" and profiled:
        yield Broken(
            "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:bedrock:*::foundation-model/"
            f"{profiled}]",
            "Functions/Promote",
            "An inference profile calls its model in regions that AWS chooses.",
        )


def acknowledge(stack: cdk.Stack, choices: Choices, domain: opensearch.IDomain) -> None:
    """Tell cdk-nag. Raises where an acknowledgement names no construct of the stack."""
    for one in broken(stack, choices, domain):
        found: IConstruct = stack
        for part in one.path.split("/"):
            found = found.node.find_child(part)
        cdk.Validations.of(found).acknowledge(cdk.Acknowledgment(id=one.rule, reason=one.reason))


def _shown(stack: cdk.Stack, domain: opensearch.IDomain, choices: Choices) -> str:
    """A domain's ARN in cdk-nag's words."""
    if choices.existing.domain:
        return f"arn:<AWS::Partition>:es:<AWS::Region>:<AWS::AccountId>:domain/{domain.domain_name}"
    part = domain.node.default_child
    assert isinstance(part, opensearch.CfnDomain)
    return f"<{stack.get_logical_id(part)}.Arn>"
