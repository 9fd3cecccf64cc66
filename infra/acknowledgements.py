"""The rules of cdk-nag's AwsSolutions that this stack breaks on purpose: where, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import aws_cdk as cdk
from constructs import IConstruct

from infra.choices import Choices


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule, the path below the stack of what breaks it, and the reason."""

    rule: str
    path: str
    reason: str


def broken(choices: Choices) -> Iterator[Broken]:
    """Every rule that the stack breaks with these choices."""
    yield from _API
    yield from _PERMISSIONS
    if not choices.existing.domain:
        yield from _DOMAIN
        if not choices.production:
            yield from _SMALL_DOMAIN
    if choices.extractor == "bedrock" and "*" in choices.extraction_model:
        return


def acknowledge(stack: cdk.Stack, choices: Choices) -> None:
    """Tell cdk-nag. Raises where an acknowledgement names nothing."""
    for one in broken(choices):
        found = _at(stack, one.path)
        cdk.Validations.of(found).acknowledge(cdk.Acknowledgment(id=one.rule, reason=one.reason))


def _at(stack: cdk.Stack, path: str) -> IConstruct:
    found: IConstruct = stack
    for part in path.split("/") if path else ():
        found = found.node.find_child(part)
    return found


_API: tuple[Broken, ...] = ()
_PERMISSIONS: tuple[Broken, ...] = ()
_DOMAIN: tuple[Broken, ...] = ()
_SMALL_DOMAIN: tuple[Broken, ...] = ()
