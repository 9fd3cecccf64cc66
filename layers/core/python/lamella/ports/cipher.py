"""What seals short secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Cipher(Protocol):
    """Seals short values, each bound to a context: ids that say what it is for."""

    def encrypt(self, plain: bytes, context: Mapping[str, str]) -> str:
        """`plain` sealed, as text."""

    def decrypt(self, sealed: str, context: Mapping[str, str]) -> bytes:
        """What was sealed under this very context; LamellaError under another."""
