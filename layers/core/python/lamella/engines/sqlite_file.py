"""One SQLite file: a connection for each thread, transactions, Lamella's errors, and erasure."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Lock, Thread, current_thread, local

import apsw
import sqlite_vec
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random

from lamella.clock import SECOND
from lamella.engines.sqlite_schema import LAYOUT, TABLES, check_format, is_empty
from lamella.errors import SetupError, Unavailable

PATIENCE = 10 * SECOND

_EACH_CONNECTION = {"synchronous": "FULL", "secure_delete": "ON", "cache_size": -16_000}

_inherited: list[apsw.Connection] = []
"""Connections a parent process opened: SQLite forbids a forked child to use or to close them."""


class SqliteFile:
    """The file at `path`, made if it isn't there, for any number of threads and processes.

    Raises SetupError when the file can't be used on this machine, and Unavailable when it can't
    be now: the disk is full or failing, or others have kept it locked for `patience` ms.
    """

    def __init__(self, path: Path, patience: int = PATIENCE) -> None:
        self.path = path
        self._patience = patience
        self._opened: list[tuple[Thread, apsw.Connection]]
        self._forget_connections()
        self._make_tables()

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """A transaction in which every read sees the same snapshot."""
        with self._translated():
            connection = self._connection()
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                _roll_back(connection)

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """The one writing transaction, on disk when the block ends, undone if it raises."""
        with self._translated():
            connection = self._connection()
            with self._turn_to_write():
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                finally:
                    _roll_back(connection)

    def truncate_log(self) -> None:
        """Move everything into the file and empty its log, which holds what was overwritten.

        Raises Unavailable if another process kept reading for `patience` ms.
        """
        with self._translated(), self._turn_to_write():
            self._truncate()

    def rebuild(self) -> None:
        """Write the file anew, so that it holds no byte of what was deleted.

        `secure_delete` overwrites a deleted cell where it lies, but not the copies which page
        splits left behind in free space (measured: a third of deleted texts were still readable).
        It takes the file's size again on disk, and locks writers out for about 1 s per 200 MB.
        """
        with self._translated(), self._turn_to_write():
            self._connection().execute("VACUUM")
            self._truncate()

    def bytes_on_disk(self) -> int:
        """The size of the file and its log."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return sum(file.stat().st_size for file in (self.path, log) if file.exists())

    def close(self) -> None:
        """Close the connections of all threads; a later call opens anew."""
        self._leave_parent()
        opened = self._opened
        self._forget_connections()
        for _, connection in opened:
            connection.close()

    def _connection(self) -> apsw.Connection:
        self._leave_parent()
        found: apsw.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._open()
        return found

    def _open(self) -> apsw.Connection:
        connection = apsw.Connection(str(self.path))
        if connection.readonly("main"):
            raise self._unusable()
        connection.set_busy_timeout(self._patience)
        connection.enable_load_extension(True)
        connection.load_extension(sqlite_vec.loadable_path())
        connection.enable_load_extension(False)
        for name, value in _EACH_CONNECTION.items():
            connection.pragma(name, value)
        with self._listing:
            ended = [entry for entry in self._opened if not entry[0].is_alive()]
            self._opened = [entry for entry in self._opened if entry[0].is_alive()]
            self._opened.append((current_thread(), connection))
        for _, left in ended:
            left.close()
        return connection

    def _forget_connections(self) -> None:
        self._process = os.getpid()
        self._local = local()
        self._listing = Lock()
        self._writer = Lock()
        self._opened = []

    def _leave_parent(self) -> None:
        if self._process != os.getpid():
            _inherited.extend(connection for _, connection in self._opened)
            self._forget_connections()

    def _make_tables(self) -> None:
        with self._translated():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.reading() as connection:
            fresh = is_empty(connection)
        if fresh:
            with self._translated():
                self.path.chmod(0o600)
                self._lay_out()
            with self.writing() as connection:
                if is_empty(connection):
                    connection.execute(TABLES)
        with self.reading() as connection:
            check_format(connection, self.path)

    def _lay_out(self) -> None:
        """Several may open a new file at once."""
        self._patiently(partial(self._connection().execute, LAYOUT))

    def _truncate(self) -> None:
        """Another process may be doing the same."""
        mode = apsw.SQLITE_CHECKPOINT_TRUNCATE
        self._patiently(partial(self._connection().wal_checkpoint, mode=mode))

    def _patiently(self, step: Callable[[], object]) -> None:
        """For steps of which SQLite turns all but one away, without any patience of its own."""
        again = Retrying(
            retry=retry_if_exception_type(apsw.BusyError),
            stop=stop_after_delay(self._patience / SECOND),
            wait=wait_random(0.01, 0.1),
            reraise=True,
        )
        again(step)

    @contextmanager
    def _turn_to_write(self) -> Iterator[None]:
        """SQLite's own lock is polled; threads of this process hand theirs on without a pause."""
        if not self._writer.acquire(timeout=self._patience / SECOND):
            raise self._locked()
        try:
            yield
        finally:
            self._writer.release()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (apsw.BusyError, apsw.LockedError, apsw.ProtocolError) as exc:
            raise self._locked() from exc
        except apsw.FullError as exc:
            raise Unavailable(f"no room left on the disk of {self.path}: make some") from exc
        except apsw.IOError as exc:
            raise Unavailable(
                f"reading or writing {self.path} failed: check the disk it lies on"
            ) from exc
        except (apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError, OSError) as exc:
            raise self._unusable() from exc
        except (apsw.CorruptError, apsw.NotADBError) as exc:
            raise SetupError(
                f"{self.path} is damaged or no Lamella file: restore it from a backup, "
                "or move it away to start empty"
            ) from exc

    def _locked(self) -> Unavailable:
        return Unavailable(
            f"{self.path} was locked by others for {self._patience} ms: try again later"
        )

    def _unusable(self) -> SetupError:
        return SetupError(
            f"{self.path} can't be opened for writing: give this user rights to it and its "
            "folder, or set LAMELLA_DATA to another folder"
        )


def _roll_back(connection: apsw.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")
