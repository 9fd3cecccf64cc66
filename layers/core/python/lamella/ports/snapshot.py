"""What goes on from a snapshot of its process."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Snapshotted(Protocol):
    """What can be frozen with its process and go on in copies of it, as SnapStart does."""

    def prepare(self) -> None:
        """Make what the first call needs, without a call."""

    def reconnect(self) -> None:
        """Let go of connections that a copy can't share."""
