"""The embedded engine: the table and the index of a machine without AWS, in one SQLite file.

It runs on apsw (https://rogerbinns.github.io/apsw) and sqlite-vec
(https://alexgarcia.xyz/sqlite-vec). Threads and processes may use one file at the same time, and
what a call acknowledged survives `kill -9` and a power cut.
"""

from lamella.engines.sqlite_file import SqliteFile
from lamella.engines.sqlite_index import SqliteIndex
from lamella.engines.sqlite_table import SqliteTable

__all__ = ["SqliteFile", "SqliteIndex", "SqliteTable"]
