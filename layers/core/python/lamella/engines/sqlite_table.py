"""The truth in a SQLite file: one transaction, and one fsync, for a whole round of commits."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import apsw
from pydantic_core import from_json

from lamella.clock import DAY
from lamella.conditions import holds
from lamella.engines.sqlite_file import PATIENCE, SqliteFile
from lamella.errors import Unavailable
from lamella.limits import apply_update, check_commit, check_item
from lamella.ports import (
    Check,
    Commit,
    Delete,
    Get,
    Item,
    Key,
    Mark,
    Marked,
    Operation,
    Page,
    Put,
    Query,
    Read,
    Refusal,
    Scan,
    Update,
)

SCRUB_EVERY = DAY
_BATCH = 500
_LAST_CHARACTER = "\U0010ffff"

_ITEM = "SELECT pk, sk, body, ttl, bucket, at FROM items"
_PUT = """
    INSERT INTO items (pk, sk, body, ttl, bucket, at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET body = excluded.body, ttl = excluded.ttl,
        bucket = excluded.bucket, at = excluded.at
"""
_DELETE = "DELETE FROM items WHERE pk = ? AND sk = ?"
_DELETE_ENDED = """
    DELETE FROM items WHERE (pk, sk) IN (SELECT pk, sk FROM items WHERE ttl <= ? LIMIT ?)
"""


class SqliteTable:
    """The Table of the embedded engine. Every read of it is strongly consistent, Marked too.

    A call that others keep out of the file for `patience` ms raises Unavailable.
    """

    def __init__(self, path: Path, patience: int = PATIENCE) -> None:
        self._file = SqliteFile(path, patience)

    def read(self, reads: Sequence[Read]) -> list[Page]:
        """A page for each read, all from one snapshot."""
        with self._file.reading() as connection:
            return [_page(connection, read) for read in reads]

    def write(self, commits: Sequence[Commit]) -> list[Refusal | None]:
        """Each commit stands or is refused by itself; those that stand are on disk at return.

        A commit sees what the earlier ones of its round did. If the round as a whole fails (a full
        disk, an item grown too large), none of it is written.
        """
        brought = [check_commit(commit) for commit in commits]
        with self._file.writing() as connection:
            pairs = zip(commits, brought, strict=True)
            return [_attempt(connection, commit, bodies) for commit, bodies in pairs]

    def tidy(self, now: int) -> int:
        """Delete what `ttl` has ended, and empty the log if that was anything; `scrub` once a day.

        Where others are reading or writing, the last two are left to the next call.
        """
        deleted = 0
        while batch := self._delete_ended(now):
            deleted += batch
        with suppress(Unavailable):
            if self._scrub_is_due(now):
                self.scrub()
                self._note_scrub(now)
            elif deleted:
                self._file.truncate_log()
        return deleted

    def scrub(self) -> None:
        """Leave no byte of anything deleted in the file or its log: the end of a forget.

        The whole file is written anew, at about 1 s per 200 MB, during which nobody else can
        write. Raises Unavailable if others kept it busy.
        """
        self._file.rebuild()

    def stats(self) -> dict[str, int]:
        """How many items there are, how many of them are marked, and the bytes on disk."""
        with self._file.reading() as connection:
            items = connection.execute("SELECT count(*) FROM items").get
            marks = connection.execute("SELECT count(*) FROM items WHERE bucket IS NOT NULL").get
        return {"items": items, "pending_marks": marks, "file_bytes": self._file.bytes_on_disk()}

    def close(self) -> None:
        """Close the connections of all threads."""
        self._file.close()

    def _delete_ended(self, now: int) -> int:
        with self._file.writing() as connection:
            connection.execute(_DELETE_ENDED, (now, _BATCH))
            return connection.changes()

    def _scrub_is_due(self, now: int) -> bool:
        with self._file.reading() as connection:
            last = connection.execute("SELECT value FROM settings WHERE name = 'scrubbed_at'").get
        if last is None:
            self._note_scrub(now)
            return False
        return bool(now - last >= SCRUB_EVERY)

    def _note_scrub(self, now: int) -> None:
        with self._file.writing() as connection:
            connection.execute("REPLACE INTO settings VALUES ('scrubbed_at', ?)", (now,))


def _page(connection: apsw.Connection, read: Read) -> Page:
    match read:
        case Get(key):
            return Page(_items(connection, f"{_ITEM} WHERE pk = ? AND sk = ?", (key.pk, key.sk)))
        case Query():
            found = _items(connection, *_query(read))
        case Marked(bucket, until, since, limit):
            found = _items(
                connection,
                f"{_ITEM} WHERE bucket = ? AND at BETWEEN ? AND ? ORDER BY at, pk, sk LIMIT ?",
                (bucket, since, until, limit + 1),
            )
        case Scan():
            found = _items(connection, *_scan(read))
    return Page(found[: read.limit], more=len(found) > read.limit)


def _scan(scan: Scan) -> tuple[str, tuple[str | int, ...]]:
    where, values = _begins_with(scan.prefix)
    if scan.after is not None:
        where.append("(pk, sk) > (?, ?)")
        values += [scan.after.pk, scan.after.sk]
    sql = f"{_ITEM} WHERE {' AND '.join(where)} ORDER BY pk, sk LIMIT ?"
    return sql, (*values, scan.limit + 1)


def _query(query: Query) -> tuple[str, tuple[str | int, ...]]:
    """One bound on each side: of two, SQLite seeks by the first and walks to the other."""
    start, end, after = ("sk >= ?", query.prefix), _end_of_prefix(query.prefix), query.after
    bounds = [start] if end is None else [start, ("sk < ?", end)]
    if after is not None and query.newest_first:
        bounds = [start, ("sk < ?", after if end is None else min(after, end))]
    elif after is not None and after >= query.prefix:
        bounds[0] = ("sk > ?", after)
    where = " AND ".join(["pk = ?", *(bound for bound, _ in bounds)])
    order = "DESC" if query.newest_first else "ASC"
    values = [query.pk, *(value for _, value in bounds)]
    return f"{_ITEM} WHERE {where} ORDER BY sk {order} LIMIT ?", (*values, query.limit + 1)


def _begins_with(prefix: str) -> tuple[list[str], list[str]]:
    where, values = ["sk >= ?"], [prefix]
    if (end := _end_of_prefix(prefix)) is not None:
        where.append("sk < ?")
        values.append(end)
    return where, values


def _end_of_prefix(prefix: str) -> str | None:
    """The first string after all that begin with `prefix`, in order of UTF-8 bytes; None: no end.

    That order is the order of code points, among which the surrogates are no characters.
    """
    stem = prefix.rstrip(_LAST_CHARACTER)
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(0xE000 if following == 0xD800 else following)


def _items(
    connection: apsw.Connection, sql: str, values: tuple[str | int, ...]
) -> tuple[Item, ...]:
    return tuple(
        Item(Key(pk, sk), from_json(body), ttl, None if bucket is None else Mark(bucket, at))
        for pk, sk, body, ttl, bucket, at in connection.execute(sql, values)
    )


def _attempt(connection: apsw.Connection, commit: Commit, bodies: Sequence[str]) -> Refusal | None:
    lying = [_lying(connection, operation) for operation in commit]
    for number, (operation, current) in enumerate(zip(commit, lying, strict=True)):
        if operation.only_if is not None and not holds(operation.only_if, current):
            return Refusal(number, current)
    for operation, current, body in zip(commit, lying, bodies, strict=True):
        _carry_out(connection, operation, current, body)
    return None


def _lying(connection: apsw.Connection, operation: Operation) -> Item | None:
    if operation.only_if is None and not isinstance(operation, Update):
        return None
    return _page(connection, Get(operation.key)).first


def _carry_out(
    connection: apsw.Connection, operation: Operation, current: Item | None, body: str
) -> None:
    match operation:
        case Put(item):
            _put(connection, item, body)
        case Update():
            item = apply_update(operation, current)
            _put(connection, item, check_item(item))
        case Delete(key):
            connection.execute(_DELETE, (key.pk, key.sk))
        case Check():
            pass


def _put(connection: apsw.Connection, item: Item, body: str) -> None:
    bucket, at = (item.mark.bucket, item.mark.at) if item.mark else (None, None)
    connection.execute(_PUT, (item.key.pk, item.key.sk, body, item.ttl, bucket, at))
