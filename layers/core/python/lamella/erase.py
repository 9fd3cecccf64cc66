"""Erasure: everything held on an owner, out of every layer, proven by a second pass.

The tombstone comes first: whatever was captured before its cutoff is hidden from then on and can
never be promoted, however late it commits. Then everything is deleted, and looked for again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from lamella import keys
from lamella.clock import Clock
from lamella.errors import Unavailable
from lamella.models import Record
from lamella.ports import (
    Below,
    Commit,
    Delete,
    Index,
    Item,
    Key,
    Listing,
    Put,
    Query,
    Remove,
    Table,
)
from lamella.reach import sessions_of

PAGE = 500
PASSES = 5
NAMES = {
    keys.TURNS: "turn blocks",
    keys.NOTES: "notes",
    keys.WORKING: "working items",
    keys.MEMORIES: "memories",
    keys.IN_FLIGHT: "in-flight items",
    keys.PLANS: "plans",
    keys.HISTORY: "history entries",
    keys.FEEDBACK: "feedback",
    keys.RELATIONS: "relations",
    keys.SESSIONS: "sessions",
    keys.GUARDS: "content guards",
    keys.SLOT_HEADS: "slots",
}


class Erase:
    """Deletes an owner's partitions, sessions, locators and index entries."""

    def __init__(
        self,
        table: Table,
        index: Index,
        clock: Clock,
        sleep: Callable[[float], None],
        skew: int,
    ) -> None:
        self._table = table
        self._index = index
        self._clock = clock
        self._sleep = sleep
        self._skew = skew

    def owner(self, org: str, owner: str) -> tuple[int, Counter[str]]:
        """Erase everything of `owner` captured until now; answers the cutoff and what was found.

        Raises Unavailable if others keep adding: the tombstone stands, so call again.
        """
        cutoff = self._clock() + self._skew
        tombstone = Item(keys.tombstone(org, owner), {"cutoff": cutoff})
        self._table.write([(Put(tombstone),)])
        erased = self._pass(org, owner, cutoff)
        while self._clock() <= cutoff:
            self._sleep((cutoff - self._clock() + 1) / 1000)
        for _ in range(PASSES):
            left = self._pass(org, owner, cutoff)
            if not left:
                self._table.scrub()
                return cutoff, erased
            erased += left
        raise Unavailable(f"{owner[2:]} kept being written to while it was erased: call again")

    def late(self, org: str, owner: str, cutoff: int) -> None:
        """Delete what was captured before `cutoff` and committed only after its erasure."""
        self._pass(org, owner, cutoff)
        self._table.scrub()

    def _pass(self, org: str, owner: str, cutoff: int) -> Counter[str]:
        """Delete what is there and older than the cutoff; answers what was."""
        found: Counter[str] = Counter()
        for session in [*sessions_of(self._table, org, owner), ""]:
            pk = keys.session_pk(org, owner, session)
            found += self._delete(org, self._older(pk, cutoff), cutoff)
        found += self._forget_index(org, owner, cutoff)
        found += self._delete(org, self._older(keys.owner_pk(org, owner), cutoff), cutoff)
        quiet = Below("last_at", cutoff + 1)
        self._table.write([(Delete(keys.directory(org, owner), quiet),)])
        return found

    def _older(self, pk: str, cutoff: int) -> Iterator[Item]:
        """What comes from before the cutoff; what carries no time goes with the rest."""
        for item in self._all(pk, ""):
            if not item.key.sk.startswith(keys.CONTROLS) and _time_of(item) <= cutoff:
                yield item

    def _all(self, pk: str, prefix: str) -> Iterator[Item]:
        after: str | None = None
        while True:
            [page] = self._table.read([Query(pk, prefix, after=after, limit=PAGE)])
            yield from page.items
            if not page.more:
                return
            after = page.items[-1].key.sk

    def _delete(self, org: str, items: Iterator[Item], cutoff: int) -> Counter[str]:
        found: Counter[str] = Counter()
        commits: list[Commit] = []
        runs: dict[Key, None] = {}
        for item in list(items):
            commits.append((Delete(item.key), *map(Delete, _elsewhere(org, item))))
            runs |= dict.fromkeys(_runs(org, item))
            found[_name(item)] += 1
        commits += [(Delete(run, Below("last_at", cutoff + 1)),) for run in runs]
        for start in range(0, len(commits), PAGE):
            self._table.write(commits[start : start + PAGE])
        return found

    def _forget_index(self, org: str, owner: str, cutoff: int) -> Counter[str]:
        """Out of the index: every memory that ever was, and what only the index still holds.

        A deleted memory may have left the table, but not yet the index.
        """
        known = [
            Record.from_body(item.body["record"])
            for item in self._all(keys.owner_pk(org, owner), keys.HISTORY)
        ]
        listing = Listing(org, (owner,), now=0, limit=PAGE, superseded=True, expired=True)
        indexed = [r for r in self._index.list(listing).records if r.captured_at <= cutoff]
        doomed = {r.id: r for r in (*known, *indexed) if r.captured_at <= cutoff}
        version = self._clock()
        self._index.apply(
            [Remove(org, owner, id, max(version, r.version + 1)) for id, r in doomed.items()]
        )
        return Counter({"index documents": len(indexed)} if indexed else {})


def _time_of(item: Item) -> int:
    """When the item's content was captured, else when it last changed."""
    times = ("captured_at", "at", "last_at")
    return next((item.body[name] for name in times if name in item.body), 0)


def _elsewhere(org: str, item: Item) -> list[Key]:
    """What lies outside the owner's partitions because of `item`."""
    sk, body = item.key.sk, item.body
    if sk.startswith((keys.MEMORIES, keys.NOTES)):
        return [keys.locator(org, body["id"])]
    if sk.startswith(keys.SESSIONS):
        return [keys.session_owner(org, body["session_id"], body["owner"])]
    if sk.startswith(keys.HISTORY):
        return [keys.locator(org, body["memory_id"])]
    return []


def _runs(org: str, item: Item) -> list[Key]:
    """Where the directory lists a run because of `item`."""
    told = item.body.get("record") or item.body
    if item.key.sk.startswith((keys.MEMORIES, keys.NOTES, keys.HISTORY)) and "session_id" in told:
        return [keys.run(org, told["session_id"], told["owner"])]
    return []


def _name(item: Item) -> str:
    return next(
        (name for prefix, name in NAMES.items() if item.key.sk.startswith(prefix)), "other items"
    )
