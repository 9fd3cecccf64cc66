"""What tells whether one statement puts an end to another, by how like they are."""

from __future__ import annotations

from typing import Protocol


class Judge(Protocol):
    """Decides about pairs of statements of one speaker that no slot and no topic connects."""

    def knows(self, model: str) -> bool:
        """Whether it can weigh the cosines of this embedding model."""

    def asks(self, text: str) -> bool:
        """Whether `text` may put an end to what is known, so that it pays to look for that."""

    def outdates(self, newer: str, older: str, likeness: float) -> float:
        """How clearly `newer` puts an end to `older`: above 0 it does. `likeness` is a cosine."""
