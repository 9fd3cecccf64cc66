"""The engines of a service: one for each port."""

from __future__ import annotations

from typing import Protocol

from lamella.ports import Bus, Cipher, Embedder, Extractor, Index, Judge, Table
from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine for each port.

    Without a cipher secrets lie in the table as they are, without a judge only slots and topics
    tell what a statement puts an end to.
    """

    table: Table
    index: Index
    embedder: Embedder
    extractor: Extractor
    bus: Bus
    cipher: Cipher | None = None
    judge: Judge | None = None

    @property
    def reads_instructions(self) -> bool:
        """Whether the extractor is a model."""
        return self.extractor.name != "rules"

    def close(self) -> None:
        """Let go of files and connections."""
        self.index.close()
        self.table.close()


class Equipment(Protocol):
    """`Engines`, or what makes each of them when it is first asked for."""

    @property
    def table(self) -> Table:
        """The truth."""

    @property
    def index(self) -> Index:
        """Its projection."""

    @property
    def embedder(self) -> Embedder:
        """Texts to vectors."""

    @property
    def extractor(self) -> Extractor:
        """Turns to facts."""

    @property
    def bus(self) -> Bus:
        """Nudges to promotion."""

    @property
    def cipher(self) -> Cipher | None:
        """What seals secrets."""

    @property
    def judge(self) -> Judge | None:
        """What tells whether one statement outdates another."""

    @property
    def reads_instructions(self) -> bool:
        """Whether the extractor is a model."""

    def close(self) -> None:
        """Let go of files and connections."""
