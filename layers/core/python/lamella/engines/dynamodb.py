"""The truth in DynamoDB: one table, keyed `pk` and `sk`, with a sparse index on `due`."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from typing import TypeVar
from uuid import uuid4

from lamella.engines.dynamodb_calls import (
    CONNECTIONS,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Calls,
    Pause,
    Refused,
    connect,
)
from lamella.engines.dynamodb_items import Attributes, key_attributes, read_item, read_key
from lamella.engines.dynamodb_requests import (
    MAX_BATCH,
    Request,
    batch_get,
    get,
    marked,
    query,
    scan,
    single,
    transaction,
)
from lamella.errors import Throttled
from lamella.limits import check_commit
from lamella.ports import Check, Commit, Get, Item, Key, Marked, Page, Query, Read, Refusal, Scan

ATTEMPTS = 8

T = TypeVar("T")


class DynamoTable:
    """A Table in DynamoDB; thread-safe.

    `endpoint` is another address than AWS's own, `credentials` an access key and its secret; by
    default region and credentials are the environment's. Throttling, contention and lost answers
    are met by trying again, `attempts` times in all with full jitter, and double nothing: a commit
    of several operations carries a token, and one of a single conditional operation whose answer
    got lost is not sent again, but raises Unavailable.
    """

    def __init__(
        self,
        name: str,
        *,
        endpoint: str | None = None,
        region: str | None = None,
        credentials: tuple[str, str] | None = None,
        attempts: int = ATTEMPTS,
        pause: Pause = time.sleep,
    ) -> None:
        self._name = name
        self._attempts = attempts
        self._pause = pause
        self._calls = Calls(connect(endpoint, region, credentials), attempts, pause)
        self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="lamella-dynamodb")

    def read(self, reads: Sequence[Read]) -> list[Page]:
        """A page for each read; Gets share a request. Raises Throttled, Unavailable, SetupError."""
        keys = list(dict.fromkeys(read.key for read in reads if isinstance(read, Get)))
        batches = [keys[start : start + MAX_BATCH] for start in range(0, len(keys), MAX_BATCH)]
        tasks = [partial(self._gotten, batch) for batch in batches]
        tasks += [partial(self._ranged, r) for r in dict.fromkeys(reads) if not isinstance(r, Get)]
        pages: dict[Read, Page] = {}
        for found in self._together(tasks):
            pages.update(found)
        return [pages.get(read, Page()) for read in reads]

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        """Each commit stands or is refused by itself; those on one key go in their order.

        Raises as `read` does, and TooLarge: what of the round did not fail stands.
        """
        for commit in commits:
            check_commit(commit)
        outcomes: list[Refusal | None] = [None] * len(commits)

        def carry_out(chain: list[int]) -> None:
            for number in chain:
                outcomes[number] = self._attempt(commits[number])

        self._together([partial(carry_out, chain) for chain in _chains(commits)])
        return outcomes

    def tidy(self, now: int) -> int:
        """Nothing to do: DynamoDB removes by itself what `ttl` has ended."""
        return 0

    def scrub(self) -> None:
        """Nothing to do: what is deleted leaves no trace within reach."""

    def prepare(self) -> None:
        """See `ports.Snapshotted`."""
        self._calls.open()

    def reconnect(self) -> None:
        """See `ports.Snapshotted`."""
        self._calls.close()

    def close(self) -> None:
        """Let go of threads and connections."""
        self._threads.shutdown()
        self._calls.close()

    def _gotten(self, keys: list[Key]) -> dict[Read, Page]:
        return {Get(key): Page((item,)) for key, item in self._items(keys).items()}

    def _ranged(self, read: Query | Marked | Scan) -> dict[Read, Page]:
        match read:
            case Query():
                return {read: self._queried(read)}
            case Marked():
                return {read: self._marked(read)}
            case Scan():
                return {read: self._scanned(read)}

    def _queried(self, read: Query) -> Page:
        request = query(self._name, read)
        found = self._pages(request, read.limit) if request else []
        items = tuple(map(read_item, found[: read.limit]))
        return Page(items, more=len(found) > read.limit)

    def _marked(self, read: Marked) -> Page:
        """What the index names, as it is now; what has left the bucket meanwhile is left out."""
        found = self._pages(marked(self._name, read), read.limit)
        keys = [read_key(attributes) for attributes in found[: read.limit]]
        items: dict[Key, Item] = {}
        for start in range(0, len(keys), MAX_BATCH):
            items |= self._items(keys[start : start + MAX_BATCH])
        there = [items[key] for key in keys if key in items and _is_within(items[key], read)]
        return Page(
            tuple(sorted(there, key=lambda item: item.mark.at if item.mark else 0)),
            more=len(found) > read.limit,
        )

    def _scanned(self, read: Scan) -> Page:
        """Over as many pages as it takes: most of what they read may be of other prefixes."""
        found: list[Attributes] = []
        request: Request | None = scan(self._name, read)
        while request is not None and len(found) <= read.limit:
            answer = self._calls.send("Scan", request)
            found += answer["Items"]
            start = answer.get("LastEvaluatedKey")
            request = {**request, "ExclusiveStartKey": start} if start else None
        items = tuple(map(read_item, found[: read.limit]))
        return Page(items, more=len(found) > read.limit)

    def _pages(self, request: Request, limit: int) -> list[Attributes]:
        """One item beyond `limit` if there is one, over as many pages as that takes."""
        found: list[Attributes] = []
        while len(found) <= limit:
            answer = self._calls.send("Query", {**request, "Limit": limit + 1 - len(found)})
            found += answer["Items"]
            if "LastEvaluatedKey" not in answer:
                break
            request = {**request, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
        return found

    def _items(self, keys: list[Key]) -> dict[Key, Item]:
        if len(keys) == 1:
            answer = self._calls.send("GetItem", get(self._name, keys[0]))
            found = [answer["Item"]] if "Item" in answer else []
        else:
            found = list(self._batched([key_attributes(key) for key in keys]))
        return {item.key: item for item in map(read_item, found)}

    def _batched(self, waiting: list[Attributes]) -> Iterator[Attributes]:
        """Many items, with what DynamoDB left undone asked for again."""
        idle = 0
        while waiting:
            answer = self._calls.send("BatchGetItem", batch_get(self._name, waiting))
            yield from answer["Responses"].get(self._name, ())
            left = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
            idle = 0 if len(left) < len(waiting) else idle + 1
            if idle == self._attempts:
                raise Throttled(f"the table leaves {len(left)} reads undone: try again later")
            waiting = left
            if waiting:
                self._pause(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**idle)))

    def _attempt(self, commit: Commit) -> Refusal | None:
        try:
            if len(commit) == 1 and not isinstance(commit[0], Check):
                conditional = commit[0].only_if is not None
                self._calls.send(*single(self._name, commit[0]), at_most_once=conditional)
            else:
                request = transaction(self._name, commit, token=str(uuid4()))
                self._calls.send("TransactWriteItems", request)
        except Refused as refused:
            return Refusal(refused.operation, read_item(refused.found) if refused.found else None)
        return None

    def _together(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """All tasks side by side, the first in this thread; none goes on when one has failed."""
        if not tasks:
            return []
        others = [self._threads.submit(task) for task in tasks[1:]]
        try:
            first = tasks[0]()
        finally:
            wait(others)
        return [first, *(other.result() for other in others)]


def _chains(commits: Sequence[Commit]) -> list[list[int]]:
    """The numbers of the commits, those that share keys (even by way of others) together."""
    chains: list[tuple[set[Key], list[int]]] = []
    for number, commit in enumerate(commits):
        keys, numbers = {operation.key for operation in commit}, [number]
        apart = []
        for chain in chains:
            if chain[0].isdisjoint(keys):
                apart.append(chain)
            else:
                keys |= chain[0]
                numbers = chain[1] + numbers
        chains = [*apart, (keys, sorted(numbers))]
    return [numbers for _, numbers in chains]


def _is_within(item: Item, read: Marked) -> bool:
    mark = item.mark
    return mark is not None and mark.bucket == read.bucket and read.since <= mark.at <= read.until
