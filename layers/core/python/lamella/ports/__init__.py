"""What the use cases ask of the outside world: small Protocols, operations as values.

A `Table` holds the truth, an `Index` is its projection for search. Neither promises more than
DynamoDB and OpenSearch can keep, and the in-memory reference keeps no less. The shape (one
method, many operation values) is langgraph's `BaseStore.batch`.

items       what lies in the table          searches    what an index is asked and told
conditions  what a write asks of an item    index       the projection, `next_index` its successor
writes      operations, commits, refusals   embedder    extractor, judge, bus, cipher: others
reads       reads and their pages           snapshot    what can be frozen with its process
table       the truth

A part is loaded when a name of it is first asked for: a search needs no extractor.
"""

from typing import TYPE_CHECKING

from lamella.parted import parted

if TYPE_CHECKING:
    from lamella.ports.bus import Bus, Nudge
    from lamella.ports.cipher import Cipher
    from lamella.ports.conditions import (
        Absent,
        AllOf,
        AnyOf,
        AtLeast,
        Below,
        Condition,
        Is,
        Present,
    )
    from lamella.ports.embedder import Embedder, Vector
    from lamella.ports.extractor import Extractor
    from lamella.ports.index import Index
    from lamella.ports.items import (
        JSON,
        MAX_COMMIT_BYTES,
        MAX_ITEM_BYTES,
        MAX_OPERATIONS,
        Item,
        Key,
        Mark,
    )
    from lamella.ports.judge import Judge
    from lamella.ports.next_index import NextIndex
    from lamella.ports.reads import Get, Marked, Page, Query, Read, Scan
    from lamella.ports.searches import (
        Answer,
        Found,
        Listed,
        Listing,
        Remove,
        Search,
        Statistics,
        Upsert,
    )
    from lamella.ports.snapshot import Snapshotted
    from lamella.ports.table import Table
    from lamella.ports.writes import Check, Commit, Delete, Operation, Put, Refusal, Update

__all__ = [
    "JSON",
    "MAX_COMMIT_BYTES",
    "MAX_ITEM_BYTES",
    "MAX_OPERATIONS",
    "Absent",
    "AllOf",
    "Answer",
    "AnyOf",
    "AtLeast",
    "Below",
    "Bus",
    "Check",
    "Cipher",
    "Commit",
    "Condition",
    "Delete",
    "Embedder",
    "Extractor",
    "Found",
    "Get",
    "Index",
    "Is",
    "Item",
    "Judge",
    "Key",
    "Listed",
    "Listing",
    "Mark",
    "Marked",
    "NextIndex",
    "Nudge",
    "Operation",
    "Page",
    "Present",
    "Put",
    "Query",
    "Read",
    "Refusal",
    "Remove",
    "Scan",
    "Search",
    "Snapshotted",
    "Statistics",
    "Table",
    "Update",
    "Upsert",
    "Vector",
]

if not TYPE_CHECKING:  # else every name would type-check
    __getattr__ = parted(
        __name__,
        {
            "bus": "Nudge Bus",
            "cipher": "Cipher",
            "conditions": "Absent Present Is Below AtLeast AnyOf AllOf Condition",
            "embedder": "Vector Embedder",
            "extractor": "Extractor",
            "index": "Index",
            "items": "JSON MAX_OPERATIONS MAX_COMMIT_BYTES MAX_ITEM_BYTES Key Mark Item",
            "judge": "Judge",
            "next_index": "NextIndex",
            "reads": "Get Query Marked Scan Read Page",
            "searches": "Upsert Remove Search Found Statistics Answer Listing Listed",
            "snapshot": "Snapshotted",
            "table": "Table",
            "writes": "Put Update Delete Check Operation Commit Refusal",
        },
    )
