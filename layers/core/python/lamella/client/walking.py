"""Calls that go on until there is no more: all lines of an export, everybody in the list."""

from __future__ import annotations

from lamella.client.wire import Json
from lamella.errors import Conflict


class Everybody:
    """Names those who are still listed, each once: who comes back is being written to."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def of(self, page: Json) -> list[tuple[str, str]]:
        """Type and name of those on the page. Raises Conflict if all were named before."""
        listed = [(str(one["type"]), str(one["name"])) for one in page["results"]]
        fresh = [one for one in listed if one not in self._seen]
        if listed and not fresh:
            raise Conflict(f"{listed[0][0]} {listed[0][1]} keeps being written to: call again")
        self._seen.update(fresh)
        return fresh

    @property
    def told(self) -> Json:
        """How many there were."""
        return {"message": f"Deleted {len(self._seen)} entities.", "deleted": len(self._seen)}


class Lines:
    """The lines of an export, and from where on there are more."""

    def __init__(self, created: Json) -> None:
        self.asked: Json = {"memory_export_id": created["id"]}
        self.more = True

    def of(self, page: Json) -> list[Json]:
        """The lines of a page."""
        self.asked["cursor"] = page["cursor"]
        self.more = page["cursor"] is not None
        return list(page["results"])
