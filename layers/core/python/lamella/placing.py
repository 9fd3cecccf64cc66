"""Carrying out a plan: apply its memories, show them, then close it and tell the receipts.

Its calls are finished only after the index has, or the outbox awaits, what came of them: until
then they are what retrieve shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lamella import changes, keys, permissions
from lamella.clock import Clock
from lamella.endings import Endings
from lamella.inflight import InFlight
from lamella.lease import Lease, LeaseLost, Leases
from lamella.models import Record
from lamella.placed import Placed
from lamella.plans import Plan
from lamella.ports import Check, Commit, Get, Is, Operation, Present, Table, Update
from lamella.projection import Projection
from lamella.receipts import Receipt
from lamella.reconcile import Reconcile
from lamella.scopes import Layer
from lamella.tallies import tally

OUTCOMES = {"ADD": "Promoted", "duplicate": "Deduplicated"}
"""What is counted of a planned memory, by what became of it."""

MAX_SUCCESSORS = 100
"""How many of the memories that came of a call its in-flight item names."""


class CarriedOut(NamedTuple):
    """How many memories a plan added, and whether changes wait in the outbox now."""

    added: int
    left_changes: bool


class Placing:
    """Takes a persisted plan to its end; doing so again changes nothing."""

    def __init__(
        self,
        table: Table,
        reconcile: Reconcile,
        projection: Projection,
        endings: Endings,
        leases: Leases,
        grace: int,
        clock: Clock,
    ) -> None:
        self._table = table
        self._reconcile = reconcile
        self._projection = projection
        self._endings = endings
        self._leases = leases
        self._grace = grace
        self._clock = clock

    def ahead(self, plan: Plan) -> Sequence[Record]:
        """The plan's memories, the first embedded: that much may be done before it is persisted."""
        return self._reconcile.ahead(plan.records)

    def carry_out(
        self, lease: Lease, plan: Plan, records: Sequence[Record] | None = None
    ) -> CarriedOut:
        """Apply, show, remove what an ending removes, close. `records`: those made `ahead`."""
        placed = self._reconcile.apply(lease, plan.records if records is None else records)
        awaited = self._show(lease.org, placed)
        ending = InFlight.from_body(plan.ending) if plan.ending else None
        if ending is not None and ending.ends != "idle":
            self._endings.remove(lease.org, ending)
        self._close(lease, self._closing(lease, plan, placed, ending))
        for one in placed:
            tally(OUTCOMES.get(one.reason or one.event, "KeptOut"), one.planned.layer)
        added = sum(one.event == "ADD" for one in placed)
        return CarriedOut(added, awaited or any(one.left_changes for one in placed))

    def _show(self, org: str, placed: Sequence[Placed]) -> bool:
        """Into the index with what was added; into the outbox, and True, with what it didn't take.

        An earlier attempt may have ended anywhere: what it added is shown as it is by now.
        """
        added = [one for one in placed if one.event == "ADD" and one.planned.layer == Layer.USER]
        made = [one.made for one in added if one.made]
        before = [one.planned for one in added if not one.made]
        present = self._projection.present(org, before) if before else []
        left = self._projection.show(org, [*made, *present])
        self._table.write([self._awaited(org, record) for record in left])
        return bool(left)

    def _awaited(self, org: str, record: Record) -> Commit:
        """An in-flight item for `record`, unless somebody changed it, and so left one of theirs.

        Called as the memory is, it is older than those, and the same at each attempt.
        """
        unchanged = Check(changes.record_key(org, record), Is("version", record.version))
        waiting = InFlight.of_memory(record.id, org, record, self._clock())
        unforgotten = permissions.unforgotten(org, record.owner, record.captured_at)
        return (unforgotten, unchanged, waiting.put())

    def _closing(
        self, lease: Lease, plan: Plan, placed: Sequence[Placed], ending: InFlight | None
    ) -> list[Operation]:
        now = self._clock()
        operations: list[Operation] = [self._leases.renewal(lease), plan.drop()]
        for item in plan.sources if plan.finishes else ():
            successors = dict.fromkeys(one.id for one in placed if one.id and _from(one, item))
            named = tuple(successors)[:MAX_SUCCESSORS]
            operations.append(item.finish(now, self._grace, named))
        if ending is not None:
            operations.append(ending.finish(now, self._grace))
            if ending.ends == "idle":
                operations.append(_summarized(ending))
        return operations + self._receipts(plan, placed, now)

    def _close(self, lease: Lease, operations: list[Operation]) -> None:
        """Commit them but for those on what is gone: forgotten, or done before and purged."""
        while True:
            [refusal] = self._table.write([tuple(operations)])
            if refusal is None:
                return
            if operations[refusal.operation].key == lease.key:
                raise LeaseLost(f"owner {lease.owner[2:]}: another promotion took over")
            del operations[refusal.operation]

    def _receipts(self, plan: Plan, placed: Sequence[Placed], now: int) -> list[Operation]:
        """The receipts of the plan's calls, each told about its own turns."""
        events = {item.event: item for item in plan.sources if item.event}
        pages = self._table.read([Get(keys.receipt(plan.org, event)) for event in events])
        told: list[Operation] = []
        for page in pages:
            if page.first is None:
                continue
            receipt = Receipt.from_body(page.first.body)
            mine = [item for item in plan.sources if item.event == receipt.id]
            results = [one.result() for one in placed if any(_from(one, item) for item in mine)]
            results += [dict(line) for line in plan.skipped if _said_in(line["sources"], receipt)]
            done = [item.id for item in mine] if plan.finishes else []
            told.append(receipt.finished(done, results, now))
        return told


def _summarized(ending: InFlight) -> Update:
    """Its session's turns up to the cutoff live in episodes from now on."""
    meta = keys.meta(ending.org, ending.owner, ending.session_id or "")
    return Update(meta, {"summarized_to": ending.cutoff}, Present())


def _from(placed: Placed, item: InFlight) -> bool:
    return any(source.rpartition("-")[0] == item.event for source in placed.planned.sources)


def _said_in(sources: Sequence[Any], receipt: Receipt) -> bool:
    return any(str(source).rpartition("-")[0] == receipt.id for source in sources)
