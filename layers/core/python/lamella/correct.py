"""Correcting memories: update, delete and restore, each one commit with its history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from lamella import changes, guards, keys, policy
from lamella.clock import Clock
from lamella.errors import Conflict, NotFound
from lamella.ids import Ids
from lamella.memories import Held, Memories
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.ports import Bus, Commit, Delete, Get, Is, Item, Nudge, Operation, Put, Query, Table
from lamella.privacy import redact_pii
from lamella.reconcile import slot_head, slot_key
from lamella.requests import OrgUpdateRequest, UpdateRequest
from lamella.scopes import Layer
from lamella.scrub import scrub
from lamella.settings import Settings
from lamella.text import names, tokens

TRIES = 5
AT_ONCE = 20


class Correct:
    """Changes one memory at a time against the version it read; a lost race is tried again."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        memories: Memories,
        secrets: OrgSecrets,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._memories = memories
        self._secrets = secrets
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def update(self, org: str, id: str, call: UpdateRequest | OrgUpdateRequest) -> Record:
        """The memory as `call` corrects it; metadata is merged.

        Raises NotFound, and Conflict for an immutable memory or a text another memory holds.
        """
        return self._retried(org, id, lambda held, now: self._updated(org, held, call, now))

    def delete(self, org: str, id: str) -> Record:
        """Remove a memory; its history stays, so that it can be restored. Raises NotFound."""

        def removal(held: Held, now: int) -> tuple[Record, Commit]:
            return held.record, self._removal(org, held, now)

        return self._retried(org, id, removal)

    def delete_many(self, org: str, records: Sequence[Record]) -> int:
        """Remove each of `records` that is still there; answers how many."""
        deleted = 0
        for record in records:
            try:
                self.delete(org, record.id)
            except NotFound:
                continue
            deleted += 1
        return deleted

    def restore(self, org: str, id: str) -> Record:
        """Make a superseded or deleted memory current again. Raises NotFound, Conflict."""
        try:
            held = self._memories.find(org, id, self._clock())
        except NotFound:
            return self._revived(org, id)
        if held.record.valid_to is None:
            raise Conflict(f"memory {id} is current: there is nothing to restore")
        return self._retried(org, id, lambda held, now: self._current_again(org, held, now))

    def _retried(
        self, org: str, id: str, build: Callable[[Held, int], tuple[Record, Commit]]
    ) -> Record:
        for _ in range(TRIES):
            now = self._clock()
            record, commit = build(self._memories.find(org, id, now), now)
            if self._table.write([commit]) == [None]:
                self._bus.publish([Nudge(org, record.owner)])
                return record
        raise Conflict(f"memory {id} kept changing: read it again and repeat")

    def _updated(
        self, org: str, held: Held, call: UpdateRequest | OrgUpdateRequest, now: int
    ) -> tuple[Record, Commit]:
        old = held.record
        if old.immutable:
            raise Conflict(f"memory {old.id} is immutable: delete it and add a new one")
        new = replace(
            self._reworded(org, old, call.text),
            **self._changed(old, call, now),
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
        clean, _ = scrub(text)
        clean = clean if old.layer == Layer.SESSION else redact_pii(clean)[0]
        within = (old.session_id or "",) if old.layer == Layer.SESSION else ()
        return replace(
            old,
            text=clean,
            words=tuple(tokens(clean)),
            entities=names(clean),
            embedding=None,
            model=None,
            guard=policy.content_guard(self._secrets.of(org), old.layer, clean, within),
        )

    def _changed(
        self, old: Record, call: UpdateRequest | OrgUpdateRequest, now: int
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        if call.metadata is not None:
            fields["metadata"] = {**old.metadata, **scrub(call.metadata)[0]}
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
            return fields | {name: value for name, value in told.items() if value is not None}
        if call.said_at is not None:
            policy.refuse_future(call.said_at, now)
            fields["said_at"] = call.said_at
        return fields

    def _moved_guard(self, org: str, held: Held, new: Record, now: int) -> list[Operation]:
        """Let go of the old content and claim the new, unless another memory holds that."""
        key = keys.guard(org, new.owner, new.guard or "")
        [page] = self._table.read([Get(key)])
        dead: list[str] = []
        if page.first is not None and guards.held(page.first, now):
            holder = guards.holder(self._table, org, new.owner, page.first, now)
            if holder is not None:
                raise Conflict(
                    f"memory {holder.id} already says exactly this: update or delete that one",
                    holder.id,
                )
            dead = [page.first.body["id"]]
        claim: list[Operation] = [Put(Item(key, guards.held_by(new)), guards.free(now, dead))]
        if held.guards and held.record.guard:
            own = Is("id", new.id)
            claim.append(Delete(keys.guard(org, new.owner, held.record.guard), own))
        return claim

    def _removal(self, org: str, held: Held, now: int) -> Commit:
        record = held.record if held.guards else replace(held.record, guard=None)
        return tuple(changes.remove(org, record, self._ids(), now))

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
        return new, (*commit, *self._retake_slot(org, new, now))

    def _retake_slot(self, org: str, restored: Record, now: int) -> list[Operation]:
        """The restored memory fills its slot again; whoever fills it now gives way."""
        slot = slot_key(org, restored)
        if slot is None:
            return []
        [head] = (page.first for page in self._table.read([Get(slot)]))
        take: list[Operation] = [Put(slot_head(slot, restored))]
        if head is None or head.body["id"] == restored.id:
            return take
        rival_key = changes.record_key(org, replace(restored, id=head.body["id"]))
        [page] = self._table.read([Get(rival_key)])
        rival = Record.from_body(page.first.body) if page.first else None
        if rival is None or not rival.current(now):
            return take
        version = changes.next_version(rival.version, now)
        given_way = replace(
            rival, valid_to=now, superseded_by=restored.id, updated_at=now, version=version
        )
        event = changes.SUPERSEDE
        return [*take, *changes.change(org, event, rival, given_way, self._ids(), now)]

    def _revived(self, org: str, id: str) -> Record:
        """A deleted memory again, as its history last knew it."""
        locator = self._memories.locate(org, id)
        owner, now = locator.body["owner"], self._clock()
        pk = keys.owner_pk(org, owner)
        history, tombstone = self._table.read(
            [
                Query(pk, keys.history_prefix(id), newest_first=True, limit=1),
                Get(keys.tombstone(org, owner)),
            ]
        )
        last = history.first.body if history.first else None
        cutoff = tombstone.first.body["cutoff"] if tombstone.first else -1
        if last is None or last["event"] != changes.DELETE or last["at"] <= cutoff:
            raise NotFound(f"no memory {id} that could be restored")
        old = Record.from_body(last["record"])
        if old.captured_at <= cutoff or old.expired(now):
            raise NotFound(f"memory {id} has expired or is forgotten: it can't be restored")
        new = replace(
            old,
            valid_to=None,
            superseded_by=None,
            updated_at=now,
            version=changes.next_version(old.version, now),
        )
        commit = self._recreation(org, new, now)
        if self._table.write([commit]) != [None]:
            raise Conflict(f"memory {id}: another memory holds this content by now")
        self._bus.publish([Nudge(org, owner)])
        return new

    def _recreation(self, org: str, record: Record, now: int) -> Commit:
        """As a new memory, but for its locator, which has stayed."""
        free = guards.free(now, [record.id])
        created = changes.create(org, record, self._ids(), free, now)
        locator = keys.locator(org, record.id)
        again = changes.history_entry(org, changes.RESTORE, None, record, self._ids(), now)
        kept = [operation for operation in created if operation.key != locator]
        entries = [o for o in kept if not o.key.sk.startswith(keys.HISTORY)]
        return (*entries, again, *self._retake_slot(org, record, now))
