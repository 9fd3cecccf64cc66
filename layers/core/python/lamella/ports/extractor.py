"""What reads turns and proposes memories."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from lamella.guidance import NOTHING_ASKED, Guidance

if TYPE_CHECKING:
    from lamella.models import Fact, Turn


class Extractor(Protocol):
    """Reads turns of an organization, which pays for it, and proposes what to remember."""

    name: str

    def extract(
        self,
        turns: Sequence[Turn],
        earlier: Sequence[Turn],
        org: str,
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Fact]:
        """Facts that `turns` state; `earlier` turns are context only and yield nothing.

        A model follows `guidance` and says so in its facts; where rules read, it is left to policy.
        """

    def summarize(
        self, turns: Sequence[Turn], org: str, guidance: Guidance = NOTHING_ASKED
    ) -> list[Fact]:
        """Episodes of a finished session: what its lasting facts leave out (kind episodic)."""
