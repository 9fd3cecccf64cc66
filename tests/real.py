"""Worlds on DynamoDB Local and OpenSearch, in places that are cleared for the next story."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
from conftest import CREDENTIALS, REGION
from fakes import HashingEmbedder
from world import World

from lamella.engines.dynamodb import DynamoTable
from lamella.engines.dynamodb_calls import connect
from lamella.engines.dynamodb_items import TTL, TTL_MS
from lamella.engines.dynamodb_requests import Request
from lamella.engines.dynamodb_schema import create_table
from lamella.engines.opensearch import OpenSearchIndex


class RawTable(DynamoTable):
    """A table that deletes when it is told to what DynamoDB deletes some time after its ttl.

    A world's clock stands elsewhere than DynamoDB's own, so that is switched off.
    """

    def __init__(self, name: str, url: str, **options: Any) -> None:
        super().__init__(name, endpoint=url, region=REGION, credentials=CREDENTIALS, **options)
        self.name = name

    def tidy(self, now: int) -> int:
        over = [item for item in self.raw() if int(item.get(TTL_MS, {"N": now + 1})["N"]) <= now]
        self._delete(over)
        return len(over)

    def clear(self) -> None:
        """Delete everything."""
        self._delete(list(self.raw()))

    def raw(self) -> Iterator[dict[str, dict[str, Any]]]:
        """Every item as it lies there, in no order."""
        request: Request | None = {"TableName": self.name}
        while request is not None:
            answer = self._calls.send("Scan", request)
            yield from answer["Items"]
            start = answer.get("LastEvaluatedKey")
            request = {**request, "ExclusiveStartKey": start} if start else None

    def _delete(self, items: list[dict[str, dict[str, Any]]]) -> None:
        keys = [{name: item[name] for name in ("pk", "sk")} for item in items]
        for start in range(0, len(keys), 25):
            named = [{"DeleteRequest": {"Key": key}} for key in keys[start : start + 25]]
            self._calls.send("BatchWriteItem", {"RequestItems": {self.name: named}})


class Lent(RawTable):
    """A table whose user can't close it."""

    def close(self) -> None:
        """It is used again."""

    def close_at_last(self) -> None:
        super().close()


@dataclass(frozen=True)
class Place:
    """Where a world's table and index lie: any process may open a world there."""

    dynamodb: str
    opensearch: str
    name: str

    def table(self, url: str = "", **options: Any) -> RawTable:
        """The table, reached by another way than DynamoDB's own `url` if need be."""
        return RawTable(self.name, url or self.dynamodb, **options)

    def index(self, url: str = "", **options: Any) -> OpenSearchIndex:
        """The index, reached by another way than OpenSearch's own `url` if need be."""
        return OpenSearchIndex(
            url or self.opensearch,
            model=HashingEmbedder.model,
            dimensions=HashingEmbedder.dimensions,
            alias=self.name,
            refresh="10ms",
            timeout=20,
            **options,
        )

    def clear(self) -> None:
        """Delete all documents; a version above theirs is needed to bring one of them back."""
        httpx.post(
            f"{self.opensearch}/{self.name}-v*/_delete_by_query?refresh=true&conflicts=proceed",
            json={"query": {"match_all": {}}},
            timeout=60,
        ).raise_for_status()


def documents(index: OpenSearchIndex) -> str:
    """Every document behind the alias as OpenSearch shows it, with the words it is found by."""
    index._client.indices.refresh(index=index._alias)
    asked = {"size": 10_000, "query": {"match_all": {}}, "docvalue_fields": ["text", "words"]}
    return str(index._client.search(index=index._alias, body=asked))


def without_index(opensearch: str, name: str) -> None:
    """Take the index behind the alias `name` away in all its versions, should there be any."""
    httpx.delete(f"{opensearch}/{name}-v*").raise_for_status()
    template = f"{opensearch}/_index_template/{name}"  # a story that never searched has made none
    if httpx.head(template).status_code == httpx.codes.OK:
        httpx.delete(template).raise_for_status()


@contextmanager
def place(dynamodb: str, opensearch: str, name: str, ttl: bool = False) -> Iterator[Place]:
    """A new table, without its time to live unless told so, and room for an index."""
    create_table(name, dynamodb, REGION, CREDENTIALS)
    with closing(connect(dynamodb, REGION, CREDENTIALS).client) as client:
        if not ttl:
            off = {"Enabled": False, "AttributeName": TTL}
            client.update_time_to_live(TableName=name, TimeToLiveSpecification=off)
        yield Place(dynamodb, opensearch, name)
        client.delete_table(TableName=name)
    without_index(opensearch, name)


class Lodge:
    """Lends places to stories one after another, with ids that no story before has used."""

    def __init__(self, opened: ExitStack, dynamodb: str, opensearch: str) -> None:
        self._opened = opened
        self._urls = (dynamodb, opensearch)
        self._rooms: list[tuple[Place, Lent]] = []
        self._stories = count(1)

    @contextmanager
    def worlds(self) -> Iterator[Callable[..., World]]:
        """Makes worlds for one story, each in a place of its own."""
        used = 0

        def made(**options: Any) -> World:
            nonlocal used
            used += 1
            where, table = self._room(used)
            return World(table, where.index(), **{"ids": f"{next(self._stories):04}", **options})

        yield made
        for where, table in self._rooms[:used]:
            table.clear()
            where.clear()

    def _room(self, number: int) -> tuple[Place, Lent]:
        if number > len(self._rooms):
            name = f"world-{uuid4().hex[:8]}"
            where = self._opened.enter_context(place(*self._urls, name))
            table = Lent(where.name, where.dynamodb)
            self._opened.callback(table.close_at_last)
            self._rooms.append((where, table))
        return self._rooms[number - 1]
