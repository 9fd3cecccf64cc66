"""The search index in a SQLite file: exact, and partitioned by organization and owner.

Words lie in a postings table of our own rather than in FTS5, vectors in a plain table rather than
in `vec0`. Either is read only as far as an owner's rows go, so it is as fast (docs/decisions); a
filter stands inside the query, nobody else's documents enter the statistics, and erasing is
deleting rows.
"""

from __future__ import annotations

import builtins
import json
from collections.abc import Sequence
from pathlib import Path

import apsw

from lamella.engines.sqlite_documents import remove, upsert
from lamella.engines.sqlite_file import SqliteFile
from lamella.engines.sqlite_selection import DOCS, VISIBLE, Selection, record
from lamella.errors import Invalid, SetupError
from lamella.ports import Answer, Found, Listed, Listing, Remove, Search, Statistics, Upsert

_POSTINGS = """
    json_each(:parts) AS p CROSS JOIN json_each(:words) AS w
    CROSS JOIN postings AS t ON t.part = p.value AND t.word = w.value
    CROSS JOIN docs AS d ON d.doc = t.doc
"""
_NEAREST = """
    SELECT d.doc FROM json_each(:parts) AS p
    CROSS JOIN vectors AS v ON v.doc BETWEEN p.value << 32 AND (p.value << 32) + 0xffffffff
    CROSS JOIN docs AS d ON d.doc = v.doc WHERE {where}
    ORDER BY coalesce(vec_distance_cosine(v.vector, :vector), 1), d.id DESC LIMIT :limit
"""
_MOST_WORDS = f"""
    SELECT d.doc FROM {_POSTINGS} WHERE {{where}}
    GROUP BY d.doc ORDER BY count(*) DESC, d.id DESC LIMIT :limit
"""
_CANDIDATES = """
    SELECT b.body, CASE WHEN :vector IS NULL OR v.doc IS NULL THEN NULL
        ELSE max(-1.0, min(1.0, coalesce(1 - vec_distance_cosine(v.vector, :vector), 0.0))) END
    FROM json_each(:docs) AS c
    CROSS JOIN bodies AS b ON b.doc = c.value
    LEFT JOIN vectors AS v ON v.doc = b.doc
"""
_TOTALS = f"SELECT count(*), coalesce(sum(d.length), 0) FROM {DOCS} WHERE {VISIBLE}"
_FREQUENCY = f"SELECT t.word, count(*) FROM {_POSTINGS} WHERE {VISIBLE} GROUP BY t.word"
_COUNT = f"SELECT count(*) FROM {DOCS} WHERE {{where}}"
_NEWEST = f"""
    SELECT b.body FROM {DOCS} CROSS JOIN bodies AS b ON b.doc = d.doc
    WHERE {{where}} AND (:after IS NULL OR d.id < :after) ORDER BY d.id DESC LIMIT :limit
"""


class SqliteIndex:
    """The Index of the embedded engine: what `apply` has done, the next search sees.

    A file belongs to one embedding model; opening it for another raises SetupError.
    """

    def __init__(self, path: Path, model: str, dimensions: int) -> None:
        self._file = SqliteFile(path)
        self._dimensions = dimensions
        self._claim(f"{model} ({dimensions} dimensions)")

    def apply(self, changes: Sequence[Upsert | Remove]) -> builtins.list[str | None]:
        """All changes in one transaction; refuses a vector that doesn't have this length."""
        with self._file.writing() as connection:
            return [self._change(connection, change) for change in changes]

    def search(self, query: Search) -> Answer:
        """The nearest, nearest first, then those found by words alone; all from one snapshot."""
        if query.vector is not None and len(query.vector) != self._dimensions:
            raise Invalid(
                f"a question of {len(query.vector)} dimensions: this index has {self._dimensions}"
            )
        with self._file.reading() as connection:
            selection = Selection(connection, query)
            return Answer(_found(selection, query), _statistics(selection, query.words))

    def list(self, listing: Listing) -> Listed:
        """One page, and the count of all pages, from one snapshot."""
        with self._file.reading() as connection:
            selection = Selection(connection, listing)
            page = selection.rows(_NEWEST, after=listing.after, limit=listing.limit)
            ((count,),) = selection.rows(_COUNT)
            return Listed(tuple(record(body) for (body,) in page), count)

    def stats(self) -> dict[str, int]:
        """How many memories there are, and of how many owners."""
        with self._file.reading() as connection:
            memories = connection.execute("SELECT count(*) FROM docs").get
            owners = connection.execute("SELECT count(*) FROM parts").get
        return {"memories": memories, "owners": owners}

    def close(self) -> None:
        """Close the connections of all threads."""
        self._file.close()

    def _change(self, connection: apsw.Connection, change: Upsert | Remove) -> str | None:
        if isinstance(change, Remove):
            remove(connection, change)
            return None
        return upsert(connection, change, self._dimensions)

    def _claim(self, model: str) -> None:
        with self._file.reading() as connection:
            found = _model(connection)
        if found is None:
            with self._file.writing() as connection:
                connection.execute("INSERT OR IGNORE INTO settings VALUES ('model', ?)", (model,))
                found = _model(connection)
        if found != model:
            raise SetupError(
                f"{self._file.path} holds memories embedded by {found}, not by {model}: set "
                "LAMELLA_MODEL back, or export them and import them into a new LAMELLA_DATA folder"
            )


def _model(connection: apsw.Connection) -> str | None:
    found: str | None = connection.execute("SELECT value FROM settings WHERE name = 'model'").get
    return found


def _found(selection: Selection, query: Search) -> tuple[Found, ...]:
    vector = None if query.vector is None else query.vector.tobytes()
    words = json.dumps(list(dict.fromkeys(query.words)))
    docs = selection.rows(_MOST_WORDS, words=words, limit=query.limit) if query.words else []
    if vector is not None:
        docs = selection.rows(_NEAREST, vector=vector, limit=query.limit) + docs
    chosen = json.dumps(list(dict.fromkeys(doc for (doc,) in docs)))
    candidates = selection.rows(_CANDIDATES, docs=chosen, vector=vector)
    return tuple(Found(record(body), cosine) for body, cosine in candidates)


def _statistics(selection: Selection, words: tuple[str, ...]) -> Statistics:
    current = {"superseded": False, "expired": False}
    ((documents, length),) = selection.rows(_TOTALS, **current)
    frequency = selection.rows(_FREQUENCY, **current, words=json.dumps(list(dict.fromkeys(words))))
    return Statistics(documents, length, dict(frequency))
