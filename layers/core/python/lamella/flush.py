"""Flush: what waits is promoted now, and whoever asked waits for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from lamella.clock import Clock
from lamella.errors import DeadlineExceeded
from lamella.inflight import InFlight
from lamella.ports import Table
from lamella.promote import Promote
from lamella.reach import owners_of_session
from lamella.results import Wire
from lamella.settings import Settings
from lamella.workload import FAR, look, waiting

if TYPE_CHECKING:
    from lamella.requests import FlushRequest


class Flush:
    """The use case behind `flush`: no settle window, no backoff, no nudge."""

    def __init__(
        self,
        table: Table,
        promote: Promote,
        settings: Settings,
        clock: Clock,
        sleep: Callable[[float], None],
    ) -> None:
        self._table = table
        self._promote = promote
        self._settings = settings
        self._clock = clock
        self._sleep = sleep

    def run(self, org: str, call: FlushRequest) -> Wire:
        """Promote now, for whoever the call names or for everybody waiting in the organization.

        Raises DeadlineExceeded where another promotion keeps an owner's lease all the while.
        """
        owners = self._meant(org, call)
        added = sum(self._until_done(org, owner) for owner in owners)
        left = [item for owner in owners for item in self._left(org, owner)]
        return {"message": "Promoted.", "added": added, "pending": len(left)}

    def _meant(self, org: str, call: FlushRequest) -> Sequence[str]:
        if not call.scope:
            return [*dict.fromkeys(item.owner for item in waiting(self._table, org))]
        if call.scope.owner.startswith("s:"):
            return owners_of_session(self._table, org, call.scope.session)
        return [call.scope.owner]

    def _until_done(self, org: str, owner: str) -> int:
        patience = self._clock() + self._settings.wait
        while (done := self._promote.run(org, owner, hurry=True)).busy:
            if self._clock() > patience:
                raise DeadlineExceeded(f"owner {owner[2:]} is being promoted elsewhere: try later")
            self._sleep(0.02)
        return done.added

    def _left(self, org: str, owner: str) -> list[InFlight]:
        return look(self._table, self._settings, org, owner, FAR).items
