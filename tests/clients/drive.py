"""Runs in a client's own environment: reads calls from stdin, a line each, and tells what came.

`python drive.py sync|async`. It imports nothing but `mem0`.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from functools import reduce
from typing import Any

from mem0 import AsyncMemoryClient, MemoryClient


async def answered(client: Any, call: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """What the client's method answers, awaited if need be."""
    answer = reduce(getattr, call.split("."), client)(*args, **kwargs)
    return await answer if inspect.isawaitable(answer) else answer


async def main(kind: type) -> None:
    """Answer each line with `{"result": …}` or `{"error": class, "message": …}`."""
    client: Any = None
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        told = json.loads(line)
        try:
            if told["call"] == "connect":
                client = kind(**told["kwargs"])
                shown: dict[str, Any] = {"result": None}
            else:
                shown = {"result": await answered(client, **told)}
        except Exception as error:
            shown = {"error": type(error).__name__, "message": str(error)}
        print(json.dumps(shown), file=out, flush=True)


asyncio.run(main(AsyncMemoryClient if sys.argv[1] == "async" else MemoryClient))
