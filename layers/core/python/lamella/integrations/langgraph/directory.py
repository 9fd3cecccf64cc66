"""Which namespaces there are: one memory for each, all of one user whose id is the store's root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lamella.client import Memory
from lamella.integrations.langgraph.items import encoded, read, spelled, word
from lamella.integrations.langgraph.matching import Namespace

PAGE = 200


class Directory:
    """The namespaces that were ever put into, in the order of their names.

    An entry is written before the namespace's first item, and stays: one that is empty again is
    told by its emptiness.
    """

    def __init__(self, memory: Memory, root: str) -> None:
        self._memory = memory
        self._root = encoded(root)
        self._known: set[Namespace] = set()

    def owner(self, namespace: Namespace) -> str:
        """The user id of a namespace."""
        return "/".join([self._root, *map(encoded, namespace)])

    def enter(self, namespace: Namespace) -> None:
        """See that `namespace` is listed; asks the memory once a process."""
        if namespace in self._known:
            return
        self._memory.add(
            word(self.owner(namespace)),
            user_id=self._root,
            infer=False,
            metadata={"namespace": list(map(spelled, namespace))},
        )
        self._known.add(namespace)

    def namespaces(self) -> list[Namespace]:
        """Every namespace that was entered."""
        entries = every(self._memory, self._root, {"metadata": {"namespace": "*"}})
        return sorted({tuple(map(read, entry["metadata"]["namespace"])) for entry in entries})


def every(
    memory: Memory, user_id: str, filters: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """All memories of a user, page after page, newest first."""
    cursor: str | None = None
    while True:
        page = memory.get_all(
            user_id=user_id, layers=["user"], filters=filters, page_size=PAGE, cursor=cursor
        )
        yield from page["results"]
        cursor = page["cursor"]
        if cursor is None:
            return
