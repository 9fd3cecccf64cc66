"""An index that is built anew beside the one that serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from lamella.ports.items import JSON
    from lamella.ports.searches import Remove, Upsert


class NextIndex(Protocol):
    """The next version of an index, filled beside the one that answers searches until it does.

    From `begin` to `switch` every `Index.apply` in any process changes both. Methods raise what
    `Index`'s do.
    """

    def begin(self) -> Mapping[str, JSON]:
        """Make it, or find it as an earlier process left it; answers what was noted last."""

    def count(self) -> int:
        """How many memories the version that answers holds."""

    def fill(self, upserts: Sequence[Upsert]) -> list[str | None]:
        """Write memories as the table has them; None where done, else why it never can be."""

    def note(self, progress: Mapping[str, JSON]) -> None:
        """Keep how far it is filled, for a process that takes over."""

    def unsettled(self, limit: int) -> list[Remove]:
        """What others changed in it meanwhile and nobody held against the table since.

        As the removals that would take them out.
        """

    def settle(self, changes: Sequence[Upsert | Remove]) -> None:
        """Write what the table says of them, so that they aren't unsettled any more."""

    def switch(self) -> None:
        """Let it answer from now on, in one step in which no search fails."""

    def finish(self) -> None:
        """Remove the versions that answer no more, once no search can be in one of them."""
