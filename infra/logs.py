"""The log groups: kept for a while, and gone with the stack. No line of ours holds a memory."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.choices import Choices


def log_group(scope: Construct, choices: Choices) -> logs.LogGroup:
    """A log group of its own for `scope`."""
    days = logs.RetentionDays
    return logs.LogGroup(
        scope,
        "Logs",
        retention=days.THREE_MONTHS if choices.production else days.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
