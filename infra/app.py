"""The CDK app: `cdk synth`, `cdk deploy` and `cdk destroy` run it; it asks no account anything."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks

from infra import bundling
from infra.choices import BadContext, Choices
from infra.stack import MemoryStack


def main() -> int:
    """Synthesize the stack. What can't be used of the context is one line, and exit status 2."""
    app = cdk.App()
    try:
        choices = Choices.read(app.node.get_all_context())
        assemble(app, choices, bundling.built(bundling.layers_of(choices)))
    except (BadContext, bundling.NotFetched) as wrong:
        print(f"lamella: {wrong}", file=sys.stderr)
        return 2
    app.synth()
    return 0


def assemble(app: cdk.App, choices: Choices, folders: Mapping[bundling.Layer, Path]) -> MemoryStack:
    """The stack of `choices` under the eyes of cdk-nag; `folders` are its layers."""
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    return MemoryStack(app, choices, folders)


if __name__ == "__main__":
    sys.exit(main())
