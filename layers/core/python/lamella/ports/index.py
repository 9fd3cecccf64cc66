"""The projection of long-term memory for search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lamella.ports.searches import Answer, Listed, Listing, Remove, Search, Upsert


class Index(Protocol):
    """The searchable projection of long-term memory. Always rebuildable from the table."""

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        """Bulk change, visible to the next search; None where done, else why it never can be."""

    def search(self, query: Search) -> Answer:
        """One request: candidates by vector and by words, with the owners' statistics."""

    def list(self, listing: Listing) -> Listed:
        """One page of memories that match."""

    def close(self) -> None:
        """Let go of files and connections."""
