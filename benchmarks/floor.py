"""What a search can't do without, sent bare: the floor that `benchmarks.search` is held against."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import apsw
import sqlite_vec

from lamella import keys
from lamella.models import Record
from lamella.ports import Embedder
from lamella.text import content_words
from lamella.vectors import unpack

_TABLES = """
    CREATE VIRTUAL TABLE near USING vec0(
        doc INTEGER PRIMARY KEY, owner TEXT PARTITION KEY, v FLOAT[384] DISTANCE_METRIC=cosine
    );
    CREATE VIRTUAL TABLE worded USING fts5(owner, text, tokenize = 'porter unicode61');
    CREATE TABLE bodies (doc INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""
_NEAR = "SELECT doc FROM near WHERE v MATCH ? AND owner = ? AND k = ?"
_WORDED = "SELECT rowid FROM worded WHERE worded MATCH ? ORDER BY rank LIMIT ?"
_ROWS = "SELECT body FROM bodies WHERE doc IN ({})"
_ITEMS = "SELECT body FROM truth.items WHERE pk = ? AND sk >= ?"


class Floor:
    """The same memories in a file of their own, beside the truth at `truth`."""

    def __init__(self, path: Path, truth: Path, embedder: Embedder) -> None:
        self._embedder = embedder
        self._connection = apsw.Connection(str(path))
        self._connection.enable_load_extension(True)
        self._connection.load_extension(sqlite_vec.loadable_path())
        self._connection.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA cache_size = -16000; ATTACH ? AS truth", (str(truth),))
        self._connection.execute(_TABLES)
        self._filled = 0

    def fill(self, records: Iterable[Record]) -> None:
        """Index `records`, in one transaction."""
        with self._connection:
            for doc, record in enumerate(records, self._filled + 1):
                vector = unpack(record.embedding or "").tobytes()
                add = self._connection.execute
                add("INSERT INTO near VALUES (?, ?, ?)", (doc, record.owner, vector))
                words = (doc, _one_word(record.owner), record.text)
                add("INSERT INTO worded (rowid, owner, text) VALUES (?, ?, ?)", words)
                add("INSERT INTO bodies VALUES (?, ?)", (doc, record.text))
                self._filled = doc

    def search(self, query: str, org: str, owner: str, session: str, top_k: int) -> int:
        """One embedding, one query by vector, one by words, their rows, the owner's items."""
        ask = self._connection.execute
        vector = self._embedder.embed_query(query).tobytes()
        near = ask(_NEAR, (vector, owner, top_k)).fetchall()
        words = " OR ".join(f'"{word}"' for word in content_words(query))
        match = f"owner : {_one_word(owner)} AND text : ({words})"
        docs = {doc for (doc,) in near + ask(_WORDED, (match, top_k)).fetchall()}
        rows = ask(_ROWS.format(",".join("?" * len(docs))), tuple(docs)).fetchall()
        work = ask(_ITEMS, (keys.owner_pk(org, owner), keys.OVERLAY)).fetchall()
        turns = ask(_ITEMS, (keys.session_pk(org, owner, session), "")).fetchall()
        return len(rows) + len(work) + len(turns)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _one_word(owner: str) -> str:
    return "owner" + owner.encode().hex()
