"""Topics: what memories speak of side by side, until one of them says that it is over.

A memory may speak of several. "I use Vim" and "I use Vim for letters" are both true: each joins the
line of "vim". A mark after the topic tells what a memory says of it: "vim!" (I gave up Vim) ends
what was said before, and is itself over once somebody uses Vim again; "vim-" (I went from Vim to
Zed) ends it in passing; "train for=" (I train for a triathlon now) takes the place of what was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any, NamedTuple

from lamella import changes
from lamella.apart import two_of_a_kind
from lamella.ids import Ids
from lamella.models import Record
from lamella.ports import Absent, Get, Is, Item, Key, Operation, Put, Table
from lamella.slots import ENDS, LEAVES, LONGEST_LINE, RENEWS, STATES, line_key, order

MARKS = ENDS + RENEWS + LEAVES

_OVERRULED = {
    STATES: (ENDS,),
    ENDS: (STATES, RENEWS),
    RENEWS: (STATES, ENDS, RENEWS, LEAVES),
    LEAVES: (STATES, RENEWS),
}


class Mention(NamedTuple):
    """A memory in a topic's line, and what it says of it; they order as they were said."""

    said_at: int
    captured_at: int
    id: str
    says: str


def topic_keys(org: str, record: Record) -> list[Key]:
    """Where the lines of the record's topics lie."""
    return [_key(org, record, topic) for topic in record.topics]


def spoken_of_again(
    org: str, record: Record, holder: Record, items: Sequence[Item | None]
) -> list[Put]:
    """That what `holder` says was said once more, later; nothing if that tells nothing new."""
    if holder.subject != record.subject:
        return []
    lines = [_line(item) for item in items]
    known = any(m.id == holder.id and m.said_at >= record.said_at for line in lines for m in line)
    return [] if known else _joined(org, replace(record, id=holder.id), items)


class Topics:
    """Finds a record's place in the line of each of its topics, and what it puts an end to."""

    def __init__(self, table: Table, ids: Ids) -> None:
        self._table = table
        self._ids = ids

    def placed(
        self,
        org: str,
        record: Record,
        items: Sequence[Item | None],
        cutoff: int,
        now: int,
        given_way: Set[Key] = frozenset(),
    ) -> tuple[Record, list[Operation]]:
        """The record as its topics leave it, and what becomes of them and of their memories.

        `items` are the topics' lines as they lie in the table. What was captured until `cutoff` is
        forgotten; what lies at `given_way` is ended already.
        """
        told = [(_mention(record, topic), _line(item)) for topic, item in _each(record, items)]
        after = {m for mine, line in told for m in line if m > mine and _overrules(m, mine)}
        before = {m for mine, line in told for m in line if m < mine and _overrules(mine, m)}
        stored = self._stored(org, record, after | before, cutoff)
        record = _ended(record, [m for m in after if m.id in stored])
        told_since = {m.id for mine, line in told for m in line if m > mine}
        over = [stored[id] for id in sorted({m.id for m in before} - told_since) if id in stored]
        over = [old for old in over if changes.record_key(org, old) not in given_way]
        ended = [step for old in over for step in self._supersede(org, old, record, now)]
        return record, [*_joined(org, record, items), *ended]

    def _stored(
        self, org: str, record: Record, mentions: set[Mention], cutoff: int
    ) -> dict[str, Record]:
        places = [changes.record_key(org, replace(record, id=id)) for id in _ids_of(mentions)]
        if not places:
            return {}
        found = (page.first for page in self._table.read([Get(place) for place in places]))
        records = [Record.from_body(item.body) for item in found if item]
        return {
            one.id: one
            for one in records
            if one.captured_at > cutoff and not _of_another_thing(record, one)
        }

    def _supersede(self, org: str, old: Record, new: Record, now: int) -> list[Operation]:
        if old.expired(now) or (old.valid_to is not None and old.valid_to <= new.said_at):
            return []
        return changes.supersede(org, old, new.id, new.said_at, self._ids(), now)


def _joined(org: str, record: Record, items: Sequence[Item | None]) -> list[Put]:
    return [
        _put(_key(org, record, topic), item, _mention(record, topic))
        for topic, item in _each(record, items)
    ]


def _each(record: Record, items: Sequence[Item | None]) -> list[tuple[str, Item | None]]:
    return list(zip(record.topics, items, strict=True))


def _key(org: str, record: Record, topic: str) -> Key:
    return line_key(org, record, f"topic:{topic.rstrip(MARKS)}")


def _mention(record: Record, topic: str) -> Mention:
    says = topic[len(topic.rstrip(MARKS)) :]
    return Mention(record.said_at, record.captured_at, record.id, says)


def _line(item: Item | None) -> list[Mention]:
    body: Mapping[str, Any] = item.body if item else {}
    return [Mention(*one) for one in body.get("line", ())]


def _put(key: Key, item: Item | None, mention: Mention) -> Put:
    line = sorted({*_line(item), mention})[-LONGEST_LINE:]
    body = {"id": mention.id, "line": [list(one) for one in line]}
    return Put(Item(key, body), Is("id", item.body["id"]) if item else Absent())


def _overrules(newer: Mention, older: Mention) -> bool:
    return newer.id != older.id and older.says in _OVERRULED[newer.says]


def _of_another_thing(record: Record, other: Record) -> bool:
    older, newer = sorted((record, other), key=order)
    return two_of_a_kind(newer.text, older.text)


def _ended(record: Record, after: Sequence[Mention]) -> Record:
    first = min(after, default=None)
    if first is None or (record.valid_to is not None and record.valid_to <= first.said_at):
        return record
    return replace(record, valid_to=first.said_at, superseded_by=first.id)


def _ids_of(mentions: set[Mention]) -> list[str]:
    return sorted({mention.id for mention in mentions})
