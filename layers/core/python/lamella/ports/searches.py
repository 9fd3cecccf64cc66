"""What an index is asked and what it is told: searches, listings and changes as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from lamella.values import dataclass

if TYPE_CHECKING:
    from lamella.filters import Filter
    from lamella.models import Record
    from lamella.ports.embedder import Vector


@dataclass(frozen=True, slots=True)
class Upsert:
    """Make the index say what `record` says, unless it already says something newer."""

    org: str
    record: Record


@dataclass(frozen=True, slots=True)
class Remove:
    """Take the memory out; a later Upsert with a version up to `version` does not bring it back."""

    org: str
    owner: str
    id: str
    version: int


@dataclass(frozen=True, slots=True)
class Search:
    """Candidates for one question, out of the memories of `owners` (None: everyone's, in `org`).

    Up to `limit` nearest by cosine to `vector` (none if None), and up to `limit` by how many
    different `words` they hold (ties: newest id first). Only records that match `where`, are not
    expired at `now`, and are not superseded unless asked for.
    """

    org: str
    owners: tuple[str, ...] | None
    words: tuple[str, ...]
    vector: Vector | None
    now: int
    where: Filter | None = None
    limit: int = 50
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate: the record (without its embedding), and its cosine in [-1, 1] to the query.

    `cosine` is None only when the search had no vector or the record has no embedding.
    """

    record: Record
    cosine: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """An owner's own keyword statistics over current memories: how many, how long, how often."""

    documents: int = 0
    words: int = 0
    frequency: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a Search found, and the statistics of all searched owners together."""

    found: tuple[Found, ...] = ()
    statistics: Statistics = Statistics()


@dataclass(frozen=True, slots=True)
class Listing:
    """Memories in id order, newest first, across `owners` (None: everyone's, in `org`)."""

    org: str
    owners: tuple[str, ...] | None
    now: int
    where: Filter | None = None
    after: str | None = None
    limit: int = 100
    superseded: bool = False
    expired: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a Listing, and how many match in all."""

    records: tuple[Record, ...]
    count: int
