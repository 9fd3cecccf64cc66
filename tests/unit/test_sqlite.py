"""What only the embedded engine promises: durability, many processes, erasure, clear refusals."""

from __future__ import annotations

import os
import random
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import apsw
import pytest

from lamella.clock import DAY
from lamella.engines.sqlite import SqliteFile, SqliteIndex, SqliteTable
from lamella.errors import Invalid, SetupError, Unavailable
from lamella.models import Record
from lamella.ports import (
    Absent,
    Get,
    Is,
    Item,
    Key,
    Listing,
    Mark,
    Put,
    Query,
    Remove,
    Search,
    Upsert,
)
from lamella.vectors import pack, unit

NOW = 1_800_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamella.db"


@pytest.fixture
def table(path: Path) -> Iterator[SqliteTable]:
    with closing(SqliteTable(path)) as table:
        yield table


@pytest.fixture
def index(path: Path) -> Iterator[SqliteIndex]:
    with closing(SqliteIndex(path, "small-model", 4)) as index:
        yield index


def put(sk: str, text: str = "", ttl: int | None = None, mark: Mark | None = None) -> Put:
    return Put(Item(Key("p", sk), {"text": text}, ttl, mark))


def memory(number: int, text: str, owner: str = "u:ann") -> Record:
    return Record(
        id=f"01{number:024d}",
        owner=owner,
        layer="user",
        kind="factual",
        text=text,
        created_at=NOW,
        updated_at=NOW,
        said_at=NOW,
        version=1,
        words=tuple(text.lower().split()),
        embedding=pack(unit([number + 1, 1, 0, 0])),
    )


def start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """Another process of this Python that runs `script`."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


# --- one file, its folder and its owner ---------------------------------------------------


def test_table_and_index_share_one_file_that_only_its_owner_can_read(
    path: Path, table: SqliteTable, index: SqliteIndex
) -> None:
    table.write([(put("a"),)])
    index.apply([Upsert("acme", memory(1, "Ann sails"))])

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.with_name("lamella.db-wal").stat().st_mode) == 0o600
    assert {file.name.split("-")[0] for file in path.parent.iterdir()} == {"lamella.db"}


def test_what_was_written_is_there_after_closing_and_opening(path: Path) -> None:
    with closing(SqliteTable(path)) as first:
        first.write([(put("a", "kept"),)])
    with closing(SqliteTable(path)) as second:
        assert second.read([Get(Key("p", "a"))])[0].first == Item(Key("p", "a"), {"text": "kept"})


def test_a_closed_table_opens_anew_when_it_is_used(table: SqliteTable) -> None:
    table.write([(put("a"),)])
    table.close()
    assert table.read([Get(Key("p", "a"))])[0].first is not None


def test_every_connection_syncs_each_commit_and_overwrites_what_it_deletes(path: Path) -> None:
    with closing(SqliteFile(path)) as file, file.reading() as connection:
        assert connection.pragma("journal_mode") == "wal"
        assert connection.pragma("synchronous") == 2
        assert connection.pragma("secure_delete") == 1
        assert connection.pragma("page_size") == 8_192
        assert connection.pragma("cache_size") == -16_000


def test_stats_count_what_the_file_holds(table: SqliteTable, index: SqliteIndex) -> None:
    table.write([(put("a"), put("b", mark=Mark("due", NOW)))])
    index.apply([Upsert("acme", memory(1, "one")), Upsert("acme", memory(2, "two", "u:bob"))])

    found = table.stats()
    assert (found["items"], found["pending_marks"]) == (2, 1)
    assert found["file_bytes"] > 0
    assert index.stats() == {"memories": 2, "owners": 2}


# --- refusals -----------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1_000)
    with pytest.raises(SetupError, match="no Lamella file"):
        SqliteTable(path)


def test_a_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(apsw.Connection(str(path))) as other:
        other.execute("CREATE TABLE recipes (name)")
    before = path.read_bytes()

    with pytest.raises(SetupError, match="another program"):
        SqliteTable(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_lamella_is_refused(path: Path, table: SqliteTable) -> None:
    with closing(apsw.Connection(str(path))) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(SetupError, match="format 99, written by a newer Lamella"):
        SqliteTable(path)


def test_a_folder_that_cannot_be_made_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="set LAMELLA_DATA to another folder"):
        SqliteTable(tmp_path / "file" / "lamella.db")


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(SetupError, match="can't be opened for writing"):
        SqliteTable(path)


def test_another_model_is_refused_and_both_are_named(path: Path, index: SqliteIndex) -> None:
    for model, dimensions in (("large-model", 4), ("small-model", 8)):
        with pytest.raises(SetupError) as refused:
            SqliteIndex(path, model, dimensions)
        assert "small-model (4 dimensions)" in refused.value.detail
        assert f"{model} ({dimensions} dimensions)" in refused.value.detail


def test_a_vector_of_another_length_is_refused_alone(index: SqliteIndex) -> None:
    long, short = memory(1, "one"), memory(2, "two")
    answers = index.apply(
        [
            Upsert("acme", Record.from_body({**long.body(), "embedding": pack(unit([1.0] * 5))})),
            Upsert("acme", Record.from_body({**long.body(), "embedding": "no base64"})),
            Upsert("acme", short),
        ]
    )
    assert [answer is None for answer in answers] == [False, False, True]
    assert "5 dimensions" in str(answers[0])
    with pytest.raises(Invalid, match="5 dimensions"):
        index.search(Search("acme", ("u:ann",), (), unit([1.0] * 5), NOW))


def test_a_full_disk_is_unavailable_and_nothing_is_half_written(path: Path) -> None:
    with closing(SqliteFile(path)) as file:
        with file.writing() as connection:
            pages = connection.pragma("page_count")
            connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(Unavailable, match=r"no room left on the disk of .*lamella\.db"):
            fill(file)
        with file.reading() as connection:
            assert connection.execute("SELECT count(*) FROM settings").get == 0


def fill(file: SqliteFile) -> None:
    with file.writing() as connection:
        for number in range(1_000):
            connection.execute("INSERT INTO settings VALUES (?, ?)", (str(number), "x" * 1_000))


def test_a_lock_held_too_long_is_unavailable(path: Path, table: SqliteTable) -> None:
    with closing(SqliteFile(path, patience=1)) as hasty, closing(SqliteFile(path)) as holder:
        with holder.writing(), pytest.raises(Unavailable, match="locked by others"):
            hasty.writing().__enter__()
        with hasty.writing() as connection:
            assert connection.in_transaction


def test_readers_do_not_wait_for_a_writer(path: Path, table: SqliteTable) -> None:
    with closing(SqliteFile(path)) as holder, holder.writing():
        assert table.read([Query("p")])[0].items == ()


def test_a_failure_inside_a_transaction_undoes_it(path: Path) -> None:
    with closing(SqliteFile(path)) as file:
        with pytest.raises(apsw.ConstraintError):
            write_twice(file, "a")
        with file.writing() as connection:
            assert connection.execute("SELECT count(*) FROM settings").get == 0


def write_twice(file: SqliteFile, name: str) -> None:
    with file.writing() as connection:
        for value in (1, 2):
            connection.execute("INSERT INTO settings VALUES (?, ?)", (name, value))


# --- threads and processes ----------------------------------------------------------------

COUNTER = """
import sys
from pathlib import Path
from lamella.engines.sqlite import SqliteTable
from lamella.ports import Get, Is, Item, Key, Put

table, key = SqliteTable(Path(sys.argv[1])), Key("p", "counter")
for _ in range(int(sys.argv[2])):
    refused = True
    while refused:
        count = table.read([Get(key)])[0].first.body["count"]
        [refused] = table.write([(Put(Item(key, {"count": count + 1}), Is("count", count)),)])
"""

OPENER = """
import sys
from pathlib import Path
from lamella.engines.sqlite import SqliteIndex

print("ready", flush=True)
sys.stdin.readline()
SqliteIndex(Path(sys.argv[1]), "small-model", 4).close()
print("done")
"""

WRITER = """
import itertools, sys
from pathlib import Path
from lamella.engines.sqlite import SqliteTable
from lamella.ports import Item, Key, Put

table = SqliteTable(Path(sys.argv[1]))
for number in itertools.count():
    both = tuple(Put(Item(Key(half, f"{number:08d}"), {"n": number})) for half in ("left", "right"))
    table.write([both])
    print(number, flush=True)
"""

FORKER = """
import os, sys
from pathlib import Path
from lamella.engines.sqlite import SqliteTable
from lamella.ports import Get, Item, Key, Put

table = SqliteTable(Path(sys.argv[1]))
table.write([(Put(Item(Key("p", "parent"), {})),)])
child = os.fork()
if child == 0:
    inherited = os.listdir("/dev/fd")
    table.write([(Put(Item(Key("p", "child"), {})),)])
    assert len(os.listdir("/dev/fd")) > len(inherited)
    table.close()
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
table.write([(Put(Item(Key("p", "parent again"), {})),)])
table.close()
"""


def test_four_processes_count_and_no_count_is_lost(path: Path, table: SqliteTable) -> None:
    table.write([(Put(Item(Key("p", "counter"), {"count": 0}), Absent()),)])
    with ExitStack() as running:
        processes = [running.enter_context(start(COUNTER, path, 25)) for _ in range(4)]
        assert [process.wait(60) for process in processes] == [0, 0, 0, 0]
    assert table.read([Get(Key("p", "counter"))])[0].first == Item(
        Key("p", "counter"), {"count": 100}
    )


def test_processes_that_open_a_new_file_at_once_all_succeed(path: Path) -> None:
    with ExitStack() as running:
        processes = [running.enter_context(start(OPENER, path)) for _ in range(4)]
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        answers = [process.communicate("go\n", timeout=30) for process in processes]
        assert answers == [("done\n", None)] * 4


def test_threads_each_with_their_own_connection_count_and_no_count_is_lost(
    table: SqliteTable,
) -> None:
    key = Key("p", "counter")
    table.write([(Put(Item(key, {"count": 0})),)])

    def count_up() -> None:
        for _ in range(10):
            while table.write([(Put(Item(key, {"count": (n := now()) + 1}), Is("count", n)),)])[0]:
                pass

    def now() -> int:
        found = table.read([Get(key)])[0].first
        assert found is not None
        return int(found.body["count"])

    threads = [threading.Thread(target=count_up) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert now() == 80


def test_connections_of_ended_threads_are_closed(path: Path) -> None:
    def files() -> int:
        return len(os.listdir("/dev/fd"))

    def read_once() -> None:
        with file.reading():
            pass

    with closing(SqliteFile(path)) as file:
        before = files()
        for _ in range(20):
            thread = threading.Thread(target=read_once)
            thread.start()
            thread.join()
        assert files() <= before + 5


def test_a_forked_child_opens_its_own_connection(path: Path) -> None:
    with start(FORKER, path) as forker:
        assert forker.wait(30) == 0
    with closing(SqliteTable(path)) as table:
        found = table.read([Query("p")])[0].items
    assert [item.key.sk for item in found] == ["child", "parent", "parent again"]


def test_a_killed_writer_loses_nothing_it_acknowledged_and_leaves_no_half(path: Path) -> None:
    with start(WRITER, path) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(50)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout]

    with closing(SqliteTable(path)) as table:
        left, right = (
            [item.body["n"] for item in page.items]
            for page in table.read([Query("left", limit=100_000), Query("right", limit=100_000)])
        )
    assert left == right
    assert left[: len(acknowledged)] == acknowledged


# --- erasure ------------------------------------------------------------------------------


def on_disk(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.glob("lamella.db*"))


def test_what_is_deleted_leaves_the_file_with_the_next_tidy(
    path: Path, table: SqliteTable, index: SqliteIndex
) -> None:
    gone, stays = memory(1, "canary gone", "u:canary"), memory(2, "canary2 stays")
    table.write([(put("a", "canary item", ttl=NOW), put("b", "canary2 item"))])
    index.apply([Upsert("acme", gone), Upsert("acme", stays)])
    vector = unit([2, 1, 0, 0]).tobytes()
    assert b"canary item" in on_disk(path)

    index.apply([Remove("acme", gone.owner, gone.id, gone.version + 1)])
    assert table.tidy(NOW) == 1
    assert on_disk(path).count(b"canary") == on_disk(path).count(b"canary2") > 0
    assert gone.id.encode() not in on_disk(path)
    assert vector not in on_disk(path)


def test_scrubbing_reaches_what_page_splits_left_behind(
    path: Path, table: SqliteTable, index: SqliteIndex
) -> None:
    chance = random.Random(7)
    records = [memory(number, f"canary{number:04d} fact") for number in range(600)]
    gone, stay = records[::2], records[1::2]
    for record in records:
        text, ttl = record.text * chance.choice((1, 9, 60)), NOW if record in gone else NOW + 1
        table.write([(put(f"{chance.random()}", text, ttl),)])
    index.apply([Upsert("acme", record) for record in records])

    assert table.tidy(NOW) == len(gone)
    index.apply([Remove("acme", record.owner, record.id, 2) for record in gone])
    table.scrub()
    left = set(re.findall(rb"canary\d{4}", on_disk(path)))
    assert left == {record.text.split()[0].encode() for record in stay}


def test_scrubs_at_the_same_time_wait_for_each_other(path: Path, table: SqliteTable) -> None:
    for n in range(200):
        table.write([(Put(Item(Key("p", f"{n}"), {"text": "x" * 20_000})),)])
    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(table.scrub) for _ in range(40)]:
            done.result()


def test_tidying_scrubs_once_a_day(path: Path, table: SqliteTable) -> None:
    def pages() -> int:
        with closing(SqliteFile(path)) as file, file.reading() as connection:
            return int(connection.pragma("page_count"))

    table.tidy(NOW)
    table.write([tuple(put(f"{n}", "x" * 10_000, ttl=NOW) for n in range(50))])
    full = pages()
    table.tidy(NOW + DAY - 1)
    assert pages() == full
    table.tidy(NOW + DAY)
    assert pages() < full


def test_tidying_gets_through_more_than_one_batch(table: SqliteTable) -> None:
    rounds = [tuple(put(f"{r}-{n}", ttl=NOW - n) for n in range(100)) for r in range(11)]
    table.write([*rounds, (put("stays", ttl=NOW + 1),)])
    assert table.tidy(NOW) == 1_100
    assert [item.key.sk for item in table.read([Query("p")])[0].items] == ["stays"]


def test_tidying_under_a_reader_deletes_and_leaves_the_log_for_later(path: Path) -> None:
    with closing(SqliteTable(path, patience=1)) as table, closing(SqliteFile(path)) as other:
        table.write([(put("a", ttl=NOW),)])
        with other.reading() as connection:
            assert connection.execute("SELECT count(*) FROM items").get == 1
            assert table.tidy(NOW) == 1
            with pytest.raises(Unavailable, match="locked by others"):
                table.scrub()
        table.scrub()


def test_an_owner_without_memories_is_not_remembered(path: Path, index: SqliteIndex) -> None:
    secret = memory(1, "one", "u:somebody@example.org")
    index.apply([Upsert("acme", secret)])
    index.apply([Remove("acme", secret.owner, secret.id, 2)])
    assert index.stats() == {"memories": 0, "owners": 0}
    assert index.apply([Upsert("acme", secret)]) == [None]
    assert index.list(Listing("acme", None, NOW)).count == 0
