"""What an organization may spend on models in a day, and what reads its turns after that."""

from __future__ import annotations

from collections.abc import Sequence

from lamella import keys
from lamella.clock import DAY, Clock, iso
from lamella.errors import Throttled
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.models import Fact, Turn
from lamella.ports import Absent, Extractor, Get, Is, Item, Key, Put, Table

TRIES = 20
KEPT = 7 * DAY


class Budget:
    """`limit` tokens an organization and day (UTC), counted in the table by all processes."""

    def __init__(self, table: Table, limit: int, clock: Clock) -> None:
        self._table = table
        self._limit = limit
        self._clock = clock

    def allows(self, org: str) -> bool:
        """Whether the organization has tokens left today.

        What is being read while the last are spent still counts, so that a day may end above its
        limit by as much as goes on at once.
        """
        return self._spent(keys.budget(org, self._today()))[0] < self._limit

    def spend(self, org: str, tokens: int) -> None:
        """Count `tokens` as spent today. Raises Throttled where others count all the while."""
        key = keys.budget(org, self._today())
        for _ in range(TRIES):
            spent, unchanged = self._spent(key)
            item = Item(key, {"spent": spent + tokens}, ttl=self._clock() + KEPT)
            if self._table.write([(Put(item, unchanged),)]) == [None]:
                return
        raise Throttled(f"too many count the tokens of organization {org} at once: try again later")

    def _spent(self, key: Key) -> tuple[int, Absent | Is]:
        [page] = self._table.read([Get(key)])
        if page.first is None:
            return 0, Absent()
        spent: int = page.first.body["spent"]
        return spent, Is("spent", spent)

    def _today(self) -> str:
        return iso(self._clock())[:10]


class Budgeted:
    """An Extractor that reads with `primary` while the budget lasts, then with `fallback`."""

    def __init__(self, primary: Extractor, fallback: Extractor, budget: Budget) -> None:
        self.name = primary.name
        self._primary = primary
        self._fallback = fallback
        self._budget = budget

    def extract(
        self,
        turns: Sequence[Turn],
        earlier: Sequence[Turn],
        org: str,
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Fact]:
        """See `ports.Extractor`."""
        return self._affordable(org).extract(turns, earlier, org, guidance)

    def summarize(
        self, turns: Sequence[Turn], org: str, guidance: Guidance = NOTHING_ASKED
    ) -> list[Fact]:
        """See `ports.Extractor`."""
        return self._affordable(org).summarize(turns, org, guidance)

    def _affordable(self, org: str) -> Extractor:
        return self._primary if self._budget.allows(org) else self._fallback
