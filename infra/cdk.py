"""`make synth`, `make deploy`, `make destroy`: the CDK's own command on the locked Node.

CONTEXT="stage=production extractor=rules" in the environment sets values over cdk.json's.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from infra.bundling import ROOT
from infra.choices import BadContext, Choices
from infra.node import FOLDER
from infra.summary import show

COMMAND = ROOT / ".venv" / "synth" / "node_modules" / ".bin" / "cdk"
QUIET = ("--no-notices", "--no-version-reporting", "--no-asset-metadata")
ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "synth": ("synth", "--quiet"),
    "deploy": ("deploy", "--all", "--require-approval", "broadening"),
    "destroy": ("destroy", "--all"),
}


def main(command: str) -> int:
    """Run one of the commands; after a synth, show what it made. Answers its exit status."""
    try:
        over = overrides(os.environ.get("CONTEXT", ""))
        written = json.loads((ROOT / "cdk.json").read_text())["context"]
        choices = Choices.read({**written, **over})
    except BadContext as wrong:
        print(f"lamella: {wrong}", file=sys.stderr)
        return 2
    context = [part for pair in over.items() for part in ("--context", "=".join(pair))]
    path = os.pathsep.join([str(FOLDER), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "CDK_DISABLE_CLI_TELEMETRY": "true"}
    asked = [str(COMMAND), *ARGUMENTS[command], *QUIET, *context]
    status = subprocess.run(asked, cwd=ROOT, env=environment).returncode
    if command == "synth" and status == 0:
        print(show(ROOT / "cdk.out", choices))
    return status


def overrides(given: str) -> dict[str, str]:
    """`name=value` pairs, with spaces between them, as context. Raises BadContext."""
    pairs = [pair.partition("=") for pair in given.split()]
    for name, equals, _ in pairs:
        if not equals:
            raise BadContext(f"CONTEXT holds {name!r}: write it as name=value")
    return {f"lamella:{name}": value for name, _, value in pairs}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
