"""Work that promotion has set aside: listed without its text, and sent on its way again."""

from __future__ import annotations

from collections.abc import Sequence

from lamella import keys
from lamella.clock import Clock, iso
from lamella.errors import NotFound
from lamella.inflight import InFlight
from lamella.ports import Bus, Commit, Get, Marked, Nudge, Operation, Table
from lamella.receipts import Receipt
from lamella.requests.parked import RedriveRequest
from lamella.results import Wire
from lamella.workload import FAR

PAGE = 1_000


class Parked:
    """Reads the organization's parked in-flight items through the sparse index."""

    def __init__(self, table: Table, bus: Bus, clock: Clock) -> None:
        self._table = table
        self._bus = bus
        self._clock = clock

    def list(self, org: str) -> Wire:
        """The oldest 1,000: whose they are, of which call, and the type of error that parked them.

        `more` says whether there are others.
        """
        found, more = self._found(org)
        return {"results": [_shown(item) for item in found], "more": more}

    def redrive(self, org: str, call: RedriveRequest) -> Wire:
        """Make the named items, or the oldest 1,000, due again and promote them.

        Raises NotFound for an id that isn't parked, and then changes nothing.
        """
        found, more = self._found(org)
        if call.ids:
            unknown = sorted(set(call.ids) - {item.id for item in found})
            if unknown:
                raise NotFound(f"no parked item {unknown[0]}: nothing was sent again")
            found, more = [item for item in found if item.id in call.ids], False
        sent = [item for item in found if self._table.write([self._again(item)]) == [None]]
        self._bus.publish(list(dict.fromkeys(Nudge(org, item.owner) for item in sent)))
        return {"message": "Parked work is due again.", "redriven": len(sent), "more": more}

    def _found(self, org: str) -> tuple[Sequence[InFlight], bool]:
        [page] = self._table.read([Marked(keys.parked_bucket(org), FAR, limit=PAGE)])
        return [InFlight.from_body(item.body) for item in page.items], page.more

    def _again(self, item: InFlight) -> Commit:
        operations: list[Operation] = [item.redrive(self._clock())]
        [page] = self._table.read([Get(keys.receipt(item.org, item.event))])
        if item.event and page.first is not None:
            operations.append(Receipt.from_body(page.first.body).reopened())
        return tuple(operations)


def _shown(item: InFlight) -> Wire:
    return {
        "id": item.id,
        "owner": item.owner[2:],
        "session_id": item.session_id,
        "work": "session end" if item.ends else "memory" if item.memory else "call",
        "event_id": item.event or None,
        "memory_id": item.record.id if item.memory else None,
        "captured_at": iso(item.captured_at),
        "attempts": item.attempts,
        "reason": item.reason,
    }
