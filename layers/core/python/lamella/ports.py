"""What the use cases ask of the outside world: small Protocols, operations as values.

A `Table` holds the truth, an `Index` is its projection for search. Neither promises more than
DynamoDB and OpenSearch can keep, and the in-memory reference keeps no less. The shape (one
method, many operation values) is langgraph's `BaseStore.batch`.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias, runtime_checkable

from lamella.filters import Filter
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.models import Fact, Record, Turn

Vector: TypeAlias = "array[float]"
"""array("f") of unit length."""
JSON = Any

MAX_OPERATIONS = 100
MAX_COMMIT_BYTES = 4_000_000
MAX_ITEM_BYTES = 400_000


# --- the table: items and keys ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """Where an item lies: its partition and its place in that partition's order."""

    pk: str
    sk: str


@dataclass(frozen=True, slots=True)
class Mark:
    """An entry in the table's one sparse index: `bucket`, ordered by `at` (epoch ms)."""

    bucket: str
    at: int


@dataclass(frozen=True, slots=True)
class Item:
    """One item. `body` is plain JSON; after `ttl` (epoch ms) the store may remove it physically."""

    key: Key
    body: Mapping[str, JSON]
    ttl: int | None = None
    mark: Mark | None = None


# --- the table: conditions ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Absent:
    """No item lies there."""


@dataclass(frozen=True, slots=True)
class Present:
    """An item lies there."""


@dataclass(frozen=True, slots=True)
class Is:
    """The item is there and `body[field] == value`; None also stands for a missing field."""

    field: str
    value: str | int | bool | None


@dataclass(frozen=True, slots=True)
class Below:
    """The item is there, has the number `field`, and it is less than `value`."""

    field: str
    value: int


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The item is there, has the number `field`, and it is `value` or more."""

    field: str
    value: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of `conditions` holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `conditions` hold."""

    conditions: tuple[Condition, ...]


Condition = Absent | Present | Is | Below | AtLeast | AnyOf | AllOf


# --- the table: writes --------------------------------------------------------------------


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


# --- the table: reads ---------------------------------------------------------------------


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


class Table(Protocol):
    """The truth. Gets, Queries and Scans are strongly consistent.

    Raises Unavailable or Throttled when the store can't answer, TooLarge when a commit exceeds
    a limit above (before anything is written).
    """

    def read(self, reads: Sequence[Read]) -> list[Page]:
        """One round of parallel reads, a page for each."""

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        """One round of parallel commits, each atomic by itself; None where it stands."""

    def tidy(self, now: int) -> int:
        """Remove what `ttl` has ended, where the store doesn't by itself; answers how many."""

    def scrub(self) -> None:
        """Leave no byte of anything deleted behind, where the store keeps such traces."""

    def close(self) -> None:
        """Let go of files and connections."""


# --- the index ----------------------------------------------------------------------------


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


@runtime_checkable
class Snapshotted(Protocol):
    """What can be frozen with its process and go on in copies of it, as SnapStart does."""

    def prepare(self) -> None:
        """Make what the first call needs, without a call."""

    def reconnect(self) -> None:
        """Let go of connections that a copy can't share."""


class Index(Protocol):
    """The searchable projection of long-term memory. Always rebuildable from the table."""

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        """Bulk change, visible to the next search; None where done, else why it never can be."""

    def search(self, query: Search) -> Answer:
        """One request: candidates by vector and by words, with the owners' statistics."""

    def list(self, listing: Listing) -> Listed:
        """One page of memories that match."""

    def close(self) -> None:
        """Let go of files and connections."""


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


# --- models and messages ------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class Nudge:
    """There is work for this owner. Ids only: text never travels in an event."""

    org: str
    owner: str


class Bus(Protocol):
    """Carries nudges to promote, at best effort: the sweep finds what it loses."""

    def publish(self, nudges: Sequence[Nudge]) -> None:
        """Hand over; never raises for a bus that is away (the work is safe in the table)."""


# --- secrets ------------------------------------------------------------------------------


class Cipher(Protocol):
    """Seals short values, each bound to a context: ids that say what it is for."""

    def encrypt(self, plain: bytes, context: Mapping[str, str]) -> str:
        """`plain` sealed, as text."""

    def decrypt(self, sealed: str, context: Mapping[str, str]) -> bytes:
        """What was sealed under this very context; LamellaError under another."""
