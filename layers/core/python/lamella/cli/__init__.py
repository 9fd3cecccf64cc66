"""The command line: `lamella`.

app       which commands there are      memories  add, search, context, list, get, …
command   what every command shares     keys      API keys
exits     how a failure ends            machine   up, demo, doctor
options   what can be said              showing   answers as tables
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code of `lamella.cli.exits`."""
    try:
        from lamella.cli.app import run
    except ImportError as missing:
        print(
            f"error: the command line needs {missing.name}: pip install 'lamella[local]'",
            file=sys.stderr,
        )
        return 1
    return run(arguments)
