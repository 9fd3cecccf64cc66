"""What is read from the table: reads as values, and the page that answers one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lamella.values import dataclass

if TYPE_CHECKING:
    from lamella.ports.items import Item, Key


@dataclass(frozen=True, slots=True)
class Get:
    """The item at `key`."""

    key: Key


@dataclass(frozen=True, slots=True)
class Query:
    """Items of one partition whose sk begins with `prefix`, in order of sk.

    `after` (exclusive, in the direction of travel) resumes; `limit` bounds items over all pages.
    """

    pk: str
    prefix: str = ""
    newest_first: bool = False
    after: str | None = None
    limit: int = 1_000


@dataclass(frozen=True, slots=True)
class Marked:
    """Items of the sparse index in `bucket` with `since <= mark.at <= until`, oldest first.

    Eventually consistent: an item may be stale or missing for a moment.
    """

    bucket: str
    until: int
    since: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True)
class Scan:
    """Items of every partition whose sk begins with `prefix`, in an order of the store's own.

    For rebuilding what is made from the table: it may read all of it. `after` is the key of the
    last item of the page before, whether that item is still there or not. What lies there from
    the first page to the last is found; what is written meanwhile may be.
    """

    prefix: str
    after: Key | None = None
    limit: int = 1_000


Read = Get | Query | Marked | Scan


@dataclass(frozen=True, slots=True)
class Page:
    """The items a read found; `more` tells that its limit cut it short."""

    items: tuple[Item, ...] = ()
    more: bool = False

    @property
    def first(self) -> Item | None:
        """The only item of a Get, or None."""
        return self.items[0] if self.items else None
