"""Entities: the users, agents, apps and sessions that have memories, out of the directory."""

from __future__ import annotations

from collections.abc import Iterator

from lamella import keys
from lamella.clearing import Clearing
from lamella.clock import Clock, iso
from lamella.errors import Invalid
from lamella.filters import equals
from lamella.ports import Below, Delete, Index, Item, Listing, Query, Table
from lamella.requests import DeleteAllRequest, EntitiesRequest
from lamella.results import Wire
from lamella.scopes import checked_id
from lamella.workload import waiting

_TYPES = {"u": "user", "a": "agent", "p": "app", "s": "run"}
_IDS = {"user": "user_id", "agent": "agent_id", "app": "app_id", "run": "session_id"}


class Entities:
    """Lists who has memories in an organization, and deletes all that one of them has."""

    def __init__(self, table: Table, index: Index, clearing: Clearing, clock: Clock) -> None:
        self._table = table
        self._index = index
        self._clearing = clearing
        self._clock = clock

    def list(self, org: str, call: EntitiesRequest) -> Wire:
        """A page of entities with how many long-term memories each has, by the index.

        Who has only said something that is not promoted yet is there too. A session is an entity
        of its own where no user, agent or app owns what was said in it.
        """
        seen_at = self._everybody(org)
        names = sorted(seen_at)
        start = (call.page - 1) * call.page_size
        shown = names[start : start + call.page_size]
        return {
            "count": len(names),
            "total_users": sum(name.startswith("u:") for name in names),
            "results": [self._entity(org, owner, seen_at[owner]) for owner in shown],
        }

    def delete(self, org: str, type: str, name: str) -> Wire:
        """Delete all that the entity has, as `delete_all` does, and its place in the list."""
        if type not in _IDS:
            raise Invalid("the type of an entity is user, agent, app or run")
        asked = DeleteAllRequest.parse({_IDS[type]: checked_id("the name in the path", name)})
        answer = self._clearing.delete_all(org, asked)
        listed = keys.directory(org, asked.scope.owner)
        self._table.write([(Delete(listed, Below("last_at", self._clock() + 1)),)])
        return answer

    def _everybody(self, org: str) -> dict[str, int]:
        """Everyone in the directory, and everyone whose words still wait, with a last time."""
        work = waiting(self._table, org)
        waits = {item.owner: item.captured_at for item in work if item.turns}
        listed = (item for pk in keys.directory_pks(org) for item in self._all(pk))
        return waits | {item.body["owner"]: item.body["last_at"] for item in listed}

    def _all(self, pk: str) -> Iterator[Item]:
        after: str | None = None
        while True:
            [page] = self._table.read([Query(pk, after=after)])
            yield from page.items
            if not page.more:
                return
            after = page.items[-1].key.sk

    def _entity(self, org: str, owner: str, seen_at: int) -> Wire:
        type, name = _TYPES[owner[0]], owner[2:]
        return {
            "id": f"{type}:{name}",
            "name": name,
            "type": type,
            "owner": org,
            "metadata": {},
            "created_at": None,
            "updated_at": iso(seen_at),
            "total_memories": self._memories(org, owner, type, name),
        }

    def _memories(self, org: str, owner: str, type: str, name: str) -> int:
        now = self._clock()
        if type == "user":
            return self._index.list(Listing(org, (owner,), now, limit=1)).count
        where = equals(_IDS[type], name)
        return self._index.list(Listing(org, None, now, where, limit=1)).count
