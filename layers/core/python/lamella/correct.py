"""Correcting memories: update, delete and restore, each one commit with its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from lamella import changes, guards, keys, policy
from lamella.clock import Clock
from lamella.errors import Conflict, NotFound
from lamella.ids import Ids
from lamella.lines import worded
from lamella.memories import Held, Memories
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.personal import Discreet, Personal
from lamella.ports import (
    Bus,
    Commit,
    Condition,
    Delete,
    Get,
    Is,
    Item,
    Key,
    Nudge,
    Operation,
    Put,
    Table,
)
from lamella.requests import OrgUpdateRequest, UpdateRequest
from lamella.scopes import Layer
from lamella.scrub import scrub
from lamella.settings import Settings
from lamella.slots import Head, slot_key, taken
from lamella.text import names

TRIES = 5


class Correct:
    """Changes one memory at a time against the version it read; a lost race is tried again."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        memories: Memories,
        secrets: OrgSecrets,
        personal: Personal,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._memories = memories
        self._secrets = secrets
        self._personal = personal
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def update(self, org: str, id: str, call: UpdateRequest | OrgUpdateRequest) -> Record:
        """The memory as `call` corrects it; metadata is merged.

        Raises NotFound, Conflict for an immutable memory or a text another memory holds, and
        Invalid for personal data that is to be dropped.
        """
        return self._retried(org, id, lambda now: self._updated(org, id, call, now))

    def delete(self, org: str, id: str) -> Record:
        """Remove a memory; its history stays, so that it can be restored. Raises NotFound."""
        return self._retried(org, id, partial(self._removed, org, id))

    def delete_many(self, org: str, records: Sequence[Record], workers: Executor) -> int:
        """Remove each of `records` that is still stored, expired or not; answers how many."""

        def gone(id: str) -> bool:
            with suppress(NotFound):
                self._retried(org, id, partial(self._removed, org, id, ended=True))
                return True
            return False

        return sum(workers.map(gone, [record.id for record in records]))

    def restore(self, org: str, id: str) -> Record:
        """Make a superseded or deleted memory current again. Raises NotFound, Conflict."""
        return self._retried(org, id, lambda now: self._restored(org, id, now))

    def _retried(self, org: str, id: str, build: Callable[[int], tuple[Record, Commit]]) -> Record:
        for _ in range(TRIES):
            record, commit = build(self._clock())
            if self._table.write([commit]) == [None]:
                self._bus.publish([Nudge(org, record.owner)])
                return record
        raise Conflict(f"memory {id} kept changing: read it again and repeat")

    def _updated(
        self, org: str, id: str, call: UpdateRequest | OrgUpdateRequest, now: int
    ) -> tuple[Record, Commit]:
        held = self._memories.find(org, id, now)
        old = held.record
        if old.immutable:
            raise Conflict(f"memory {old.id} is immutable: delete it and add a new one")
        reworded = self._reworded(org, old, call.text)
        new = replace(
            reworded,
            **self._changed(org, reworded, call, now),
            updated_at=now,
            version=changes.next_version(old.version, now),
        )
        commit = changes.change(org, changes.UPDATE, old, new, self._ids(), now)
        if new.guard == old.guard:
            return new, tuple(commit)
        return new, (*commit, *self._moved_guard(org, held, new, now))

    def _reworded(self, org: str, old: Record, text: str | None) -> Record:
        if text is None:
            return old
        told = self._discreet(org, old, scrub(text)[0])
        clean = told.told
        words, breaks = worded(clean)
        return replace(
            old,
            text=clean,
            words=words,
            breaks=breaks,
            tokens=(),
            entities=names(clean),
            triple=old.triple if clean == old.text else None,
            embedding=None,
            model=None,
            guard=policy.content_guard(self._secrets.of(org), old.layer, clean, old.within),
            sealed={**old.sealed, **told.sealed},
        )

    def _discreet(self, org: str, old: Record, told: Any) -> Discreet:
        if old.layer == Layer.SESSION:
            return Discreet(told)
        return self._personal.agreed(org, told)

    def _changed(
        self, org: str, old: Record, call: UpdateRequest | OrgUpdateRequest, now: int
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if call.metadata is not None:
            discreet = self._discreet(org, old, scrub(call.metadata)[0])
            fields["metadata"] = {**old.metadata, **discreet.told}
            fields["sealed"] = {**old.sealed, **discreet.sealed}
        if call.clears_expiry:
            fields["expires_at"] = None
        elif call.expires_at is not None or call.lifetime_ms is not None:
            at_most = self._settings.max_lifetime
            fields["expires_at"] = policy.expiry(
                now, None, at_most, call.expires_at, call.lifetime_ms
            )
        if isinstance(call, OrgUpdateRequest):
            told: dict[str, Any] = {"steward": call.owner, "review_by": call.review_by}
            told |= {"categories": call.categories, "audience": call.audience}
            clean, _ = scrub({name: value for name, value in told.items() if value is not None})
            return {**fields, **clean}
        if call.said_at is not None:
            policy.refuse_future(call.said_at, now)
            fields["said_at"] = call.said_at
        return fields

    def _moved_guard(self, org: str, held: Held, new: Record, now: int) -> list[Operation]:
        """Claim the new content, and let go of the old."""
        moved: list[Operation] = [self._claim(org, new, now)]
        if held.guards and held.record.guard:
            own = Is("id", new.id)
            moved.append(Delete(keys.guard(org, new.owner, held.record.guard), own))
        return moved

    def _claim(self, org: str, record: Record, now: int) -> Put:
        key = keys.guard(org, record.owner, record.guard or "")
        return Put(Item(key, guards.held_by(record)), self._free(key, org, record, now))

    def _free(self, key: Key, org: str, record: Record, now: int) -> Condition:
        """That nobody holds this content. Raises Conflict where a current memory does."""
        [page] = self._table.read([Get(key)])
        if page.first is None or not guards.held(page.first, now):
            return guards.free(now)
        holder = guards.holder(self._table, org, record.owner, page.first, now)
        if holder is not None:
            raise Conflict(
                f"memory {holder.id} already says exactly this: update or delete that one",
                holder.id,
            )
        return guards.free(now, [page.first.body["id"]])

    def _removed(self, org: str, id: str, now: int, ended: bool = False) -> tuple[Record, Commit]:
        held = self._memories.find(org, id, now, ended)
        commit = changes.remove(org, held.record, self._ids(), now, held.guards)
        return held.record, tuple(commit)

    def _restored(self, org: str, id: str, now: int) -> tuple[Record, Commit]:
        try:
            held = self._memories.find(org, id, now)
        except NotFound:
            return self._revived(org, id, now)
        if held.record.valid_to is None:
            raise Conflict(f"memory {id} is current: there is nothing to restore")
        return self._current_again(org, held, now)

    def _current_again(self, org: str, held: Held, now: int) -> tuple[Record, Commit]:
        old = held.record
        new = replace(
            old,
            valid_to=None,
            superseded_by=None,
            updated_at=now,
            version=changes.next_version(old.version, now),
        )
        commit = changes.change(org, changes.RESTORE, old, new, self._ids(), now)
        claim = [] if held.guards or not new.guard else [self._claim(org, new, now)]
        return new, (*commit, *claim, *self._retake_slot(org, new, now))

    def _retake_slot(self, org: str, restored: Record, now: int) -> list[Operation]:
        """The restored memory fills its slot again; whoever fills it now gives way."""
        slot = slot_key(org, restored)
        if slot is None:
            return []
        [page] = self._table.read([Get(slot)])
        head = Head.of(page.first)
        take: list[Operation] = [taken(head, restored).put(slot, head)]
        if head is None or head.id == restored.id:
            return take
        rival_key = changes.record_key(org, replace(restored, id=head.id))
        [page] = self._table.read([Get(rival_key)])
        rival = Record.from_body(page.first.body) if page.first else None
        if rival is None or not rival.current(now):
            return take
        return [*take, *changes.supersede(org, rival, restored.id, now, self._ids(), now)]

    def _revived(self, org: str, id: str, now: int) -> tuple[Record, Commit]:
        """A deleted memory again, as its history last knew it."""
        last = self._memories.last_entry(org, id)
        if last["event"] != changes.DELETE:
            raise NotFound(f"no memory {id} that could be restored")
        old = self._memories.alive(org, Record.from_body(last["record"]), now)
        gone_at = changes.next_version(old.version, last["at"])
        new = replace(
            old,
            valid_to=None,
            superseded_by=None,
            updated_at=now,
            version=changes.next_version(gone_at, now),
        )
        return new, self._recreation(org, new, now)

    def _recreation(self, org: str, record: Record, now: int) -> Commit:
        """As a new memory, but for its locator, which has stayed."""
        outbox = self._ids()
        free = self._free(keys.guard(org, record.owner, record.guard or ""), org, record, now)
        again = changes.history_entry(org, changes.RESTORE, None, record, outbox, now)
        replaced = {keys.locator(org, record.id), again.key}
        created = changes.create(org, record, outbox, free, now)
        kept = [operation for operation in created if operation.key not in replaced]
        return (*kept, again, *self._retake_slot(org, record, now))
