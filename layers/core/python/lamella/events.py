"""What became of calls: receipts as the events that clients poll."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lamella import keys
from lamella.clock import HOUR, Clock
from lamella.errors import NotFound
from lamella.memories import Memories
from lamella.ports import Get, Marked, Table
from lamella.receipts import Receipt
from lamella.results import Wire
from lamella.settings import Settings


class Events:
    """Reads receipts; the texts of their memories are looked up, for a receipt holds none."""

    def __init__(self, table: Table, memories: Memories, settings: Settings, clock: Clock) -> None:
        self._table = table
        self._memories = memories
        self._settings = settings
        self._clock = clock

    def receipt(self, org: str, id: str) -> Receipt:
        """The receipt of call `id`. Raises NotFound once it has expired."""
        [page] = self._table.read([Get(keys.receipt(org, id))])
        oldest = self._clock() - self._settings.receipt_lifetime
        if page.first is None or page.first.body["created_at"] <= oldest:
            raise NotFound(f"no event {id}: events are kept for 7 days")
        return Receipt.from_body(page.first.body)

    def event(self, org: str, id: str) -> Wire:
        """One event, with the memories that came of it."""
        receipt = self.receipt(org, id)
        return receipt.wire() | {"results": self.results(org, receipt)}

    def latest(self, org: str, limit: int) -> Wire:
        """The newest events of the organization, newest first, without texts."""
        now = self._clock()
        found: list[Receipt] = []
        hour, oldest = now // HOUR, (now - self._settings.receipt_lifetime) // HOUR
        while hour >= oldest and len(found) < limit:
            found += self._of_hour(org, hour)
            hour -= 1
        return {"results": [receipt.wire() for receipt in found[:limit]]}

    def _of_hour(self, org: str, hour: int) -> Sequence[Receipt]:
        bucket = keys.receipt_bucket(org, hour)
        found: list[Receipt] = []
        since = 0
        while True:
            [page] = self._table.read([Marked(bucket, (hour + 1) * HOUR, since)])
            known = {receipt.id for receipt in found}
            fresh = [Receipt.from_body(item.body) for item in page.items]
            found += [receipt for receipt in fresh if receipt.id not in known]
            if not page.more:
                return sorted(found, key=lambda receipt: -receipt.created_at)
            since = max(fresh[-1].created_at, since + 1)

    def results(self, org: str, receipt: Receipt) -> list[dict[str, Any]]:
        """The receipt's results with each memory's text, as far as it may still be shown."""
        told = [dict(result) for result in receipt.results]
        ids = [one["id"] for one in told if "id" in one]
        texts = self._memories.texts(org, ids, self._clock())
        return [
            one | {"memory": texts[one["id"]], "data": {"memory": texts[one["id"]]}}
            if one.get("id") in texts
            else one
            for one in told
        ]
