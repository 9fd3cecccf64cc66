"""Bedrock's models, as the policies name them."""

from __future__ import annotations

import re

import aws_cdk as cdk

EMBEDDING_MODEL = "amazon.titan-embed-text-v2:0"
_PROFILE = re.compile(r"(?:us|us-gov|eu|apac|jp|au|ca|global)\.(.+)")


def behind_profile(model: str) -> str | None:
    """The model that an inference profile of AWS's own calls; None where `model` is none."""
    found = _PROFILE.fullmatch(model)
    return found[1] if found else None


def foundation_models(stack: cdk.Stack, model: str) -> list[str]:
    """What a call of `model` needs: itself, or the profile and the model in each of its regions."""
    if model.startswith("arn:"):
        return [model]
    profiled = behind_profile(model)
    if profiled is None:
        return [_arn(stack, stack.region, model)]
    own = stack.format_arn(service="bedrock", resource="inference-profile", resource_name=model)
    return [own, _arn(stack, "*", profiled)]


def _arn(stack: cdk.Stack, region: str, model: str) -> str:
    return f"arn:{stack.partition}:bedrock:{region}::foundation-model/{model}"
