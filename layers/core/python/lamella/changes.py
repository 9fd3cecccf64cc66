"""The operations that create, change or remove one memory: always all of them in one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from lamella import keys
from lamella.clock import DAY
from lamella.guards import held_by
from lamella.inflight import InFlight
from lamella.models import Record
from lamella.ports import (
    Absent,
    AnyOf,
    AtLeast,
    Commit,
    Condition,
    Delete,
    Is,
    Item,
    Key,
    Mark,
    Operation,
    Put,
    Update,
)
from lamella.scopes import Layer

KEPT_AFTER_EXPIRY = DAY
"""How long an expired memory can still be listed by who asks for expired ones."""

LISTED_AFTER_A_NOTE = 7 * DAY

ADD, UPDATE, DELETE, SUPERSEDE, RESTORE = "ADD", "UPDATE", "DELETE", "SUPERSEDE", "RESTORE"


def record_key(org: str, record: Record) -> Key:
    """Where a memory's record lies: notes in their session, everything else with its owner."""
    if record.layer == Layer.SESSION:
        return keys.note(org, record.owner, record.session_id or "", record.id)
    return keys.memory(org, record.owner, record.id)


def located(org: str, locator: Item) -> Key:
    """The record's key, out of its locator."""
    body = locator.body
    if body["layer"] == Layer.SESSION:
        return keys.note(org, body["owner"], body.get("session_id") or "", body["id"])
    return keys.memory(org, body["owner"], body["id"])


def next_version(previous: int, now: int) -> int:
    """Versions rise, and also across a memory's end and return: at least the clock."""
    return max(previous + 1, now)


def put_record(org: str, record: Record, only_if: Condition | None) -> Put:
    """The record's item; one that expires is marked, for the sweep takes it out of the index."""
    key, ends = record_key(org, record), record.expires_at
    if ends is None:
        return Put(Item(key, record.body()), only_if)
    bucket = keys.due_bucket(org, record.owner)
    mark = Mark(bucket, ends + KEPT_AFTER_EXPIRY) if record.layer != Layer.SESSION else None
    return Put(Item(key, record.body(), ttl=ends + 2 * KEPT_AFTER_EXPIRY, mark=mark), only_if)


def create(org: str, record: Record, outbox: str, guard: Condition, now: int) -> list[Operation]:
    """A new memory and its in-flight item, by which promotion brings it into the index."""
    waiting = InFlight.of_memory(outbox, org, record, now).put()
    return [*place(org, record, outbox, guard, now), waiting]


def place(org: str, record: Record, entry: str, guard: Condition, now: int) -> list[Operation]:
    """A new memory: record, locator, content guard and history, whose line is called `entry`."""
    operations: list[Operation] = [
        put_record(org, record, Absent()),
        Put(
            Item(
                keys.locator(org, record.id),
                {
                    "id": record.id,
                    "owner": record.owner,
                    "layer": str(record.layer),
                    "session_id": record.session_id,
                },
            ),
            Absent(),
        ),
        history_entry(org, ADD, None, record, entry, now),
    ]
    if record.guard:
        held = Item(keys.guard(org, record.owner, record.guard), held_by(record))
        operations.append(Put(held, guard))
    if record.triple:
        operations.append(relation(org, record))
    return operations


def change(
    org: str, event: str, old: Record, new: Record, outbox: str, now: int
) -> list[Operation]:
    """A new version of a memory, if nobody changed it since `old` was read."""
    operations: list[Operation] = [
        put_record(org, new, Is("version", old.version)),
        history_entry(org, event, old, new, outbox, now),
        InFlight.of_memory(outbox, org, new, now).put(),
    ]
    if new.triple and new.valid_to is None:
        operations.append(relation(org, new))
    elif old.triple and new.triple is None:
        operations.append(Delete(relation_key(org, old)))
    return operations


def supersede(org: str, old: Record, by: str, since: int, outbox: str, now: int) -> list[Operation]:
    """`old` gives way to the memory called `by`: it was true until `since`."""
    given_way = replace(
        old,
        valid_to=since,
        superseded_by=by,
        updated_at=now,
        version=next_version(old.version, now),
    )
    return change(org, SUPERSEDE, old, given_way, outbox, now)


def remove(
    org: str, record: Record, outbox: str, now: int, guarded: bool = True
) -> list[Operation]:
    """The end of a memory: its history stays, and its guard (if `guarded`) tells when it went."""
    operations: list[Operation] = [
        Delete(record_key(org, record), Is("version", record.version)),
        history_entry(org, DELETE, record, None, outbox, now),
        InFlight.of_memory(outbox, org, record, now, removed=True).put(),
    ]
    if guarded and record.guard:
        gone = {"id": record.id, "state": "deleted", "deleted_at": now, "at": now}
        own = Is("id", record.id)
        operations.append(Put(Item(keys.guard(org, record.owner, record.guard), gone), own))
    if record.triple and record.valid_to is None:
        operations.append(Delete(relation_key(org, record)))
    return operations


def expire(org: str, record: Record, outbox: str, now: int) -> Commit:
    """The end of a memory that has expired: it leaves the table, and the index after it."""
    gone = InFlight.of_memory(outbox, org, record, now, removed=True)
    return (Delete(record_key(org, record), Is("version", record.version)), gone.put())


def history_entry(
    org: str, event: str, old: Record | None, new: Record | None, id: str, now: int
) -> Put:
    """One line of a memory's append-only history; a removed memory can be restored from it."""
    either = new or old
    assert either is not None
    body: dict[str, Any] = {
        "id": id,
        "memory_id": either.id,
        "event": event,
        "old_memory": old.text if old else None,
        "new_memory": new.text if new else None,
        "record": replace(either, embedding=None, model=None, tokens=()).body(),
        "at": now,
    }
    return Put(Item(keys.history(org, either.owner, either.id, id), body))


def relation_key(org: str, record: Record) -> Key:
    """Where the relation a memory states lies."""
    assert record.triple is not None
    subject, predicate, object_ = record.triple
    return keys.relation(org, record.owner, subject.casefold(), predicate, object_.casefold())


def relation(org: str, record: Record) -> Put:
    """The relation a memory states, pointing back to it."""
    assert record.triple is not None
    subject, predicate, object_ = record.triple
    body = {
        "subject": subject,
        "predicate": predicate,
        "object": object_,
        "memory_id": record.id,
        "said_at": record.said_at,
        "captured_at": record.captured_at,
        "expires_at": record.expires_at,
    }
    return Put(Item(relation_key(org, record), body, ttl=record.expires_at))


def directory_entries(
    org: str, owner: str, now: int, records: Iterable[Record] = ()
) -> list[Commit]:
    """That `owner`, and the agents, apps and runs of `records`, have memories: who can be listed.

    Written beside a commit, not in it. A run of nothing but notes is listed for a week.
    """
    named = {owner: None}
    runs: dict[str, bool] = {}
    for record in records:
        named |= {f"a:{record.agent_id}": None} if record.agent_id else {}
        named |= {f"p:{record.app_id}": None} if record.app_id else {}
        if record.session_id and not owner.startswith("s:"):
            lasting = record.layer != Layer.SESSION
            runs[record.session_id] = lasting or runs.get(record.session_id, False)
    listed: Commit = tuple(
        Update(keys.directory(org, name), {"owner": name, "last_at": now}) for name in named
    )
    entries = (_run_entry(org, owner, run, now, lasting) for run, lasting in runs.items())
    return [listed, *((entry,) for entry in entries)]


def _run_entry(org: str, owner: str, session: str, now: int, lasting: bool) -> Update:
    """What lasts takes the place of what fades, and not the other way round."""
    key = keys.run(org, session, owner)
    told = {"owner": f"s:{session}", "of": owner, "last_at": now}
    if lasting:
        return Update(key, told | {"expires_at": None}, ttl=None)
    fades = AnyOf((Absent(), AtLeast("expires_at", 0)))
    ends = now + LISTED_AFTER_A_NOTE
    return Update(key, told | {"expires_at": ends}, fades, ttl=ends)
