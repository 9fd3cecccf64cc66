"""What tells promote that there is work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Nudge:
    """There is work for this owner. Ids only: text never travels in an event."""

    org: str
    owner: str


class Bus(Protocol):
    """Carries nudges to promote, at best effort: the sweep finds what it loses."""

    def publish(self, nudges: Sequence[Nudge]) -> None:
        """Hand over; never raises for a bus that is away (the work is safe in the table)."""
