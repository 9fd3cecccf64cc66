"""LangGraph's store over a `Memory`: exact by namespace and key, searched by Lamella's ranking."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from lamella.client import Memory
from lamella.client.wire import KEPT, Expiry, Kept
from lamella.errors import Conflict, Invalid, NotFound
from lamella.extras import extra
from lamella.integrations.langgraph.directory import Directory, every
from lamella.integrations.langgraph.items import (
    Written,
    item,
    place_of,
    ttl_of,
    word,
    written,
)
from lamella.integrations.langgraph.matching import Namespace, fits, follows, is_under, served

with extra("langgraph"):
    from langgraph.store.base import (
        BaseStore,
        GetOp,
        Item,
        ListNamespacesOp,
        Op,
        PutOp,
        Result,
        SearchItem,
        SearchOp,
        TTLConfig,
        validate_op_namespace,
    )

MOST_HITS = 1_000
OURS = {"metadata": {"store": {"at": "*"}}}
"""What tells an item from what somebody else remembers of a user with a namespace's name."""

Json = dict[str, Any]


def _utc_now() -> datetime:
    return datetime.now(UTC)


class LamellaStore(BaseStore):
    """A `BaseStore` whose items are memories of the user layer.

    >>> store = LamellaStore(Memory())
    >>> store.put(("users", "alex"), "hotels", {"text": "prefers boutique hotels"})
    >>> store.search(("users", "alex"), query="Where does Alex like to stay?")

    `root` keeps several stores of one organization apart. `index` names the fields whose text is
    searched (LangGraph's paths; by default every string of the value). `ttl` is LangGraph's own
    configuration; what has expired is never answered. A value is at most 8 KB of JSON less the
    key, and secrets in it are removed as in every memory. Every call raises the errors of
    `lamella.errors` beside LangGraph's InvalidNamespaceError.
    """

    supports_ttl = True

    def __init__(
        self,
        memory: Memory,
        *,
        root: str = "langgraph",
        index: Sequence[str] | None = None,
        ttl: TTLConfig | None = None,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        self.ttl_config = ttl
        self._memory = memory
        self._directory = Directory(memory, root)
        self._fields = index
        self._now = now

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """The results in order. Reads come first; of several puts to one key the last counts."""
        asked = list(ops)
        for op in asked:
            validate_op_namespace(op)
        results: list[Result] = [None if isinstance(op, PutOp) else self._read(op) for op in asked]
        puts = {(op.namespace, op.key): op for op in asked if isinstance(op, PutOp)}
        for op in puts.values():
            self._write(op)
        return results

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """`batch`, in a thread."""
        return await asyncio.to_thread(self.batch, list(ops))

    def _read(self, op: GetOp | SearchOp | ListNamespacesOp) -> Result:
        match op:
            case GetOp():
                return self._get(op)
            case SearchOp():
                return self._search(op)
            case ListNamespacesOp():
                return self._list(op)
        raise Invalid(f"{type(op).__name__} is no operation of a store")

    # --- one item ---------------------------------------------------------------------------

    def _get(self, op: GetOp) -> Item | None:
        held = self._held(op.namespace, op.key)
        if not held:
            return None
        found = item(op.namespace, held[0])
        self._refresh(held[:1], op.refresh_ttl)
        return Item(
            value=found.value,
            key=op.key,
            namespace=op.namespace,
            created_at=found.created_at,
            updated_at=found.updated_at,
        )

    def _write(self, op: PutOp) -> None:
        held = self._held(op.namespace, op.key)
        if op.value is None:
            self._drop(held)
            return
        self._directory.enter(op.namespace)
        fields = self._fields if op.index is None else op.index
        new = written(op.key, op.value, fields, op.ttl, self._now())
        self._drop(held[1:])
        if not (held and self._update(held[0], new)):
            self._add(op.namespace, new)

    def _held(self, namespace: Namespace, key: str) -> list[Json]:
        """The memory of a key. Two only where two callers put a new key at once: newest first."""
        filters = {"metadata": {"store": {"at": word(key)}}}
        return list(every(self._memory, self._directory.owner(namespace), filters))

    def _add(self, namespace: Namespace, new: Written) -> None:
        """Where another key holds the same text, or this key by a caller as quick as this one."""
        for text in (new.text, new.own_text):
            added = self._memory.add(
                text,
                user_id=self._directory.owner(namespace),
                infer=False,
                metadata=new.metadata,
                expiration_date=new.lifetime,
            )
            [result] = added["results"]
            if result["event"] == "ADD":
                return
            holder = self._memory.get(result["id"])
            if place_of(holder) == word(new.key) and self._update(holder, new):
                return
        raise Conflict("this key kept changing while it was put: put it again")

    def _update(self, old: Json, new: Written) -> bool:
        """Change the memory in place; False where it is gone meanwhile."""
        lasting = ttl_of(old) is None and new.lifetime is None
        until: Expiry | Kept | None = KEPT if lasting else new.lifetime
        text = None if old["memory"] in (new.text, new.own_text) else new.text
        try:
            try:
                self._memory.update(old["id"], text, metadata=new.metadata, expiration_date=until)
            except Conflict as clash:
                if clash.holder is None:
                    raise
                self._memory.update(
                    old["id"], new.own_text, metadata=new.metadata, expiration_date=until
                )
        except NotFound:
            return False
        return True

    def _drop(self, memories: Iterable[Json]) -> None:
        for memory in memories:
            with suppress(NotFound):
                self._memory.delete(memory["id"])

    def _refresh(self, memories: Iterable[Json], wanted: bool) -> None:
        """Let what has a time to live last as long again."""
        for memory in memories if wanted else ():
            ttl = ttl_of(memory)
            if ttl is not None:
                with suppress(NotFound):
                    self._memory.update(memory["id"], expiration_date=timedelta(minutes=ttl))

    # --- many -------------------------------------------------------------------------------

    def _search(self, op: SearchOp) -> list[SearchItem]:
        """Each namespace is asked by itself, so that what was just put is found."""
        known = self._directory.namespaces()
        asked = [name for name in known if is_under(name, op.namespace_prefix)]
        found = [
            (namespace, memory) for namespace in asked for memory in self._matching(namespace, op)
        ]
        newest = {
            (namespace, place_of(memory)): (namespace, memory)
            for namespace, memory in sorted(found, key=_put_at)
        }
        ordered = sorted(newest.values(), key=_put_at, reverse=True)
        if op.query:
            ordered.sort(key=_score, reverse=True)
        shown = ordered[op.offset : op.offset + op.limit]
        self._refresh([memory for _, memory in shown], op.refresh_ttl)
        return [item(namespace, memory) for namespace, memory in shown]

    def _matching(self, namespace: Namespace, op: SearchOp) -> list[Json]:
        owner, plain = self._directory.owner(namespace), served(op.filter)
        filters = {"AND": [OURS, *([{"metadata": {"value": plain}}] if plain else [])]}
        if op.query:
            all_that_fit = op.filter or op.offset + op.limit > MOST_HITS
            found: Iterable[Json] = self._memory.search(
                op.query,
                user_id=owner,
                layers=["user"],
                filters=filters,
                top_k=MOST_HITS if all_that_fit else max(1, op.offset + op.limit),
                threshold=0.0,
                rank="relevance",
            )["results"]
        else:
            found = every(self._memory, owner, filters)
        return [memory for memory in found if fits(_value(memory), op.filter)]

    def _list(self, op: ListNamespacesOp) -> list[Namespace]:
        conditions = op.match_conditions or ()
        fitting = [
            namespace
            for namespace in self._directory.namespaces()
            if all(follows(namespace, one.match_type, one.path) for one in conditions)
        ]
        full = [namespace for namespace in fitting if self._holds_something(namespace)]
        cut = sorted({namespace[: op.max_depth] for namespace in full})
        return cut[op.offset : op.offset + op.limit]

    def _holds_something(self, namespace: Namespace) -> bool:
        owner = self._directory.owner(namespace)
        page = self._memory.get_all(user_id=owner, layers=["user"], filters=OURS, page_size=1)
        return bool(page["results"])


def _value(memory: Json) -> Mapping[str, Any]:
    value: Mapping[str, Any] = memory["metadata"].get("value") or {}
    return value


def _put_at(found: tuple[Namespace, Json]) -> tuple[datetime, str]:
    put_at = datetime.fromisoformat(found[1]["metadata"]["store"]["updated_at"])
    return put_at, found[1]["id"]


def _score(found: tuple[Namespace, Json]) -> float:
    """What was not indexed comes last."""
    memory = found[1]
    return float(memory["score"]) if memory["metadata"]["store"]["indexed"] else -1.0
