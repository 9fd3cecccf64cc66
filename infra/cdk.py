"""`make synth`, `make deploy`, `make destroy`: the CDK's own command on the locked Node.

CONTEXT="stage=production extractor=rules" in the environment sets values over cdk.json's.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.bundling import ROOT
from infra.node import use_locked_node

COMMAND = ROOT / ".venv" / "synth" / "node_modules" / ".bin" / "cdk"
QUIET = ("--no-notices", "--no-version-reporting", "--no-asset-metadata")
ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "synth": ("synth", "--quiet"),
    "deploy": ("deploy", "--all", "--require-approval", "broadening"),
    "destroy": ("destroy", "--all"),
}


def main(command: str) -> int:
    """Run one of the commands; after a synth, show what it made. Answers its exit status."""
    use_locked_node()
    context = [
        part
        for pair in os.environ.get("CONTEXT", "").split()
        for part in ("--context", f"lamella:{pair}")
    ]
    environment = {**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "true"}
    done = subprocess.run(
        [str(COMMAND), *ARGUMENTS[command], *QUIET, *context], cwd=ROOT, env=environment
    )
    if done.returncode or command != "synth":
        return done.returncode
    from infra.summary import show

    print(show(Path(ROOT / "cdk.out")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
