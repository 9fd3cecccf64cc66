"""How to use a running server, in lines to copy."""

from __future__ import annotations

import json

from rich.console import Group, RenderableType
from rich.text import Text


def usage(
    url: str, key: str, user: str = "alex", question: str = "Any hotel preferences?"
) -> RenderableType:
    """The key, a curl line and an SDK line, each unbroken so that it can be copied."""
    asked = json.dumps({"query": question, "user_id": user})
    curl = f"curl -s {url}/v3/memories/search/ -H 'Authorization: Token {key}' -d '{asked}'"
    sdk = f'from lamella import Memory; memory = Memory(api_key="{key}", host="{url}")'
    lines = (("key", key), ("curl", curl), ("python", sdk))
    return Group(
        *(
            Text.assemble((f"{name:<8}", "dim"), text, no_wrap=True, overflow="ignore")
            for name, text in lines
        )
    )
