"""Placing planned memories among what is known: once each, the newest truth on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

from lamella import changes, guards, keys, permissions
from lamella.clock import Clock
from lamella.embedding import embedded
from lamella.errors import LamellaError, Unavailable
from lamella.ids import Ids
from lamella.lease import Lease, LeaseLost, Leases
from lamella.models import Record
from lamella.packing import packed
from lamella.placed import Free, Known, Placed, Write
from lamella.ports import (
    Absent,
    Commit,
    Embedder,
    Get,
    Item,
    Operation,
    Refusal,
    Table,
    Update,
)
from lamella.rivals import Rival, Rivals
from lamella.scopes import Layer
from lamella.slots import slot_key
from lamella.succession import Succession, said_again
from lamella.topics import Topics, spoken_of_again, topic_keys

Records = Sequence[Record]

TRIES = 8

PORTION = 16
"""How many memories are embedded and written together: what one transaction holds, though each
brings a slot and a relation."""


class Reconcile:
    """Applies planned memories, each whole or not at all; independent ones share transactions."""

    def __init__(
        self,
        table: Table,
        embedder: Embedder,
        leases: Leases,
        needs_consent: bool,
        clock: Clock,
        ids: Ids,
        rivals: Rivals | None = None,
    ) -> None:
        self._table = table
        self._embedder = embedder
        self._leases = leases
        self._needs_consent = needs_consent
        self._clock = clock
        self._ids = ids
        self._succession = Succession(table, ids)
        self._topics = Topics(table, ids)
        self._rivals = rivals

    def ahead(self, records: Records) -> list[Record]:
        """The records, the first portion of them embedded: most will be new."""
        return [*self._with_vectors(records[:PORTION]), *records[PORTION:]]

    def apply(self, lease: Lease, records: Records) -> list[Placed]:
        """Place every record. Raises LeaseLost, or Unavailable if others keep interfering."""
        placed: list[Placed] = []
        waiting = list(records)
        for _ in range(len(waiting) * TRIES + 1):
            if not waiting:
                return placed
            wave, later = _independent(lease.org, waiting, self._rivals)
            fresh = [one.made for one in placed if one.made]
            done, again = self._round(lease, wave, fresh)
            placed += done
            waiting = [*again, *later]
        raise Unavailable(f"owner {lease.owner[2:]}: memories kept changing; promote again later")

    def _round(
        self, lease: Lease, wave: Records, fresh: Records
    ) -> tuple[list[Placed], list[Record]]:
        """Each portion is embedded while the one before it is on its way to the table.

        `fresh` are memories that were placed in earlier rounds.
        """
        settled: list[Placed] = []
        repeated: list[Record] = []
        with ThreadPoolExecutor(1, thread_name_prefix="lamella-placing") as sender:
            sent = [
                (writes, sender.submit(self._written, writes, beside))
                for writes, beside in self._portions(lease, wave, fresh, settled)
            ]
        for writes, told in sent:
            for (placed, commit), refusal in zip(writes, told.result(), strict=True):
                if refusal is None:
                    settled.append(placed)
                else:
                    _keep_lease(lease, commit, refusal)
                    repeated.append(placed.planned)
        return settled, repeated

    def _portions(
        self, lease: Lease, wave: Records, fresh: Records, settled: list[Placed]
    ) -> Iterator[tuple[Sequence[Write], Sequence[Commit]]]:
        """What is to be written for `wave`, and beside it; what needs no write is `settled`."""
        renewal = self._leases.renewal(lease)
        again: list[Write] = []
        free: list[Free] = []
        for record, known in zip(wave, self._known(lease.org, wave), strict=True):
            outcome = self._settled(lease, record, known)
            if not isinstance(outcome, Placed):
                free.append(Free(record, known, outcome))
            elif said := _affirmation(renewal, lease.org, outcome, known):
                again.append((outcome, said))
            else:
                settled.append(outcome)
        named = [one.record for one in free]
        beside = changes.directory_entries(lease.org, lease.owner, self._clock(), named)
        if again:
            yield again, beside
        for start in range(0, len(free), PORTION):
            some = free[start : start + PORTION]
            yield self._additions(lease, some, fresh), () if again or start else beside

    def _additions(self, lease: Lease, free: Sequence[Free], fresh: Records) -> list[Write]:
        records = self._with_vectors([one.record for one in free])
        near = self._rivals.near(lease.org, records, fresh, self._clock()) if self._rivals else {}
        renewal = self._leases.renewal(lease)
        return [
            self._placement(renewal, lease.org, record, one, near.get(record.id, ()))
            for record, one in zip(records, free, strict=True)
        ]

    def _written(self, writes: Sequence[Write], beside: Sequence[Commit]) -> list[Refusal | None]:
        """What became of each commit; those that were refused together have been tried alone."""
        commits = [commit for _, commit in writes]
        packs = packed(commits)
        told = self._table.write([*(pack.commit for pack in packs), *beside])
        refusals: list[Refusal | None] = [None] * len(commits)
        alone: list[int] = []
        for pack, refusal in zip(packs, told, strict=False):
            if refusal is not None and len(pack.members) == 1:
                refusals[pack.members[0]] = refusal
            elif refusal is not None:
                alone += pack.members
        for place, refusal in zip(
            alone, self._table.write([commits[place] for place in alone]), strict=True
        ):
            refusals[place] = refusal
        return refusals

    def _with_vectors(self, records: Records) -> list[Record]:
        """Ready for the index, or as they are while the embedder is away: projection sees to it."""
        try:
            return embedded(self._embedder, records)
        except LamellaError as failure:
            if not failure.retryable:
                raise
            return list(records)

    def _known(self, org: str, wave: Records) -> list[Known]:
        reads = [
            read
            for record in wave
            for read in (
                Get(keys.locator(org, record.id)),
                Get(keys.guard(org, record.owner, record.guard or "")),
                Get(slot_key(org, record) or keys.locator(org, record.id)),
                *permissions.reads(org, record.owner),
                *(Get(key) for key in topic_keys(org, record)),
            )
        ]
        found = iter([page.first for page in self._table.read(reads)])
        return [_known(record, found) for record in wave]

    def _settled(self, lease: Lease, record: Record, known: Known) -> Placed | list[str]:
        """What has become of it, or else the ids of dead memories whose content it may take."""
        now = self._clock()
        if known.locator is not None:
            return Placed(record, record.id, "ADD", left_changes=True)
        kept_out = permissions.missing(
            record.layer, record.captured_at, self._needs_consent, known.tombstone, known.consent
        )
        if kept_out is not None:
            return Placed(record, None, "NONE", kept_out)
        if record.expired(now):
            return Placed(record, None, "NONE", "expired")
        guard = known.guard
        if guard is not None and guard.body.get("state") == "deleted":
            if record.captured_at <= guard.body["deleted_at"]:
                return Placed(record, None, "NONE", "deleted")
        elif guard is not None and guards.held(guard, now):
            holder = guards.holder(self._table, lease.org, lease.owner, guard, now)
            if holder is not None:
                return Placed(record, holder.id, "NONE", "duplicate", holder)
            return [guard.body["id"]]
        return []

    def _placement(
        self, renewal: Update, org: str, record: Record, free: Free, near: Sequence[Rival]
    ) -> Write:
        now = self._clock()
        permitted = permissions.checks(
            org, record.owner, record.layer, record.captured_at, self._needs_consent
        )
        known = free.known
        cutoff = known.tombstone.body["cutoff"] if known.tombstone else -1
        made, slotted = self._succession.placed(org, record, known.head, cutoff, now)
        given_way = {operation.key for operation in slotted}
        made, spoken_of = self._topics.placed(org, made, known.topics, cutoff, now, given_way)
        if self._rivals and made.valid_to is None and not _ends([*slotted, *spoken_of]):
            made, ended = self._rivals.placed(org, made, near, now)
            spoken_of = [*spoken_of, *ended]
        unheld = guards.free(now, free.dead) if known.guard else Absent()
        # A note waits for no index: its in-flight item shows it beside its call's in one query.
        added = changes.create if made.layer == Layer.SESSION else changes.place
        placed = added(org, made, self._ids(), unheld, now)
        commit = (renewal, *permitted, *slotted, *spoken_of, *placed)
        waits = any(operation.key.sk.startswith(keys.IN_FLIGHT) for operation in commit)
        return Placed(free.record, made.id, "ADD", made=made, left_changes=waits), commit


def _known(record: Record, found: Iterator[Item | None]) -> Known:
    locator, guard, head, tombstone, consent = islice(found, 5)
    topics = tuple(islice(found, len(record.topics)))
    return Known(locator, guard, head if record.slot else None, topics, tombstone, consent)


def _affirmation(renewal: Update, org: str, again: Placed, known: Known) -> Commit | None:
    """That what it says was said again later; None if that tells nothing new."""
    if again.holder is None:
        return None
    said = said_again(org, again.planned, again.holder, known.head)
    spoken_of = spoken_of_again(org, again.planned, again.holder, known.topics)
    told = [*([said] if said else []), *spoken_of]
    return (renewal, *told) if told else None


def _ends(operations: Sequence[Operation]) -> bool:
    """Whether one of them changes a memory that was there."""
    return any(operation.key.sk.startswith(keys.MEMORIES) for operation in operations)


def _independent(
    org: str, records: Records, rivals: Rivals | None
) -> tuple[list[Record], list[Record]]:
    """The records that can be placed side by side, and those that must wait for them."""
    taken: set[Any] = set()
    wave: list[Record] = []
    later: list[Record] = []
    for record in records:
        needs = {record.guard, slot_key(org, record), *topic_keys(org, record)} - {None}
        waits = needs & taken or (rivals and rivals.wait_for(record, [*wave, *later]))
        (later if waits else wave).append(record)
        taken |= needs
    return wave, later


def _keep_lease(lease: Lease, commit: Commit, refusal: Refusal) -> None:
    if commit[refusal.operation].key == lease.key:
        raise LeaseLost(f"owner {lease.owner[2:]}: another promotion took over")
