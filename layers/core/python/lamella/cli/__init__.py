"""The command line: `lamella`.

app       which commands there are      memories     add, search, context, list, get, …
command   what every command shares     corrections  update, history, restore, relations
exits     how a failure ends            sessions     what is open
options   what can be said              org          what everybody shares
showing   answers as tables             keys         API keys
machine   up, demo, doctor              mcp          a server for agents
export    everything as JSON lines      imports      moving over from Mem0
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
