"""How much of everything the embedded engine's file holds; ids and texts stay where they are."""

from __future__ import annotations

from typing import Any

from lamella import keys
from lamella.engines.sqlite_file import SqliteFile
from lamella.inflight import DUE, PARKED

_COUNTS = """
    SELECT (SELECT count(*) FROM items), (SELECT count(*) FROM docs),
        (SELECT count(*) FROM docs WHERE valid_to IS NOT NULL)
"""
_WORK = """
    SELECT body ->> 'state', count(*) FROM items
    WHERE sk >= ? AND sk < ? GROUP BY body ->> 'state'
"""


def census(file: SqliteFile) -> dict[str, Any]:
    """Items, memories, those superseded, in-flight items that are pending or parked, bytes."""
    with file.reading() as connection:
        [(items, memories, superseded)] = connection.execute(_COUNTS)
        work = dict(connection.execute(_WORK, (keys.IN_FLIGHT, f"{keys.IN_FLIGHT}\U0010ffff")))
    return {
        "items": items,
        "memories": memories,
        "superseded": superseded,
        "pending": work.get(DUE, 0),
        "parked": work.get(PARKED, 0),
        "bytes": file.bytes_on_disk(),
    }
