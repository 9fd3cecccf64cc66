"""Everything that lies in a world's stores, as one text: for looking whether a word is in it."""

from __future__ import annotations

import json
from pathlib import Path

import apsw
from real import RawTable, documents
from world import World

from lamella.engines.opensearch import OpenSearchIndex
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.engines.sqlite import SqliteTable

SQLITE_TABLES = ("items", "parts", "docs", "bodies", "postings", "settings")


def items(world: World) -> str:
    """The table: every key, body, ttl and mark, in order of their keys."""
    if isinstance(world.table, ReferenceTable):
        held = sorted(world.table._items.values(), key=lambda item: (item.key.pk, item.key.sk))
        rows = [
            (item.key.pk, item.key.sk, item.body, item.ttl, item.mark and item.mark.at)
            for item in held
        ]
        return "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    if isinstance(world.table, RawTable):
        return "\n".join(sorted(map(str, world.table.raw())))
    assert isinstance(world.table, SqliteTable)
    return _rows(world.table._file.path, ("items",))


def everything(world: World) -> str:
    """The table and the index."""
    if isinstance(world.table, SqliteTable):
        return _rows(world.table._file.path, SQLITE_TABLES)
    if isinstance(world.index, OpenSearchIndex):
        return items(world) + "\n" + documents(world.index)
    assert isinstance(world.index, ReferenceIndex)
    return items(world) + "\n" + "\n".join(map(repr, sorted(world.index._entries.items())))


def bytes_on_disk(world: World) -> bytes:
    """The raw bytes of the file and its log."""
    assert isinstance(world.table, SqliteTable)
    path = world.table._file.path
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def _rows(path: Path, tables: tuple[str, ...]) -> str:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return "\n".join(
            repr(row)
            for table in tables
            for row in connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2")
        )
    finally:
        connection.close()
