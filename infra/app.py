"""The CDK app: `cdk synth`, `cdk deploy` and `cdk destroy` run it; it asks no account anything."""

from __future__ import annotations

import sys

from infra.node import use_locked_node

use_locked_node()

import aws_cdk as cdk  # noqa: E402
from cdk_nag import AwsSolutionsChecks  # noqa: E402

from infra import bundling  # noqa: E402
from infra.choices import BadContext, Choices  # noqa: E402
from infra.stack import MemoryStack  # noqa: E402


def main() -> int:
    """Synthesize the stack. What can't be used of the context is one line, and exit status 2."""
    app = cdk.App()
    try:
        choices = Choices.read(_context(app))
        compiler = bundling.compiler()
        if compiler is None:
            print(
                f"no Python {bundling.LAMBDA_PYTHON} here: the layers hold no bytecode, so first "
                "calls are slower",
                file=sys.stderr,
            )
        folders = {name: bundling.build(name, compiler) for name in bundling.layers_of(choices)}
    except (BadContext, bundling.NotFetched) as wrong:
        print(f"lamella: {wrong}", file=sys.stderr)
        return 2
    MemoryStack(app, choices, folders)
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks())
    app.synth()
    return 0


def _context(app: cdk.App) -> dict[str, object]:
    return dict(app.node.get_all_context())


if __name__ == "__main__":
    sys.exit(main())
