"""Memories as Mem0 writes them, in whatever shape, become what an import takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from lamella import Memory, errors
from lamella.mem0.journal import Journal
from lamella.mem0.moving import move
from lamella.mem0.rows import changes_of, memory_of
from lamella.mem0.sources import FileSource, HostSource

PLATFORM = {
    "id": "m1",
    "memory": "I like tea.",
    "user_id": "ann",
    "session_id": "trip",
    "metadata": {"a": 1},
    "categories": ["food"],
    "created_at": "2024-07-25T23:57:00-07:00",
    "updated_at": "2024-07-26T00:00:00-07:00",
    "expiration_date": None,
    "score": 0.7,
    "hash": "d0",
    "owner": "someone",
}
OSS = {"id": "m1", "memory": "I like tea.", "hash": "d0", "run_id": "trip", "user_id": "ann"}
CAMEL = {"id": "m1", "memory": "I like tea.", "userId": "ann", "runId": "trip"}
VECTOR = {
    "id": 7,
    "payload": {"data": "I like tea.", "user_id": "ann", "hash": "d0", "run_id": "trip", "a": 1},
}


@pytest.mark.parametrize(
    "row", [PLATFORM, OSS, CAMEL, VECTOR], ids=["platform", "oss", "js", "qdrant"]
)
def test_every_shape_of_a_memory_is_read(row: dict[str, Any]) -> None:
    told = memory_of(row)
    assert told["id"] == str(row["id"])
    assert (told["memory"], told["user_id"], told["run_id"]) == ("I like tea.", "ann", "trip")
    assert told.get("metadata") == (None if row in (OSS, CAMEL) else {"a": 1})
    assert told.keys().isdisjoint({"score", "hash", "owner", "expiration_date"})


def test_a_user_may_be_named_for_what_names_nobody() -> None:
    assert memory_of({"id": "1", "memory": "x", "run_id": "r"}, "ann")["user_id"] == "ann"
    assert "user_id" not in memory_of({"id": "1", "memory": "x", "agent_id": "a"}, "ann")


def test_a_history_is_put_in_order_and_says_when_each_change_was() -> None:
    added = {"id": "1", "event": "ADD", "new_memory": "a", "old_memory": "", "created_at": "2024"}
    oss = {"event": "UPDATE", "old_memory": "a", "new_memory": "b", "created_at": "2024"}
    told = changes_of([oss | {"updated_at": "2025"}, added, {"event": "NOOP"}, "odd"])
    assert told == [
        {"id": "1", "event": "ADD", "created_at": "2024", "new_memory": "a"},
        {"id": "0", "event": "UPDATE", "created_at": "2025", "old_memory": "a", "new_memory": "b"},
    ]
    assert len(changes_of([added] * 100)) == 80


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([OSS, PLATFORM]),
        json.dumps({"results": [OSS, PLATFORM]}),
        json.dumps({"memories": [OSS, PLATFORM], "total": 2}),
        json.dumps(OSS) + "\n\n" + json.dumps(PLATFORM) + "\n",
        "\ufeff" + json.dumps([OSS, PLATFORM]),
    ],
)
def test_every_shape_of_a_file_is_read(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mem0.json"
    file.write_text(text, encoding="utf-8")
    source = FileSource(file)
    assert list(source.rows()) == [OSS, PLATFORM]
    assert source.count == 2


def test_a_complete_export_gives_its_current_memories_with_their_histories(tmp_path: Path) -> None:
    file = tmp_path / "alex.jsonl"
    lines = [
        {"type": "turn", "id": "t", "content": "I live in Oslo."},
        {"type": "history", "memory_id": "1", "event": "ADD"},
        {"type": "memory", "id": "1", "memory": "x"},
        {"type": "memory", "id": "2", "memory": "y", "valid_to": "2026-01-01"},
        {"type": "note", "id": "3", "memory": "z"},
    ]
    file.write_text("\n".join(json.dumps(line) for line in lines))
    rows = list(FileSource(file).rows())
    assert [(row["id"], len(row["history"])) for row in rows] == [("1", 1), ("3", 0)]


def test_a_file_with_one_memory_or_with_no_number_is_read(tmp_path: Path) -> None:
    file = tmp_path / "mem0.json"
    file.write_text('{"id": "1", "memory": "x", "score": NaN}')
    assert list(FileSource(file).rows()) == [{"id": "1", "memory": "x", "score": None}]


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"no json", errors.Invalid), (b"7", errors.Invalid), (b"\xff\xfe\x00", errors.Invalid)],
)
def test_what_is_no_export_is_told(
    tmp_path: Path, content: bytes, error: type[errors.LamellaError]
) -> None:
    file = tmp_path / "mem0.json"
    file.write_bytes(content)
    with pytest.raises(error, match=r"mem0\.json"):
        list(FileSource(file).rows())
    with pytest.raises(errors.SetupError, match="absent"):
        list(FileSource(tmp_path / "absent").rows())


Answer = Callable[[str, str, Mapping[str, Any], Any], Any]


class Answering:
    """A transport whose server is a function; it remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[tuple[str, Mapping[str, Any], Any]] = []

    def send(self, method: str, path: str, query: Mapping[str, Any], body: Any) -> Any:
        self.asked.append((path, query, body))
        return self._answer(method, path, query, body)

    def close(self) -> None:
        """Nothing is open."""


def hosted(rows: list[dict[str, Any]], size: int) -> Answer:
    """A hosted Mem0: pages by number, and a history for the first memory only."""

    def answer(method: str, path: str, query: Mapping[str, Any], body: Any) -> Any:
        if path.endswith("/history/"):
            if "/m1/" in path:
                return [{"id": "h", "event": "ADD", "new_memory": "x", "created_at": "2024-01-01"}]
            raise errors.NotFound("no history")
        start = (query["page"] - 1) * size
        more = "http://next" if start + size < len(rows) else None
        return {"count": len(rows), "next": more, "results": rows[start : start + size]}

    return answer


def test_a_host_is_read_page_by_page_to_its_end() -> None:
    rows = [{"id": f"m{n}", "memory": f"x{n}", "user_id": "ann"} for n in range(5)]
    transport = Answering(hosted(rows, 2))
    source = HostSource("http://mem0.test", transport)
    assert list(source.rows()) == rows
    assert source.count == 5
    assert [query["page"] for _, query, _ in transport.asked] == [1, 2, 3]
    assert {"user_id": "*"} in transport.asked[0][2]["filters"]["OR"]
    assert [bool(source.history(row)) for row in rows[:2]] == [False, True]


def test_a_host_that_gives_cursors_is_read_along_them() -> None:
    pages = iter([{"results": [1], "cursor": "c1", "count": 2}, {"results": [2], "cursor": None}])
    transport = Answering(lambda *_: next(pages))
    assert list(HostSource("http://lamella.test", transport).rows()) == [1, 2]
    assert [body.get("cursor") for _, _, body in transport.asked] == [None, "c1"]


def test_a_busy_host_is_asked_again_and_an_absent_one_is_not() -> None:
    busy = errors.Throttled("slow down")
    answers: list[Any] = [{"results": [1], "cursor": "c1"}, busy, busy, {"results": [2]}]

    def answer(*_: Any) -> Any:
        told = answers.pop(0)
        if isinstance(told, Exception):
            raise told
        return told

    assert list(HostSource("http://mem0.test", Answering(answer), pause=0).rows()) == [1, 2]
    answers += [errors.Unavailable("no answer"), {"results": [1]}]
    with pytest.raises(errors.Unavailable):
        list(HostSource("http://mem0.test", Answering(answer), pause=0).rows())


def test_what_is_no_mem0_server_is_told() -> None:
    with pytest.raises(errors.Invalid, match="is it a Mem0 server"):
        list(HostSource("http://x.test", Answering(lambda *_: ["odd"])).rows())


class Cut:
    """A source that goes away after so many rows, the first time."""

    def __init__(self, rows: list[Any], after: int) -> None:
        self.name, self.count = "cut", len(rows)
        self._rows, self._after = rows, after
        self.histories = 0

    def rows(self) -> Iterator[Any]:
        for place, row in enumerate(self._rows):
            if place == self._after:
                self._after = -1
                raise errors.Unavailable("the line was cut")
            yield row

    def history(self, row: Mapping[str, Any]) -> list[Any] | None:
        self.histories += 1
        return None


@pytest.fixture
def target() -> Answering:
    """A memory that takes everything."""
    taken = lambda told: {"id": told.get("id"), "event": "ADD"}  # noqa: E731
    return Answering(lambda *call: {"results": [taken(told) for told in call[3]["memories"]]})


def test_a_journey_goes_on_where_it_was_cut(tmp_path: Path, target: Answering) -> None:
    rows = [{"id": f"m{n}", "memory": f"x{n}", "user_id": "ann"} for n in range(250)]
    source, memory, seen = Cut(rows, after=230), Memory(transport=target), list[int]()
    with pytest.raises(errors.Unavailable):
        move(source, memory, Journal(tmp_path / "j", "a", "b"), advance=seen.append)
    assert sum(seen) == 200
    move(source, memory, Journal(tmp_path / "j", "a", "b"), advance=seen.append)
    assert sum(seen) == 200 + 250
    sent = [told["id"] for _, _, body in target.asked for told in body["memories"]]
    assert sent == [row["id"] for row in rows]
    assert source.histories == 230 + 50


def test_batches_stay_below_what_a_body_may_hold(tmp_path: Path, target: Answering) -> None:
    rows = [{"id": f"m{n}", "memory": "x" * 900_000, "user_id": "ann"} for n in range(5)]
    move(Cut(rows, -1), Memory(transport=target), Journal(tmp_path / "j", "a", "b"))
    assert [len(body["memories"]) for _, _, body in target.asked] == [2, 2, 1]


def test_what_can_not_be_sent_is_noted_and_the_rest_moves(
    tmp_path: Path, target: Answering
) -> None:
    rows = [{"id": "bad", "memory": "\ud83d", "user_id": "ann"}, OSS]
    journal = Journal(tmp_path / "j", "a", "b")
    move(Cut(rows, -1), Memory(transport=target), journal)
    assert journal.counts == {"invalid": 1, "moved": 1}
    assert [one["key"] for one in journal.skipped] == ["bad"]


def test_a_journal_forgives_a_line_cut_off_and_refuses_another_journey(tmp_path: Path) -> None:
    file = tmp_path / "j"
    journal = Journal(file, "a", "b")
    journal.note([("m1", {"event": "ADD"}), ("m2", {"event": "NONE", "reason": "secret"})])
    journal.note([("m1", {"event": "NONE", "reason": "known"})])
    with file.open("a") as kept:
        kept.write('{"key": "m3", "ev')
    again = Journal(file, "a", "b")
    assert again.counts == {"moved": 1, "secret": 1}
    assert [again.settled(key) for key in ("m1", "m2", "m3")] == [True, False, False]
    with pytest.raises(errors.Invalid, match="another import"):
        Journal(file, "a", "elsewhere")
    with pytest.raises(errors.SetupError, match="--journal"):
        Journal(tmp_path / "no" / "folder", "a", "b")
