"""Who asks through MCP, and whom a call is about that names nobody."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.client import Memory, Transport
from lamella.scopes import checked_id

OWNERS = frozenset({"user_id", "agent_id", "app_id", "userId", "agentId", "appId"})


class Caller:
    """A transport with its rights, and a default user. The default is no boundary: a key is."""

    def __init__(self, transport: Transport, user_id: str | None = None) -> None:
        """`user_id` None: every call names somebody. Raises Invalid for what is no id."""
        if user_id is not None:
            checked_id("the default user (LAMELLA_USER or X-Lamella-User)", user_id)
        self.transport = transport
        self.memory = Memory(transport=transport)
        self.user_id = user_id

    def whose(self, ids: Mapping[str, str], filters: Any = None) -> dict[str, Any]:
        """`ids`, and the default user where neither they nor `filters` name anybody."""
        if self.user_id is None or OWNERS & ids.keys() or _mentions_somebody(filters):
            return dict(ids)
        return {**ids, "user_id": self.user_id}

    def ask(self, method: str, path: str, **query: Any) -> Any:
        """A call that `Memory` has no method for. Raises the errors of `lamella.errors`."""
        return self.transport.send(method, path, query, None)


def _mentions_somebody(filters: Any) -> bool:
    if isinstance(filters, Mapping):
        return any(
            name in OWNERS or _mentions_somebody(inner)
            for name, inner in filters.items()
            if name != "metadata"
        )
    return isinstance(filters, list) and any(map(_mentions_somebody, filters))
