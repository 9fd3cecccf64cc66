"""What lies in the embedded engine's file, and whether a file is one this version can use."""

from __future__ import annotations

from pathlib import Path

import apsw

from lamella.errors import SetupError

FORMAT = 1
APPLICATION_ID = 0x4C4D454C
PAGE_BYTES = 8_192
"""Five vectors of 384 dimensions to a page; SQLite's own 4,096 bytes hold two, and much slack."""

LAYOUT = f"PRAGMA page_size = {PAGE_BYTES}; PRAGMA journal_mode = WAL"

TABLES = f"""
    PRAGMA application_id = {APPLICATION_ID};
    PRAGMA user_version = {FORMAT};

    CREATE TABLE settings (name TEXT PRIMARY KEY, value) WITHOUT ROWID;

    CREATE TABLE items (
        pk TEXT NOT NULL, sk TEXT NOT NULL, body TEXT NOT NULL,
        ttl INTEGER, bucket TEXT, at INTEGER,
        PRIMARY KEY (pk, sk)
    ) WITHOUT ROWID;
    CREATE INDEX items_by_mark ON items (bucket, at) WHERE bucket IS NOT NULL;
    CREATE INDEX items_by_ttl ON items (ttl) WHERE ttl IS NOT NULL;

    -- A part is one owner of one organization. A document's number begins with its part's
    -- (part << 32), so that an owner's rows are neighbours in every table.
    CREATE TABLE parts (
        part INTEGER PRIMARY KEY, org TEXT NOT NULL, owner TEXT NOT NULL, UNIQUE (org, owner)
    );
    CREATE TABLE docs (
        doc INTEGER PRIMARY KEY, part INTEGER NOT NULL, id TEXT NOT NULL,
        version INTEGER NOT NULL, length INTEGER NOT NULL, valid_to INTEGER, expires_at INTEGER,
        layer TEXT, kind TEXT, user_id TEXT, agent_id TEXT, app_id TEXT, session_id TEXT,
        UNIQUE (part, id)
    );
    CREATE TABLE bodies (doc INTEGER PRIMARY KEY, body TEXT NOT NULL);
    CREATE TABLE vectors (doc INTEGER PRIMARY KEY, vector BLOB NOT NULL);
    CREATE TABLE postings (
        part INTEGER NOT NULL, word TEXT NOT NULL, doc INTEGER NOT NULL,
        PRIMARY KEY (part, word, doc)
    ) WITHOUT ROWID;
    CREATE TABLE removed (
        place BLOB PRIMARY KEY, version INTEGER NOT NULL
    ) WITHOUT ROWID;
"""


def is_empty(connection: apsw.Connection) -> bool:
    """Whether nothing was ever made in this file."""
    return not connection.execute("SELECT EXISTS (SELECT 1 FROM sqlite_schema)").get


def check_format(connection: apsw.Connection, path: Path) -> None:
    """Raises SetupError for a file of another program, or of a newer Lamella."""
    if connection.pragma("application_id") != APPLICATION_ID:
        raise SetupError(
            f"{path} is a SQLite file of another program: set LAMELLA_DATA to another folder"
        )
    found = connection.pragma("user_version")
    if not isinstance(found, int) or found > FORMAT:
        raise SetupError(
            f"{path} has format {found}, written by a newer Lamella; this one reads {FORMAT}: "
            "upgrade Lamella, or set LAMELLA_DATA to another folder"
        )
