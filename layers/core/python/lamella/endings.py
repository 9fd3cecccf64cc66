"""The end of a session in promotion: its episodes, and the removal of what it held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lamella import keys, slots
from lamella.inflight import InFlight
from lamella.models import Fact, Record, Turn
from lamella.ports import Commit, Delete, Extractor, Get, Is, Item, Key, Query, Table
from lamella.sessions import Session

PAGE = 200
DELETES = 90


class Endings:
    """Reads a session's turns for its summary, and removes what lay in its partition."""

    def __init__(self, table: Table, extractor: Extractor) -> None:
        self._table = table
        self._extractor = extractor

    def episodes(self, org: str, ending: InFlight) -> list[Fact]:
        """The session's episodes up to its cutoff, without what earlier episodes hold.

        What its caller let end earlier, or kept to the session, enters none.
        """
        [page] = self._table.read([Get(keys.meta(org, ending.owner, ending.session_id or ""))])
        meta = Session.from_body(page.first.body) if page.first else None
        since = meta.summarized_to if meta else 0
        turns = [
            turn
            for item in self._items(org, ending, keys.TURNS)
            if not item.body["apart"]
            for turn in map(Turn.from_body, item.body["turns"])
            if since < turn.captured_at <= ending.cutoff and not turn.fleeting
        ]
        return self._extractor.summarize(turns, org)

    def remove(self, org: str, ending: InFlight) -> None:
        """Delete the session's turns, working items and notes up to the cutoff. Repeatable.

        A note goes after all that it left elsewhere, for only the note can tell where that is.
        """
        found = list(self._items(org, ending, keys.NOTES))
        notes = [Record.from_body(item.body) for item in found]
        self._delete([key for note in notes for key in self._traces(org, note)])
        self._table.write(_released(org, notes))
        for prefix in (keys.TURNS, keys.WORKING, keys.ATTENTION):
            self._delete([item.key for item in self._items(org, ending, prefix)])
        self._delete([item.key for item in found])

    def _delete(self, doomed: Sequence[Key]) -> None:
        for start in range(0, len(doomed), DELETES):
            self._table.write([(Delete(key),) for key in doomed[start : start + DELETES]])

    def _items(self, org: str, ending: InFlight, prefix: str) -> Iterator[Item]:
        pk = keys.session_pk(org, ending.owner, ending.session_id or "")
        after: str | None = None
        while True:
            [page] = self._table.read([Query(pk, prefix, after=after, limit=PAGE)])
            for item in page.items:
                if item.body["captured_at"] <= ending.cutoff:
                    yield item
            if not page.more:
                return
            after = page.items[-1].key.sk

    def _traces(self, org: str, note: Record) -> list[Key]:
        pk = keys.owner_pk(org, note.owner)
        [page] = self._table.read([Query(pk, keys.history_prefix(note.id))])
        return [keys.locator(org, note.id), *(item.key for item in page.items)]


def _released(org: str, notes: Sequence[Record]) -> list[Commit]:
    """The guards and slots that the notes held, unless somebody else holds them by now."""
    commits: list[Commit] = []
    for note in notes:
        mine = Is("id", note.id)
        if note.guard:
            commits.append((Delete(keys.guard(org, note.owner, note.guard), mine),))
        slot = slots.key(org, note)
        if slot:
            commits.append((Delete(slot, mine),))
    return commits
