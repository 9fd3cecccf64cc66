"""The truth: a table of items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lamella.ports.reads import Page, Read
    from lamella.ports.writes import Commit, Refusal


class Table(Protocol):
    """The truth. Gets, Queries and Scans are strongly consistent.

    Raises Unavailable or Throttled when the store can't answer, TooLarge when a commit exceeds
    a limit above (before anything is written).
    """

    def read(self, reads: Sequence[Read]) -> list[Page]:
        """One round of parallel reads, a page for each."""

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        """One round of parallel commits, each atomic by itself; None where it stands."""

    def tidy(self, now: int) -> int:
        """Remove what `ttl` has ended, where the store doesn't by itself; answers how many."""

    def scrub(self) -> None:
        """Leave no byte of anything deleted behind, where the store keeps such traces."""

    def close(self) -> None:
        """Let go of files and connections."""
