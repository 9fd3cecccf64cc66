"""What is written to the table: operations as values, in commits that stand or fall whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from lamella.values import dataclass

if TYPE_CHECKING:
    from lamella.ports.conditions import Condition
    from lamella.ports.items import JSON, Item, Key, Mark


@dataclass(frozen=True, slots=True)
class Put:
    """Write the whole item, replacing what was there, if `only_if` holds of it."""

    item: Item
    only_if: Condition | None = None

    @property
    def key(self) -> Key:
        """Where it writes."""
        return self.item.key


@dataclass(frozen=True, slots=True)
class Update:
    """Set top-level body fields (None removes one), leave the others; creates the item if absent.

    Of `missing` (no name of `fields`, no None) those are set that the item hasn't got. `mark` and
    `ttl` are left alone at "keep", removed at None.
    """

    key: Key
    fields: Mapping[str, JSON]
    only_if: Condition | None = None
    mark: Mark | Literal["keep"] | None = "keep"
    ttl: int | Literal["keep"] | None = "keep"
    missing: Mapping[str, JSON] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    """Remove the item if `only_if` holds; removing what isn't there is no error."""

    key: Key
    only_if: Condition | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """Write nothing, but let the commit stand only if `only_if` holds."""

    key: Key
    only_if: Condition


Operation = Put | Update | Delete | Check
Commit = tuple[Operation, ...]
"""All or nothing: at most 100 operations on distinct keys, 4 MB together, 400 KB an item."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A commit that did not happen: which operation's condition failed, and what lies there."""

    operation: int
    current: Item | None
