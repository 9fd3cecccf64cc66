"""What stories about crashes and duplicates share: watched stores, and what a world holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from world import ORG, World

from lamella import keys
from lamella.ports import (
    Answer,
    Commit,
    Index,
    Item,
    Listed,
    Listing,
    Page,
    Query,
    Read,
    Refusal,
    Remove,
    Search,
    Table,
    Upsert,
)
from lamella.receipts import event_id


class WatchedTable:
    """Tells `around` of every commit, one by one: no store promises a round as a whole."""

    def __init__(self, table: Table, around: Callable[[Callable[[], Any]], Any]) -> None:
        self._table = table
        self._around = around

    def read(self, reads: Sequence[Read]) -> list[Page]:
        return self._table.read(reads)

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        return [self._around(lambda c=commit: self._table.write([c]))[0] for commit in commits]

    def tidy(self, now: int) -> int:
        return self._table.tidy(now)

    def scrub(self) -> None:
        self._table.scrub()

    def close(self) -> None:
        self._table.close()


class WatchedIndex:
    """Tells `around` of every bulk change."""

    def __init__(self, index: Index, around: Callable[[Callable[[], Any]], Any]) -> None:
        self._index = index
        self._around = around

    def apply(self, changes: Sequence[Upsert | Remove]) -> list[str | None]:
        done: list[str | None] = self._around(lambda: self._index.apply(changes))
        return done

    def search(self, query: Search) -> Answer:
        return self._index.search(query)

    def list(self, listing: Listing) -> Listed:
        return self._index.list(listing)

    def close(self) -> None:
        self._index.close()


def contents(
    world: World, owner: str, sessions: Sequence[str] = (), calls: Sequence[str] = ()
) -> dict[str, Any]:
    """All that a settled world holds of the user `owner`: texts in place of ids, and no times.

    Two worlds that went different ways to the same end hold the same. `calls` are the idempotency
    keys of calls whose receipts are compared too.
    """
    found = {item.key.sk: item for item in world.of_owner(owner)}
    remembered = world.list(user_id=owner.removeprefix("u:"), superseded=True)
    texts = {memory["id"]: memory["memory"] for memory in remembered}
    return {
        "memories": Counter(_memory(world, memory, texts) for memory in remembered),
        "guards": Counter(
            (texts.get(item.body["id"], "(gone)"), item.body["state"])
            for item in _under(found, keys.GUARDS)
        ),
        "slots": {
            item.key.sk: texts.get(item.body["id"]) for item in _under(found, keys.SLOT_HEADS)
        },
        "histories": Counter(item.body["event"] for item in _under(found, keys.HISTORY)),
        "index": Counter(indexed(world, owner)),
        "sessions": {name: _session(world, owner, name) for name in sessions},
        "events": {call: _event(world, call) for call in calls},
        "unfinished": [item.key.sk for item in _under(found, keys.IN_FLIGHT)],
        "plans": [item.key.sk for item in _under(found, keys.PLANS)],
        "leases": [sk for sk in found if sk.endswith("#LEASE")],
        "due": [item.key.sk for item in world.due()],
    }


def indexed(world: World, owner: str) -> list[tuple[str, bool]]:
    """The texts that the index holds of `owner`, and whether each is current."""
    listing = Listing(ORG, (owner,), now=0, limit=10_000, superseded=True, expired=True)
    return [(one.text, one.valid_to is None) for one in world.index.list(listing).records]


def _under(found: dict[str, Item], prefix: str) -> list[Item]:
    return [item for sk, item in found.items() if sk.startswith(prefix)]


def _memory(world: World, memory: dict[str, Any], texts: dict[str, str]) -> tuple[Any, ...]:
    events = [(e["event"], e["old_memory"], e["new_memory"]) for e in world.history(memory["id"])]
    successor = memory.get("superseded_by")
    return (
        memory["memory"],
        memory["layer"],
        memory["kind"],
        memory["session_id"],
        texts.get(successor, successor),
        len(memory["sources"]),
        tuple(events),
    )


def _event(world: World, idempotency_key: str) -> tuple[str, list[tuple[str, str | None]]]:
    event = world.event(event_id(ORG, idempotency_key, ""))
    return event["status"], [(one["event"], one.get("reason")) for one in event["results"]]


def _session(world: World, owner: str, name: str) -> dict[str, Any]:
    """What lies in a session's partition, live or not."""
    [page] = world.table.read([Query(keys.session_pk(ORG, owner, name))])
    meta = {"closed": None}
    for item in page.items:
        if item.key.sk == keys.META:
            meta = {"closed": "closed_at" in item.body, "summarized": "summarized_to" in item.body}
    return {
        "meta": meta,
        "kinds": Counter(item.key.sk.partition("#")[0] for item in page.items),
    }
