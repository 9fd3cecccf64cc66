"""Stand-ins that behave, for tests of what stands around them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from hashlib import blake2b

from lamella.clock import DAY
from lamella.ports import Nudge, Vector
from lamella.text import tokens


class FrozenClock:
    """A Clock that stands still until it is told to advance; it starts in November 2026."""

    def __init__(self, now: int = 20_760 * DAY) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def advance(self, milliseconds: int) -> int:
        """Let time pass; answers the new time."""
        self.now += milliseconds
        return self.now


class HashingEmbedder:
    """Texts that share words are near: a bag of hashed `lamella.text.tokens`, as a unit vector."""

    model = "hashing"
    dimensions = 64

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> Vector:
        bag = [0.0] * self.dimensions
        for word in tokens(text) or ("",):
            digest = int.from_bytes(blake2b(word.encode(), digest_size=4).digest())
            bag[digest % self.dimensions] += 1.0 if digest >> 31 else -1.0
        length = math.hypot(*bag)
        if not length:
            bag[0] = length = 1.0
        return array("f", (number / length for number in bag))

    def count(self, text: str) -> int:
        return len(text.split())


class RecordingBus:
    """A Bus that keeps the nudges it was given."""

    def __init__(self) -> None:
        self.nudges: list[Nudge] = []

    def publish(self, nudges: Sequence[Nudge]) -> None:
        self.nudges.extend(nudges)
