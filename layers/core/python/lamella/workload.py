"""What waits in an owner's partition, and which of it is ready to be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lamella import keys
from lamella.consent import PURPOSE, agrees, required
from lamella.inflight import DUE, InFlight
from lamella.limits import encoded
from lamella.plans import MAX_BYTES, MAX_ITEMS, MAX_TURNS, Plan
from lamella.ports import Get, Marked, Query, Table
from lamella.settings import Settings

PAGE = 1_000
EVERYTHING = 100_000
FAR = 1 << 53


@dataclass(slots=True)
class Workload:
    """One look at an owner's unfinished items and plans, and at the controls over them.

    `behind` are sessions with calls that failed and wait to be tried again: they can't end yet.
    `cleared` are sessions of which nothing captured until then is to be kept. `left_changes` tells
    that what was done since has left changes to project.
    """

    items: list[InFlight] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    consent: bool = True
    cutoff: int = -1
    behind: set[str | None] = field(default_factory=set)
    cleared: dict[str | None, int] = field(default_factory=dict)
    left_changes: bool = False

    @property
    def calls(self) -> list[InFlight]:
        """Calls nobody has read yet, oldest first; what a plan holds has been read."""
        planned = self._planned()
        return [item for item in self.items if item.turns and item.id not in planned]

    @property
    def changes(self) -> list[InFlight]:
        """Memories whose index entry lags."""
        return [item for item in self.items if item.memory is not None]

    @property
    def endings(self) -> list[InFlight]:
        """Sessions to end, unless a plan does or they are behind."""
        planned = self._planned()
        behind = self.behind | {item.get("session_id") for p in self.plans for item in p.items}
        ends = [item for item in self.items if item.ends and item.id not in planned]
        return [item for item in ends if item.session_id not in behind]

    @property
    def forgotten(self) -> bool:
        """Whether something was captured before the owner was forgotten, and committed after."""
        return any(item.captured_at <= self.cutoff for item in self.items)

    def clears(self, call: InFlight) -> bool:
        """Whether the session of `call` was closed with the wish that nothing of it be kept."""
        return call.captured_at <= self.cleared.get(call.session_id, -1)

    def add(self, item: InFlight, now: int) -> None:
        """Take an unfinished item in, if its backoff is over."""
        if item.ends == "clear":
            self.cleared[item.session_id] = item.cutoff
        if not item.attempts or item.due_at <= now:
            self.items.append(item)
        elif item.turns:
            self.behind.add(item.session_id)

    def _planned(self) -> set[str]:
        whole = [plan for plan in self.plans if plan.finishes]
        endings = [plan.ending["id"] for plan in whole if plan.ending]
        return {*endings, *(item["id"] for plan in whole for item in plan.items)}


def look(table: Table, settings: Settings, org: str, owner: str, now: int) -> Workload:
    """All of an owner's work that is due by its own backoff, in order of arrival."""
    pk = keys.owner_pk(org, owner)
    found = Workload()
    after: str | None = None
    while True:
        waiting, plans, consent, tombstone = table.read(
            [
                Query(pk, keys.IN_FLIGHT, after=after, limit=PAGE),
                Query(pk, keys.PLANS),
                Get(keys.consent(org, owner, PURPOSE)),
                Get(keys.tombstone(org, owner)),
            ]
        )
        for item in waiting.items:
            work = InFlight.from_body(item.body)
            if work.state == DUE:
                found.add(work, now)
        if not waiting.more:
            break
        after = waiting.items[-1].key.sk
    found.plans = [Plan.from_body(item.body) for item in plans.items]
    found.consent = agrees(consent.first, required(settings))
    found.cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
    return found


def waiting(table: Table, org: str) -> list[InFlight]:
    """Everybody's unfinished work in `org`, as the sparse index tells it: eventually."""
    reads = [Marked(bucket, FAR, limit=EVERYTHING) for bucket in keys.due_buckets()]
    found = [item.body for page in table.read(reads) for item in page.items]
    return [InFlight.from_body(body) for body in found if "state" in body and body["org"] == org]


def by_session(calls: Sequence[InFlight]) -> dict[str | None, list[InFlight]]:
    """Calls grouped by their session, each group in order of arrival."""
    groups: dict[str | None, list[InFlight]] = {}
    for item in calls:
        groups.setdefault(item.session_id, []).append(item)
    return groups


def settles_at(calls: Sequence[InFlight], settings: Settings) -> int:
    """When a session's calls may be read: after a moment of quiet, at once if there are many."""
    turns = sum(len(item.turns) for item in calls)
    if turns >= settings.settle_turns or any(item.urgent for item in calls):
        return 0
    newest, oldest = calls[-1].captured_at, calls[0].captured_at
    return min(newest + settings.settle, oldest + settings.settle_at_most)


def portions(calls: Sequence[InFlight]) -> list[list[InFlight]]:
    """Calls in portions of at most 40 items, 400 turns, and 150 KB of text and metadata.

    What has failed before goes alone, so that a poisoned call holds up no other. Calls that ask
    for something else to be kept are not read together.
    """
    portioned: list[list[InFlight]] = []
    turns = filled = 0
    for item in calls:
        size = len(encoded(item.body()).encode())
        turns, filled = turns + len(item.turns), filled + size
        last = portioned[-1] if portioned else []
        full = len(last) == MAX_ITEMS or turns > MAX_TURNS or filled > MAX_BYTES
        apart = last and (last[-1].attempts or last[-1].guidance != item.guidance)
        if not last or full or item.attempts or apart:
            portioned.append([])
            turns, filled = len(item.turns), size
        portioned[-1].append(item)
    return portioned
