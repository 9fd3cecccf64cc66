"""Stores that note which of AWS's actions each function would have needed for what it asked."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from fakes import HashingEmbedder

from lamella.engines.dynamodb_requests import _SINGLE, _TRANSACT
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.ports import (
    Check,
    Commit,
    Get,
    Listing,
    Marked,
    Nudge,
    Page,
    Query,
    Read,
    Refusal,
    Remove,
    Scan,
    Search,
    Upsert,
    Vector,
)

Used = dict[str, set[tuple[str, str]]]


class Witness:
    """`used` by function: (resource, action), as the engines of AWS would have called it."""

    def __init__(self) -> None:
        self.function = ""
        self.used: Used = defaultdict(set)

    def note(self, resource: str, action: str) -> None:
        self.used[self.function].add((resource, action))


class WitnessedTable(ReferenceTable):
    def __init__(self, witness: Witness) -> None:
        super().__init__()
        self._witness = witness

    def read(self, reads: Sequence[Read]) -> list[Page]:
        gets = {read.key for read in reads if isinstance(read, Get)}
        if gets:
            self._witness.note(
                "table", f"dynamodb:{'GetItem' if len(gets) == 1 else 'BatchGetItem'}"
            )
        for read in reads:
            match read:
                case Query():
                    self._witness.note("table", "dynamodb:Query")
                case Marked():
                    self._witness.note("table/index/due", "dynamodb:Query")
                    self._witness.note("table", "dynamodb:BatchGetItem")
                case Scan():
                    self._witness.note("table", "dynamodb:Scan")
        return super().read(reads)

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        for operation in (operation for commit in commits for operation in commit):
            name = (
                "ConditionCheckItem" if isinstance(operation, Check) else _SINGLE[type(operation)]
            )
            assert type(operation) in _TRANSACT
            self._witness.note("table", f"dynamodb:{name}")
        return super().write(commits)


class WitnessedIndex(ReferenceIndex):
    def __init__(self, witness: Witness) -> None:
        super().__init__()
        self._witness = witness

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        if changes:
            self._witness.note("domain/memories*", "es:ESHttpGet")
            self._witness.note("domain/_bulk", "es:ESHttpPost")
        return super().apply(changes)

    def search(self, query: Search) -> Any:
        self._asked()
        return super().search(query)

    def list(self, listing: Listing) -> Any:
        self._asked()
        return super().list(listing)

    def _asked(self) -> None:
        self._witness.note("domain/memories*", "es:ESHttpGet")
        self._witness.note("domain/_msearch", "es:ESHttpPost")


class WitnessedBus:
    """Promote's bus is its queue."""

    def __init__(self, witness: Witness) -> None:
        self._witness = witness
        self.nudges: list[Nudge] = []

    def publish(self, nudges: Sequence[Nudge]) -> None:
        if self._witness.function == "promote":
            self._witness.note("queue", "sqs:SendMessage")
        else:
            self._witness.note("bus", "events:PutEvents")
        self.nudges.extend(nudges)


class WitnessedCipher:
    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    def encrypt(self, plain: bytes, context: Mapping[str, str]) -> str:
        self._witness.note("key", "kms:Encrypt")
        return b64encode(plain).decode()

    def decrypt(self, sealed: str, context: Mapping[str, str]) -> bytes:
        self._witness.note("key", "kms:Decrypt")
        return b64decode(sealed)


class WitnessedEmbedder(HashingEmbedder):
    def __init__(self, witness: Witness) -> None:
        self._witness = witness

    def embed_query(self, text: str) -> Vector:
        self._witness.note("embedding model", "bedrock:InvokeModel")
        return super().embed_query(text)
