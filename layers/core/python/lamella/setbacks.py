"""When promotion fails on something: count it, wait longer each time, set it aside in the end."""

from __future__ import annotations

from collections.abc import Sequence

from lamella import keys
from lamella.clock import MINUTE, Clock
from lamella.errors import LamellaError
from lamella.inflight import InFlight
from lamella.plans import Plan
from lamella.ports import Commit, Get, Is, Item, Mark, Operation, Present, Table, Update
from lamella.receipts import Receipt
from lamella.settings import Settings
from lamella.tallies import tally

DOUBLINGS = 5
LONGEST = 5 * MINUTE


class Setbacks:
    """Counts failures on in-flight items; what a retry can't mend is parked after N attempts."""

    def __init__(self, table: Table, settings: Settings, clock: Clock) -> None:
        self._table = table
        self._settings = settings
        self._clock = clock

    def count(self, items: Sequence[InFlight], failure: Exception) -> None:
        """One more failed attempt for each of `items`."""
        now = self._clock()
        for item in items:
            if _hopeless(failure, item.attempts + 1, self._settings.attempts):
                self._table.write([self._parked(item, failure, now)])
            else:
                again = now + _delay(self._settings.backoff, item.attempts)
                self._table.write([(item.postpone(again),)])

    def count_plan(self, plan: Plan, failure: Exception) -> None:
        """One more failed replay of `plan`; parked, its in-flight items go with it."""
        attempts = plan.attempts + 1
        if not _hopeless(failure, attempts, self._settings.attempts):
            self._table.write([(Update(plan.key, {"attempts": attempts}, Present()),)])
            return
        now = self._clock()
        endings = [InFlight.from_body(plan.ending)] if plan.ending else []
        self._table.write(
            [
                *(self._parked(item, failure, now) for item in [*plan.sources, *endings]),
                (plan.drop(),),
            ]
        )

    def _parked(self, item: InFlight, failure: Exception, now: int) -> Commit:
        tally("ParkedItems")
        reason = type(failure).__name__
        operations: list[Operation] = [item.park(reason, now)]
        [page] = self._table.read([Get(keys.receipt(item.org, item.event))])
        if item.event and page.first is not None:
            operations.append(Receipt.from_body(page.first.body).failed(reason, now))
        return tuple(operations)


def moved_on(item: Item, now: int) -> Commit:
    """The sweep has sent for `item`: it looks again only later."""
    work = InFlight.from_body(item.body)
    mark = Mark(keys.due_bucket(work.org, work.owner), now)
    return (Update(item.key, {}, Is("state", work.state), mark=mark),)


def _hopeless(failure: Exception, attempts: int, at_most: int) -> bool:
    temporary = isinstance(failure, LamellaError) and failure.retryable
    return not temporary and attempts >= at_most


def _delay(backoff: int, attempts: int) -> int:
    delay: int = backoff << min(attempts, DOUBLINGS)
    return min(delay, LONGEST)
