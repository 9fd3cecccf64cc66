"""What turns text into vectors."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Protocol, TypeAlias

Vector: TypeAlias = "array[float]"
"""array("f") of unit length."""


class Embedder(Protocol):
    """Turns text into unit vectors. Raises Unavailable when the model can't be reached."""

    @property
    def model(self) -> str:
        """The model's id: vectors of different models don't compare."""

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """A passage vector for each text."""

    def embed_query(self, text: str) -> Vector:
        """The vector of a question (some models want a prefix for these)."""

    def count(self, text: str) -> int:
        """How many tokens the text is, by this model's own tokenizer."""
