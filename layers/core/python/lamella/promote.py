"""Promote: read what is in flight, decide what is worth keeping, place it, project it.

It is told an owner, and takes that owner's lease, so that one promotion at a time works there.
Whatever kills it, the next one goes on: plans are replayed, finished items are skipped.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from lamella import sessions
from lamella.background import background
from lamella.clock import Clock
from lamella.consent import required
from lamella.endings import Endings
from lamella.erase import Erase
from lamella.errors import LamellaError
from lamella.ids import Ids
from lamella.inflight import InFlight
from lamella.lease import Lease, LeaseLost, Leases
from lamella.models import Fact
from lamella.org_secret import OrgSecrets
from lamella.org_settings import guidance_of, settings_of
from lamella.personal import Personal
from lamella.placing import Placing
from lamella.plans import Clean, Plan, Planner
from lamella.ports import Commit, Embedder, Extractor, Index, Judge, Table
from lamella.projection import Projection
from lamella.reconcile import Reconcile
from lamella.rivals import Rivals
from lamella.scopes import Layer
from lamella.setbacks import Setbacks
from lamella.settings import Settings
from lamella.values import dataclass
from lamella.workload import FAR, Workload, by_session, look, portions, settles_at

if TYPE_CHECKING:
    pass

log = logging.getLogger("lamella.promote")

PLANS_PER_COMMIT = 10

Step = Callable[[Lease, Sequence[InFlight], Workload], int]
"""(lease, items, what they were found with) → how many memories it added."""


@dataclass(frozen=True, slots=True)
class Promoted:
    """What a run did. `again_at` is when something that wasn't ready should be looked at."""

    busy: bool = False
    added: int = 0
    again_at: int | None = None


class Promote:
    """The use case behind the nudge, the sweep and `flush`."""

    def __init__(
        self,
        table: Table,
        index: Index,
        embedder: Embedder,
        extractor: Extractor,
        secrets: OrgSecrets,
        personal: Personal,
        settings: Settings,
        clock: Clock,
        ids: Ids,
        erase: Erase,
        judge: Judge | None = None,
    ) -> None:
        self._table = table
        self._extractor = extractor
        self._secrets = secrets
        self._personal = personal
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._erase = erase
        self._leases = Leases(table, settings.lease, clock, ids)
        self._endings = Endings(table, extractor)
        self._planner = Planner(settings, ids)
        rivals = None
        if judge is not None and judge.knows(embedder.model):
            rivals = Rivals(table, index, judge, embedder.model, ids)
        consent = required(settings)
        reconcile = Reconcile(table, embedder, self._leases, consent, clock, ids, rivals)
        grace = settings.done_grace
        self._projection = Projection(table, index, embedder, grace, clock)
        self._placing = Placing(
            table, reconcile, self._projection, self._endings, self._leases, grace, clock
        )
        self._setbacks = Setbacks(table, settings, clock)

    def run(self, org: str, owner: str, hurry: bool = False) -> Promoted:
        """Do what waits for `owner`; `hurry` ignores the settle window and earlier backoff.

        A failure of one session or memory is counted on its in-flight items and never stops the
        rest. Answers `busy` where another promotion holds the lease: it has been told.
        """
        lease = self._leases.take(org, owner)
        if lease is None:
            return Promoted(busy=True)
        added = 0
        while True:
            try:
                done = self._work(lease, hurry)
            except LeaseLost:
                return Promoted(busy=True, added=added)
            except LamellaError:
                self._leases.release(lease)
                raise
            added += done.added
            if self._leases.release(lease):
                return Promoted(added=added, again_at=done.again_at)

    def _work(self, lease: Lease, hurry: bool) -> Promoted:
        now = self._clock()
        until = FAR if hurry else now
        found = look(self._table, self._settings, lease.org, lease.owner, until)
        added = sum(self._replay(lease, plan) for plan in found.plans)
        if found.plans:
            found = look(self._table, self._settings, lease.org, lease.owner, until)
        if found.forgotten:
            self._erase.late(lease.org, lease.owner, found.cutoff)
            found = look(self._table, self._settings, lease.org, lease.owner, until)
        later: list[int] = []
        ending = {item.session_id for item in found.endings}
        for session, calls in by_session(found.calls).items():
            ready = settles_at(calls, self._settings)
            if hurry or session in ending or ready <= now:
                for portion in portions(calls):
                    added += self._attempt(lease, portion, found, self._promote_calls)
            else:
                later.append(ready)
        for item in found.endings:
            added += self._attempt(lease, [item], found, self._promote_ending)
        if found.changes or found.left_changes:
            found = look(self._table, self._settings, lease.org, lease.owner, until)
            self._attempt(lease, found.changes, found, self._project)
        return Promoted(added=added, again_at=min(later, default=None))

    def _attempt(self, lease: Lease, items: Sequence[InFlight], found: Workload, step: Step) -> int:
        """One step; its failure is recorded on its items and stops nothing else."""
        try:
            return step(lease, items, found) if items else 0
        except LeaseLost:
            raise
        except Exception as failure:
            log.error("promotion step failed: %s", type(failure).__name__)
            self._setbacks.count(items, failure)
            found.behind |= {item.session_id for item in items if item.turns}
            found.left_changes = True
            return 0

    def _replay(self, lease: Lease, plan: Plan) -> int:
        try:
            self._table.write(self._missing(plan.sources))
            return self._placing.carry_out(lease, plan).added
        except LeaseLost:
            raise
        except Exception as failure:
            log.error("plan could not be replayed: %s", type(failure).__name__)
            self._setbacks.count_plan(plan, failure)
            return 0

    def _promote_calls(self, lease: Lease, calls: Sequence[InFlight], found: Workload) -> int:
        now = self._clock()
        living = [c for c in calls if not c.over(now) and not found.clears(c)]
        asked, earlier = background(self._table, calls[0], found.cutoff)
        spoken = [turn for item in living for turn in item.spoken]
        facts = self._extractor.extract(spoken, earlier, lease.org, asked)
        secret = self._secrets.of(lease.org)
        told = _attributed(facts, living)
        plans = self._planner.plan(
            told, calls, secret, self._clean(lease), found.consent, now, guidance=asked
        )
        return self._carry_out(lease, plans, calls, found)

    def _promote_ending(self, lease: Lease, endings: Sequence[InFlight], found: Workload) -> int:
        [ending] = endings
        asked = guidance_of(settings_of(self._table, lease.org), ending)
        facts = self._endings.episodes(lease.org, ending, asked) if ending.ends != "clear" else []
        if not found.consent or lease.owner.startswith("s:"):
            facts = []
        secret, now = self._secrets.of(lease.org), self._clock()
        plans = self._planner.plan(
            [(fact, ending) for fact in facts],
            [],
            secret,
            self._clean(lease),
            found.consent,
            now,
            ending,
            asked,
        )
        return self._carry_out(lease, plans, [], found)

    def _clean(self, lease: Lease) -> Clean:
        return partial(self._personal.discreet, lease.org)

    def _carry_out(
        self, lease: Lease, plans: Sequence[Plan], calls: Sequence[InFlight], found: Workload
    ) -> int:
        """Persist the plans before their first write, and embed the first memories meanwhile."""
        with ThreadPoolExecutor(1, thread_name_prefix="lamella-plans") as writer:
            persisted = writer.submit(self._persist, lease, plans, calls)
            ahead = [self._placing.ahead(plan) for plan in plans[:1]]
        persisted.result()
        added = 0
        for plan, records in zip_longest(plans, ahead):
            carried_out = self._placing.carry_out(lease, plan, records)
            added += carried_out.added
            found.left_changes |= carried_out.left_changes
        return added

    def _persist(self, lease: Lease, plans: Sequence[Plan], calls: Sequence[InFlight]) -> None:
        """Write the plans, and beside them META, should it be missing.

        In one commit, as long as it holds them: the last ones finish the calls, so those come last.
        """
        beside = self._missing(calls)
        for start in range(0, len(plans), PLANS_PER_COMMIT):
            some = plans[start : start + PLANS_PER_COMMIT]
            commit: Commit = (lease.check, *(plan.put() for plan in some))
            if self._table.write([commit, *beside])[0] is not None:
                raise LeaseLost(f"owner {lease.owner[2:]}: another promotion took over")
            beside = []

    def _missing(self, calls: Sequence[InFlight]) -> list[Commit]:
        """What capture writes beside its commit, for a crash may have come between."""
        oldest = {call.session_id: call for call in reversed(calls)}
        return [c for call in oldest.values() for c in sessions.restore(call, self._settings)]

    def _project(self, lease: Lease, changes: Sequence[InFlight], found: Workload) -> int:
        notes = [item for item in changes if item.record.layer == Layer.SESSION]
        self._table.write(self._missing([note for note in notes if not note.removed]))
        self._projection.project(lease.org, changes)
        return 0


def _attributed(facts: Sequence[Fact], calls: Sequence[InFlight]) -> list[tuple[Fact, InFlight]]:
    """Each fact with the call that says it; it may quote a question out of an earlier one."""
    said_in = {turn["id"]: item for item in calls for turn in item.turns}
    return [
        (fact, next(said_in[source] for source in fact.sources if source in said_in))
        for fact in facts
    ]
