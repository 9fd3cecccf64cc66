"""Bulk changes: to every version of the index at once, and what became of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from pydantic_core import to_json

from lamella.engines.opensearch_client import failure, translated
from lamella.engines.opensearch_documents import VECTOR_FIELDS, document, joined
from lamella.engines.opensearch_index import Layout, Version
from lamella.engines.opensearch_library import OpenSearch
from lamella.errors import Invalid, LamellaError, Unavailable
from lamella.ports import Remove, Upsert

ATTEMPTS = 4
FIRST_PAUSE = 0.1
MAX_BYTES = 5_000_000
"""Of one request: small domains accept 10 MB."""

_BUSY = (429, 500, 502, 503, 504)


@dataclass(frozen=True, slots=True)
class Action:
    """One line of a bulk (two, with a source): for the change `number`, to one version."""

    number: int
    kind: str
    meta: Mapping[str, Any]
    source: Mapping[str, Any] | None
    required: bool

    def lines(self) -> bytes:
        """The NDJSON that asks for it."""
        head = {self.kind: self.meta}
        parts = (head,) if self.source is None else (head, self.source)
        return b"".join(_json(part) + b"\n" for part in parts)


@dataclass(slots=True)
class Outcome:
    """What has become of a bulk so far."""

    refused: dict[int, str] = field(default_factory=dict)
    again: list[Action] = field(default_factory=list)
    trouble: LamellaError | None = None


class Bulk:
    """Sends changes and waits until searches see them."""

    def __init__(
        self,
        client: OpenSearch,
        sleep: Callable[[float], None] = time.sleep,
        dice: Random | None = None,
    ) -> None:
        self._client = client
        self._sleep = sleep
        self._dice = dice or Random()

    def send(self, actions: Sequence[Action], refresh: str = "wait_for") -> dict[int, str]:
        """Why changes were refused for good, by their numbers; those not named are done.

        Raises Throttled or Unavailable where some were still not accepted at the last attempt.
        """
        refused: dict[int, str] = {}
        waiting = list(actions)
        for attempt in range(ATTEMPTS):
            outcome = self._round(waiting, refresh)
            refused |= outcome.refused
            waiting = outcome.again
            if not waiting:
                return refused
            if attempt + 1 < ATTEMPTS:
                self._sleep(FIRST_PAUSE * 2**attempt * (0.5 + self._dice.random()))
        raise outcome.trouble or Unavailable("OpenSearch did not accept the changes: try again")

    def _round(self, actions: Sequence[Action], refresh: str) -> Outcome:
        outcome = Outcome()
        for batch, body in _batches(actions):
            with translated():
                answer = self._client.bulk(body=body, refresh=refresh)
            for action, item in zip(batch, answer["items"], strict=True):
                _judge(action, item[action.kind], outcome)
        return outcome


def actions(
    changes: Sequence[Upsert | Remove],
    targets: Mapping[str, Version],
    layout: Layout,
    current: str,
) -> tuple[list[Action], dict[int, str]]:
    """The changes as actions on every target, by alias; and why some never can be.

    What goes to a version that is still being filled is marked there, for the rebuild to settle;
    if that is of another model, without the vector.
    """
    made: list[Action] = []
    refused: dict[int, str] = {}
    for number, change in enumerate(changes):
        try:
            made += [
                removal(number, change, version, required=alias == current)
                if isinstance(change, Remove)
                else _upsert(number, change, alias, version, layout, required=alias == current)
                for alias, version in targets.items()
            ]
        except Invalid as exc:
            refused[number] = exc.detail
    return made, refused


def filling(number: int, upsert: Upsert, alias: str, layout: Layout) -> Action:
    """Write a memory as the table has it, over the same version too."""
    record = upsert.record
    meta = _meta(upsert.org, record.owner, record.id, record.version)
    meta |= {"_index": alias, "require_alias": True, "version_type": "external_gte"}
    return Action(number, "index", meta, document(upsert.org, record, layout.dimensions), True)


def removal(number: int, change: Remove, target: Version, *, required: bool) -> Action:
    """Take a memory out of the index itself: for an alias just gone OpenSearch would make one."""
    meta = _meta(change.org, change.owner, change.id, change.version)
    return Action(number, "delete", {**meta, "_index": target.name}, None, required)


def _upsert(
    number: int, change: Upsert, alias: str, target: Version, layout: Layout, *, required: bool
) -> Action:
    record = change.record
    source = document(change.org, record, layout.dimensions)
    if not target.holds(layout):
        source = {name: value for name, value in source.items() if name not in VECTOR_FIELDS}
    if not required:
        source["unsettled"] = True
    meta = _meta(change.org, record.owner, record.id, record.version)
    return Action(
        number, "index", {**meta, "_index": alias, "require_alias": True}, source, required
    )


def _meta(org: str, owner: str, id: str, version: int) -> dict[str, Any]:
    return {
        "_id": joined(org, id),
        "routing": joined(org, owner),
        "version": version,
        "version_type": "external",
    }


def _judge(action: Action, item: Mapping[str, Any], outcome: Outcome) -> None:
    status, error = item["status"], item.get("error")
    if error is None or status == 409:
        return
    kind = error["type"]
    if status == 400:
        outcome.refused[action.number] = f"OpenSearch refused the document ({kind})"
    elif status in _BUSY:
        outcome.again.append(action)
        outcome.trouble = failure(status, kind)
    elif status == 404 and not action.required:
        return
    else:
        raise failure(status, kind)


def _batches(actions: Sequence[Action]) -> Iterator[tuple[list[Action], bytes]]:
    batch: list[Action] = []
    body = b""
    for action in actions:
        lines = action.lines()
        if batch and len(body) + len(lines) > MAX_BYTES:
            yield batch, body
            batch, body = [], b""
        batch.append(action)
        body += lines
    if batch:
        yield batch, body


def _json(value: Any) -> bytes:
    return to_json(value)
