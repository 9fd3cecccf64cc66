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
from lamella.scopes import Scope, checked_id
from lamella.tally import Tally
from lamella.workload import waiting

_TYPES = {"u": "user", "a": "agent", "p": "app", "s": "run"}
_LETTERS = {type: letter for letter, type in _TYPES.items()}
_IDS = {"user": "user_id", "agent": "agent_id", "app": "app_id", "run": "session_id"}


class Entities:
    """Lists who has memories in an organization, and deletes all that one of them has."""

    def __init__(self, table: Table, index: Index, clearing: Clearing, clock: Clock) -> None:
        self._table = table
        self._index = index
        self._tally = Tally(table)
        self._clearing = clearing
        self._clock = clock

    def list(self, org: str, call: EntitiesRequest) -> Wire:
        """A page of entities, each with how many memories and notes it has.

        Memories are counted by the index, so those of the last moment may not be there yet. Who
        has only said something that is not promoted yet is listed, too.
        """
        now = self._clock()
        seen_at = self._everybody(org, now)
        names = sorted(seen_at, key=_users_first)
        start = (call.page - 1) * call.page_size
        shown = names[start : start + call.page_size]
        notes = self._tally.notes(org, shown, now)
        return {
            "count": len(names),
            "total_users": sum(name.startswith("u:") for name in names),
            "results": [
                _entity(org, name, seen_at[name], notes[name] + self._memories(org, name, now))
                for name in shown
            ],
        }

    def delete(self, org: str, type: str, name: str) -> Wire:
        """Delete all that the entity has, as `delete_all` does, and its place in the list."""
        if type not in _IDS:
            raise Invalid("the type of an entity is user, agent, app or run")
        asked = DeleteAllRequest.parse({_IDS[type]: checked_id("the name in the path", name)})
        answer = self._clearing.delete_all(org, asked)
        listed = keys.directory(org, f"{_LETTERS[type]}:{name}")
        runs = self._all(listed.pk, keys.runs_prefix(name)) if type == "run" else ()
        gone = Below("last_at", self._clock() + 1)
        places = [listed, *(item.key for item in runs)]
        self._table.write([(Delete(place, gone),) for place in places])
        return answer

    def _everybody(self, org: str, now: int) -> dict[str, int]:
        """Everyone in the directory, and everyone whose words still wait, with a last time."""
        seen_at: dict[str, int] = {}
        for item in waiting(self._table, org):
            for name in _names(item.owner, item.scope) if item.turns else ():
                seen_at[name] = max(item.captured_at, seen_at.get(name, 0))
        for entry in (item.body for pk in keys.directory_pks(org) for item in self._all(pk)):
            if entry.get("expires_at", now + 1) > now:
                seen_at[entry["owner"]] = max(entry["last_at"], seen_at.get(entry["owner"], 0))
        return seen_at

    def _all(self, pk: str, prefix: str = "") -> Iterator[Item]:
        after: str | None = None
        while True:
            [page] = self._table.read([Query(pk, prefix, after=after)])
            yield from page.items
            if not page.more:
                return
            after = page.items[-1].key.sk

    def _memories(self, org: str, name: str, now: int) -> int:
        if name.startswith("u:"):
            return self._index.list(Listing(org, (name,), now, limit=1)).count
        where = equals(_IDS[_TYPES[name[0]]], name[2:])
        return self._index.list(Listing(org, None, now, where, limit=1)).count


def _users_first(name: str) -> tuple[int, str]:
    return list(_TYPES).index(name[0]), name


def _names(owner: str, scope: Scope) -> set[str]:
    """Everybody an unread call is about."""
    told = {"a": scope.agent_id, "p": scope.app_id, "s": scope.session_id}
    return {owner} | {f"{letter}:{id}" for letter, id in told.items() if id}


def _entity(org: str, owner: str, seen_at: int, memories: int) -> Wire:
    type, name = _TYPES[owner[0]], owner[2:]
    return {
        "id": f"{type}:{name}",
        "name": name,
        "type": type,
        "owner": org,
        "metadata": {},
        "created_at": None,
        "updated_at": iso(seen_at),
        "total_memories": memories,
    }
