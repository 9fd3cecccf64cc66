"""How many notes lie in the sessions of many entities at once, in three rounds of reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lamella import keys
from lamella.models import Record
from lamella.ports import Get, Item, Page, Query, Table
from lamella.sessions import Session

Place = tuple[str, str]
"""An owner and one of its sessions."""


class Tally:
    """Counts the notes that may be shown now."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def notes(self, org: str, names: Sequence[str], now: int) -> dict[str, int]:
        """By the name of each entity: an owner of sessions, or a run ("s:…")."""
        places = self._places(org, names)
        each = list(dict.fromkeys(place for found in places.values() for place in found))
        lives = self._alive(org, each, now)
        prefixes = [Query(keys.session_pk(org, *place), keys.NOTES) for place in lives]
        pages = self._table.read(prefixes) if prefixes else []
        counted = {
            place: sum(_shown(item, life, now) for item in page.items)
            for (place, life), page in zip(lives.items(), pages, strict=True)
        }
        return {name: sum(counted.get(p, 0) for p in found) for name, found in places.items()}

    def _places(self, org: str, names: Sequence[str]) -> dict[str, list[Place]]:
        pages = self._table.read([_pointers(org, name) for name in names]) if names else []
        return {
            name: list(dict.fromkeys(_named(name, page)))
            for name, page in zip(names, pages, strict=True)
        }

    def _alive(self, org: str, places: Sequence[Place], now: int) -> Mapping[Place, Session]:
        """The sessions that live, and that nobody has forgotten."""
        owners = list(dict.fromkeys(owner for owner, _ in places))
        metas = [Get(keys.meta(org, *place)) for place in places]
        ends = [Get(keys.tombstone(org, owner)) for owner in owners]
        found = [page.first for page in self._table.read([*metas, *ends])] if places else []
        cutoffs = {
            owner: item.body["cutoff"] if item else -1
            for owner, item in zip(owners, found[len(places) :], strict=True)
        }
        lives = {
            place: Session.from_body(item.body)
            for place, item in zip(places, found, strict=False)
            if item
        }
        return {
            place: life
            for place, life in lives.items()
            if life.alive(now) and life.last_at > cutoffs[place[0]]
        }


def _pointers(org: str, name: str) -> Query:
    if name.startswith("s:"):
        return Query(keys.session_owners_pk(org, name[2:]))
    return Query(keys.owner_pk(org, name), keys.SESSIONS)


def _named(name: str, page: Page) -> Iterator[Place]:
    for item in page.items:
        yield item.body["owner"], item.body["session_id"]
    if name.startswith("s:"):
        yield name, name[2:]


def _shown(item: Item, life: Session, now: int) -> bool:
    note = Record.from_body(item.body)
    return note.current(now) and life.shows(note.captured_at, now)
