"""What does Lamella cost on DynamoDB Local and OpenSearch, beside the bare calls it can't avoid?

`python -m benchmarks.engines [--users 100] [--memories 500] [--queries 150] [--captures 150]`

Lamella and the floor take turns in one run, with the same clients and pools of connections. The
floor sends what Lamella was seen to send, side by side where that is possible: for a search the
embedding, one `_msearch` and the queries of the table; for a capture its transaction beside the
session's and the pointers' writes; for a promotion the embeddings, the memories' transactions, and
the bulk that waits for a refresh.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from random import Random
from typing import Any
from uuid import uuid4

import numpy as np

from benchmarks import corpus
from benchmarks.figures import p50, p95, result, show, timed
from lamella import changes
from lamella.deployment import engines
from lamella.ids import MonotonicIds
from lamella.local import aws_local
from lamella.models import Record
from lamella.ports import Embedder, Nudge, Upsert
from lamella.requests import AddRequest, SearchRequest
from lamella.service import LOCAL_ORG, Service
from lamella.text import tokens
from lamella.vectors import pack

WARM, BATCH, FACTS = 20, 500, 48
BEGAN = 1_750_000_000_000
Call = tuple[str, dict[str, Any]]


class Unheard:
    """A Bus that tells nobody, least of all the worker: what is promoted here is measured."""

    def publish(self, nudges: Sequence[Nudge]) -> None:
        """Say nothing."""


class Wire:
    """The clients that Lamella uses: writes down what passes, and sends the same again, bare."""

    def __init__(self, service: Service) -> None:
        self._connection = service.engines.table._calls._connection  # type: ignore[attr-defined]
        self._search = service.engines.index._client  # type: ignore[attr-defined]
        self._pool = ThreadPoolExecutor(16)
        self.embedder = service.engines.embedder
        self.calls: list[Call] = []
        self.asked: list[dict[str, Any]] = []
        self.bulks: list[bytes] = []
        self._watch()

    @contextmanager
    def seen(self) -> Iterator[None]:
        """Forget what passed before the block."""
        for held in (self.calls, self.asked, self.bulks):
            held.clear()
        yield

    def search(self, text: str, calls: list[Call], parts: list[dict[str, Any]]) -> None:
        """The floor of a search: the embedding, one `_msearch` and the table, side by side."""
        reads = [self._pool.submit(self._dispatch, name, request) for name, request in calls]
        parts[1]["query"]["knn"]["vector"]["vector"] = self.embedder.embed_query(text).tolist()
        self._msearch(body=parts, params={"request_timeout": 3})
        for read in reads:
            read.result()

    def nearest(self, text: str, parts: list[dict[str, Any]]) -> None:
        """One embedding and one filtered k-NN."""
        parts[1]["query"]["knn"]["vector"]["vector"] = self.embedder.embed_query(text).tolist()
        head = parts[0]
        self._search.search(body=parts[1], index=head["index"], params={"routing": head["routing"]})

    def write(self, calls: list[Call]) -> None:
        """The floor of a capture: the same items elsewhere, side by side."""
        sent = [self._pool.submit(self._dispatch, name, request) for name, request in calls]
        for one in sent:
            one.result()

    def promote(self, texts: list[str], calls: list[Call], bulks: list[bytes]) -> None:
        """The floor of a promotion: embeddings, then transactions side by side, then the bulks."""
        self.embedder.embed(texts)
        self.write(calls)
        for bulk in bulks:
            self._bulk(body=bulk, refresh="wait_for")

    def _watch(self) -> None:
        self._dispatch = self._connection.dispatch
        self._msearch, self._bulk = self._search.msearch, self._search.bulk

        def dispatch(name: str, request: dict[str, Any]) -> Any:
            self.calls.append((name, request))
            return self._dispatch(name, request)

        def msearch(body: Any, **options: Any) -> Any:
            self.asked[:] = body
            return self._msearch(body=body, **options)

        def bulk(body: bytes, **options: Any) -> Any:
            self.bulks.append(body)
            return self._bulk(body=body, **options)

        self._connection.dispatch, self._search.msearch, self._search.bulk = dispatch, msearch, bulk


def bare(calls: list[Call]) -> list[Call]:
    """The writes among `calls`, without conditions, to partitions of their own."""
    found: list[Call] = []
    for name, request in calls:
        if name == "TransactWriteItems":
            puts = [
                _unconditional(part["Put"]) for part in request["TransactItems"] if "Put" in part
            ]
            told = {"TransactItems": [{"Put": put} for put in puts]}
            if puts:
                found.append((name, {**told, "ClientRequestToken": str(uuid4())}))
        elif name == "PutItem":
            found.append((name, _unconditional(request)))
        elif name == "UpdateItem":
            found.append(("PutItem", _unconditional(_as_put(request))))
    return found


def _as_put(update: dict[str, Any]) -> dict[str, Any]:
    """The item that an update of sets alone makes where there is none."""
    names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
    sets = re.findall(r"(#\w+) = (?:if_not_exists \(#\w+, )?(:\w+)", update["UpdateExpression"])
    fields = {names[name]: values[value] for name, value in sets}
    return {"TableName": update["TableName"], "Item": {**update["Key"], **fields}}


def _unconditional(put: dict[str, Any]) -> dict[str, Any]:
    return {"TableName": put["TableName"], "Item": _elsewhere(put["Item"])}


def _elsewhere(told: Any) -> Any:
    if isinstance(told, dict):
        return {
            name: {"S": "bare#" + value["S"]} if name == "pk" else _elsewhere(value)
            for name, value in told.items()
        }
    return told


def served(at: aws_local.Servers) -> Service:
    """Lamella over fresh `at`, without a worker that would promote and sweep beside the clock."""
    settings = aws_local.prepared(at, settle=0, deadline=20_000)
    service = Service(engines(settings, Unheard()), settings)
    aws_local.create_index(service, at.index)
    return service


def fill(service: Service, users: int, each: int) -> None:
    """`each` memories for every user, with random vectors, straight through the ports."""
    records = _records(service.engines.embedder, users, each)
    while batch := list(islice(records, BATCH)):
        puts = [changes.put_record(LOCAL_ORG, record, None) for record in batch]
        service.engines.table.write([tuple(puts[n : n + 50]) for n in range(0, len(puts), 50)])
        service.engines.index.apply([Upsert(LOCAL_ORG, record) for record in batch])


def _records(embedder: Embedder, users: int, each: int) -> Iterator[Record]:
    random, vectors, ids = (
        Random(1),
        np.random.default_rng(1),
        MonotonicIds(lambda: 1_750_000_000_000),
    )
    for number in range(users * each):
        drawn = vectors.standard_normal(embedder.dimensions)
        text, user = corpus.memory(random), f"user-{number // each}"
        at = BEGAN + number * 60_000
        yield Record(
            id=ids(), owner=f"u:{user}", layer="user", kind="factual", text=text, user_id=user,
            created_at=at, updated_at=at, said_at=at, captured_at=at, version=at,
            words=tuple(tokens(text)), speaker=text.partition(" ")[0], session_id="earlier",
            sources=(f"{number}-0",), guard=f"{number:064x}", model=embedder.model,
            embedding=pack(drawn / np.linalg.norm(drawn)),
        )  # fmt: skip


def searches(service: Service, wire: Wire, users: int, count: int) -> list[list[float]]:
    """Milliseconds of the floor, of `search` and of one k-NN, in turns."""
    floor, lamella, nearest = list[float](), list[float](), list[float]()
    questions = iter(corpus.questions(Random(2), 3 * (count + WARM)))
    for place in range(count + WARM):
        user, warm = f"user-{place * 7 % users}", place >= WARM
        query = next(questions)
        asked = SearchRequest.parse({"query": query, "user_id": user, "session_id": "today"})
        with wire.seen(), timed(lamella if warm else []):
            service.retrieve.search(LOCAL_ORG, asked)
        calls, parts = list(wire.calls), list(wire.asked)
        with timed(floor if warm else []):
            wire.search(next(questions), calls, parts)
        with timed(nearest if warm else []):
            wire.nearest(next(questions), parts)
    return [floor, lamella, nearest]


def captures(service: Service, wire: Wire, count: int) -> list[list[float]]:
    """Milliseconds of the floor and of `add`, in turns."""
    floor, lamella, random = list[float](), list[float](), Random(3)
    for place in range(count + WARM):
        warm, said = place >= WARM, [corpus.memory(random), corpus.question(random)]
        ids = {"user_id": f"speaker-{place % 7}", "session_id": f"talk-{place}"}
        with wire.seen(), timed(lamella if warm else []):
            service.capture.add(LOCAL_ORG, AddRequest.parse({"messages": said, **ids}))
        calls = bare(wire.calls)
        with timed(floor if warm else []):
            wire.write(calls)
    return [floor, lamella]


def promotions(service: Service, wire: Wire, rounds: int = 21) -> list[list[float]]:
    """Milliseconds of the floor and of one promotion of some fifty facts, in turns."""
    floor, lamella = list[float](), list[float]()
    for place in range(rounds + 1):
        facts = [f"I visited the museum number {place * FACTS + n} in Oslo." for n in range(FACTS)]
        ids = {"user_id": f"visitor-{place}", "session_id": "trip"}
        service.capture.add(LOCAL_ORG, AddRequest.parse({"messages": facts, **ids}))
        with wire.seen(), timed(lamella if place else []):
            service.promote.run(LOCAL_ORG, f"u:visitor-{place}")
        calls = bare([call for call in wire.calls if call[0] == "TransactWriteItems"])
        bulks = [body.replace(b'"_id":"', b'"_id":"bare') for body in wire.bulks]
        with timed(floor if place else []):
            wire.promote(facts, calls, bulks)
    return [floor, lamella]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="Lamella on the real engines, beside its floors.")
    parser.add_argument("--users", type=int, default=100)
    parser.add_argument("--memories", type=int, default=500)
    parser.add_argument("--queries", type=int, default=150)
    parser.add_argument("--captures", type=int, default=150)
    told = parser.parse_args()
    with aws_local.servers() as at, closing(served(at)) as service:
        fill(service, told.users, told.memories)
        wire = Wire(service)
        floor, search, nearest = searches(service, wire, told.users, told.queries)
        bare_write, add = captures(service, wire, told.captures)
        bare_promote, promote = promotions(service, wire)
    rows = [
        _row("retrieve", floor, search, "1.3, p95 1.5"),
        _row("retrieve, one k-NN", nearest, search, ""),
        _row("capture", bare_write, add, "1.4"),
        _row(f"promote {FACTS} facts", bare_promote, promote, "1.67"),
    ]
    size = f"{told.users} users x {told.memories} memories"
    show(
        f"DynamoDB Local 2.6.1, OpenSearch 3.5.0, {size}, milliseconds\n{_machine()}",
        ["", "floor p50", "p95", "Lamella p50", "p95", "ratio", "p95", "aim, at most"],
        rows,
    )
    result(
        retrieve_p50_ratio=p50(search) / p50(floor),
        retrieve_p95_ratio=p95(search) / p95(floor),
        retrieve_to_one_knn=p50(search) / p50(nearest),
        capture_p50_ratio=p50(add) / p50(bare_write),
        promote_ratio=p50(bare_promote) / p50(promote),
    )


def _row(name: str, floor: list[float], found: list[float], aim: str) -> list[object]:
    middle, slow = p50(found) / p50(floor), p95(found) / p95(floor)
    return [name, p50(floor), p95(floor), p50(found), p95(found), middle, slow, aim]


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, "
        f"Python {platform.python_version()}"
    )


if __name__ == "__main__":
    main()
