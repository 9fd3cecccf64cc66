"""The documents that one search or listing may answer, as a condition its statements share."""

from __future__ import annotations

import json
from typing import Any

import apsw
from pydantic_core import from_json

from lamella.engines.sqlite_filter import translate
from lamella.filters import Filter, matches
from lamella.models import Record
from lamella.ports import Listing, Search

DOCS = """
    json_each(:parts) AS p CROSS JOIN docs AS d
    ON d.doc BETWEEN p.value << 32 AND (p.value << 32) + 0xffffffff
"""
"""The rows `d` of all asked owners. CROSS JOIN keeps SQLite from another order of tables."""

VISIBLE = """
    (:superseded OR d.valid_to IS NULL)
    AND (:expired OR d.expires_at IS NULL OR d.expires_at > :now)
"""

_WITH_BODIES = f"SELECT d.doc, b.body FROM {DOCS} CROSS JOIN bodies AS b ON b.doc = d.doc"


class Selection:
    """Runs statements over `DOCS` whose `{where}` it fills with what `asked` lets through.

    What a filter asks beyond the columns is decided by `filters.matches` on the records, once.
    """

    def __init__(self, connection: apsw.Connection, asked: Search | Listing) -> None:
        self._connection = connection
        translation = translate(asked.where)
        self._where = f"{VISIBLE} AND {translation.sql}"
        self._values: dict[str, Any] = {
            **translation.values,
            "parts": json.dumps(_parts(connection, asked.org, asked.owners)),
            "now": asked.now,
            "superseded": asked.superseded,
            "expired": isinstance(asked, Listing) and asked.expired,
        }
        if translation.rest is not None:
            self._narrow(translation.rest)

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """What `statement` finds, with `values` bound over those of the selection."""
        sql = statement.format(where=self._where)
        return self._connection.execute(sql, {**self._values, **values}).fetchall()

    def _narrow(self, rest: Filter) -> None:
        bodies = self.rows(f"{_WITH_BODIES} WHERE {{where}}")
        matching = [doc for doc, body in bodies if matches(rest, record(body))]
        self._values["matching"] = json.dumps(matching)
        self._where += " AND d.doc IN (SELECT value FROM json_each(:matching))"


def record(body: str) -> Record:
    """The memory whose row in `bodies` this is."""
    return Record.from_body(from_json(body, cache_strings="keys"))


def _parts(connection: apsw.Connection, org: str, owners: tuple[str, ...] | None) -> list[int]:
    if owners is None:
        found = connection.execute("SELECT part FROM parts WHERE org = ?", (org,))
    else:
        found = connection.execute(
            "SELECT part FROM parts WHERE org = ? AND owner IN (SELECT value FROM json_each(?))",
            (org, json.dumps(owners)),
        )
    return [part for (part,) in found]
