"""Promise 11: a clear no. Bad input gets a 4xx with a string `detail`, and changes nothing."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from fakes import HashingEmbedder
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scenarios.callers import Caller, at
from scenarios.dumps import items
from world import ORG, World, in_memory, on_file

from lamella import Memory, SetupError, Unavailable
from lamella.api import Api
from lamella.client import InProcess
from lamella.engines.onnx import Onnx
from lamella.engines.sqlite import SqliteIndex, SqliteTable
from lamella.errors import LamellaError
from lamella.local.server import listen
from lamella.models import Principal
from lamella.routes import SCOPES
from lamella.service import open_local

ADD, SEARCH, LIST = "/v3/memories/add/", "/v3/memories/search/", "/v3/memories/"
ALEX = {"user_id": "alex"}
HUGE = 10**400
CANARY = "zebrafish"

BAD: dict[str, tuple[str, str, Any]] = {
    "no messages": ("POST", ADD, ALEX),
    "empty messages": ("POST", ADD, {"messages": [], **ALEX}),
    "blank messages": ("POST", ADD, {"messages": ["", "  \n"], **ALEX}),
    "a number as messages": ("POST", ADD, {"messages": 7, **ALEX}),
    "a message too long": ("POST", ADD, {"messages": CANARY * 40_000, **ALEX}),
    "too many messages": ("POST", ADD, {"messages": ["hi"] * 1_001, **ALEX}),
    "too much in all": ("POST", ADD, {"messages": [CANARY * 25_000] * 12, **ALEX}),
    "an unknown role": ("POST", ADD, {"messages": [{"role": "oracle", "content": CANARY}], **ALEX}),
    "an unknown part": (
        "POST",
        ADD,
        {"messages": [{"role": "user", "content": [{"type": CANARY}]}], **ALEX},
    ),
    "an unknown field of a message": (
        "POST",
        ADD,
        {"messages": [{"role": "user", "content": "hi", "mood": CANARY}], **ALEX},
    ),
    "nobody named": ("POST", ADD, {"messages": "hi"}),
    "a blank id": ("POST", ADD, {"messages": "hi", "user_id": " "}),
    "a number as id": ("POST", ADD, {"messages": "hi", "user_id": 7}),
    "everybody as id": ("POST", ADD, {"messages": "hi", "user_id": "*"}),
    "an id too long": ("POST", ADD, {"messages": "hi", "user_id": "x" * 257}),
    "half a surrogate in an id": ("POST", ADD, {"messages": "hi", "user_id": "\ud800"}),
    "half a surrogate in a text": ("POST", ADD, {"messages": "hi \ud800", **ALEX}),
    "a NUL in an id": ("POST", ADD, {"messages": "hi", "user_id": "a\x00b"}),
    "an unknown field": ("POST", ADD, {"messages": "hi", "memmory": CANARY, **ALEX}),
    "metadata that is no object": ("POST", ADD, {"messages": "hi", "metadata": [CANARY], **ALEX}),
    "metadata too large": ("POST", ADD, {"messages": "hi", "metadata": {"a": "x" * 9_000}, **ALEX}),
    "metadata with a surrogate": (
        "POST",
        ADD,
        {"messages": "hi", "metadata": {"a": "\ud800"}, **ALEX},
    ),
    "the org layer": ("POST", ADD, {"messages": "hi", "metadata": {"layer": "org"}, **ALEX}),
    "a session layer without a session": (
        "POST",
        ADD,
        {"messages": "hi", "metadata": {"layer": "session"}, **ALEX},
    ),
    "a future timestamp": ("POST", ADD, {"messages": "hi", "timestamp": 4_000_000_000, **ALEX}),
    "a bad timestamp": ("POST", ADD, {"messages": "hi", "timestamp": "soon", **ALEX}),
    "an endless timestamp": ("POST", ADD, {"messages": "hi", "timestamp": HUGE, **ALEX}),
    "a date that does not exist": (
        "POST",
        ADD,
        {"messages": "hi", "expiration_date": "2027-02-30", **ALEX},
    ),
    "a past expiry": ("POST", ADD, {"messages": "hi", "expiration_date": "2020-01-01", **ALEX}),
    "an expiry after the calendar's end": (
        "POST",
        ADD,
        {"messages": "hi", "expiration_date": "2925000d", **ALEX},
    ),
    "a duration of nothing": ("POST", ADD, {"messages": "hi", "lifetime": "0d", **ALEX}),
    "two ends": (
        "POST",
        ADD,
        {"messages": "hi", "lifetime": "1d", "expiration_date": "2030-01-01", **ALEX},
    ),
    "too many working items": (
        "POST",
        ADD,
        {"messages": "hi", "working": {f"k{n}": n for n in range(41)}, **ALEX},
    ),
    "a working value too large": (
        "PUT",
        at("v1", "sessions", "trip", "working", "k"),
        {"value": "x" * 300_000, **ALEX},
    ),
    "a working item without a value": ("PUT", at("v1", "sessions", "trip", "working", "k"), ALEX),
    "a blank attention": ("PUT", at("v1", "sessions", "trip", "attention"), {"text": " ", **ALEX}),
    "a blank query": ("POST", SEARCH, {"query": " ", **ALEX}),
    "no query": ("POST", SEARCH, ALEX),
    "a query too long": ("POST", SEARCH, {"query": CANARY * 5_000, **ALEX}),
    "nobody to search": ("POST", SEARCH, {"query": "hi"}),
    "nobody in the filters": ("POST", SEARCH, {"query": "hi", "filters": {"layer": "user"}}),
    "an unknown filter": ("POST", SEARCH, {"query": "hi", "filters": {"colour": 1, **ALEX}}),
    "an unknown operator": (
        "POST",
        SEARCH,
        {"query": "hi", "filters": {"user_id": {"like": "al%"}}},
    ),
    "an operator of another type": (
        "POST",
        SEARCH,
        {"query": "hi", "filters": {"user_id": {"gt": "a"}}},
    ),
    "an endless filter value": (
        "POST",
        SEARCH,
        {"query": "hi", "filters": {"created_at": {"gt": HUGE}, **ALEX}},
    ),
    "a layer that is none": ("POST", SEARCH, {"query": "hi", "layers": ["attic"], **ALEX}),
    "a query that can't be stored": ("POST", SEARCH, {"query": "hi \ud800", **ALEX}),
    "a top_k of none": ("POST", SEARCH, {"query": "hi", "top_k": 0, **ALEX}),
    "an endless top_k": ("POST", SEARCH, {"query": "hi", "top_k": HUGE, **ALEX}),
    "a threshold above one": ("POST", SEARCH, {"query": "hi", "threshold": 1.5, **ALEX}),
    "two users": ("POST", SEARCH, {"query": "hi", "filters": {"user_id": "sam"}, **ALEX}),
    "a page of none": ("POST", LIST, {"page_size": 0, **ALEX}),
    "an endless page": ("POST", LIST, {"page_size": 100_000, **ALEX}),
    "a context of no tokens": ("POST", "/v1/context/", {"query": "hi", "tokens": 0, **ALEX}),
    "an entity without end": ("GET", "/v1/relations/", {"entity": "x" * 300, **ALEX}),
    "a session of nobody": ("GET", at("v1", "sessions", "never-was"), ALEX),
    "a session never opened": ("POST", at("v1", "sessions", "never-was", "close"), ALEX),
    "a memory that never was": ("GET", at("v1", "memories", "never-was"), None),
    "a change of what never was": ("PUT", at("v1", "memories", "never-was"), {"text": "hi"}),
    "a deletion of what never was": ("DELETE", at("v1", "memories", "never-was"), None),
    "a restoration of what never was": (
        "POST",
        at("v1", "memories", "never-was", "restore"),
        None,
    ),
    "deleting everything by accident": ("DELETE", "/v1/memories/", {}),
    "forgetting nobody": ("POST", "/v1/forget/", {}),
    "forgetting two": ("POST", "/v1/forget/", {"user_id": "a", "agent_id": "b"}),
    "an org memory without an owner": ("POST", "/v1/org/memories/", {"text": "hi"}),
    "an org memory of an unknown kind": (
        "POST",
        "/v1/org/memories/",
        {"text": "hi", "owner": "ops", "kind": "rumour"},
    ),
    "a key that may do anything": ("POST", "/v1/keys/", {"scopes": ["root"]}),
    "a key that never was": ("DELETE", at("v1", "keys", "never-was"), None),
    "no JSON": ("POST", ADD, b"messages=hi&user_id=alex"),
    "JSON that is no object": ("POST", ADD, b'["hi"]'),
    "not a number": ("POST", ADD, b'{"messages": "hi", "user_id": "a", "metadata": {"x": NaN}}'),
    "no UTF-8": ("POST", ADD, b'{"messages": "\xff\xfe"}'),
    "endless nesting": ("POST", ADD, b'{"messages":' + b"[" * 100_000),
    "a body too large": ("POST", ADD, b'{"messages": "' + b"x" * (3 * 1024 * 1024) + b'"}'),
    "no such path": ("GET", "/v9/memories/", None),
    "no such method": ("PATCH", "/v1/memories/", {}),
    "an escape that is no UTF-8": ("GET", "/v1/memories/%ff%fe/", None),
}


@pytest.fixture
def asking(world: World) -> Caller:
    world.add("I prefer boutique hotels.", session_id="trip", **ALEX)
    world.flush()
    return Caller(world, ORG)


def test_every_bad_call_gets_a_clear_no_and_changes_nothing(asking: Caller, world: World) -> None:
    before = items(world)
    for name, (method, path, body) in BAD.items():
        query = {k: str(v) for k, v in (body or {}).items()} if method == "GET" else None
        answer = asking.call(method, path, None if method == "GET" else body, query)
        assert 400 <= answer.status < 500, (name, answer.status, answer.body)
        assert isinstance(answer.body["detail"], str), name
        assert answer.body["detail"].strip(), name
        assert CANARY not in answer.body["detail"], name
        assert items(world) == before, name


def test_sizes_say_413(asking: Caller) -> None:
    large = ("a message too long", "too many messages", "too much in all", "a body too large",
             "metadata too large", "a query too long")  # fmt: skip
    assert [asking.call(*BAD[name]).status for name in large] == [413] * len(large)


@pytest.mark.parametrize("key", ["", "lm_", "lm_x_y", "lm_" + "x" * 300, "sk-123", "lm_é_ü"])
def test_a_wrong_key_is_401_and_changes_nothing(asking: Caller, world: World, key: str) -> None:
    before = items(world)
    asking.key = key
    answer = asking.call("POST", ADD, {"messages": "hi", **ALEX})
    assert answer.status == 401
    assert isinstance(answer.body["detail"], str)
    assert items(world) == before


def test_a_revoked_key_is_401_within_a_minute(asking: Caller, world: World) -> None:
    other = Caller(world, ORG)
    assert other.call("GET", "/v1/ping/").status == 200
    id = other.key.split("_")[1]
    assert asking.call("DELETE", at("v1", "keys", id)).status == 200
    world.clock.advance(60_000)
    assert other.call("GET", "/v1/ping/").status == 401


# --- the same through the SDK -------------------------------------------------------------


@pytest.fixture
def memory(world: World) -> Memory:
    return Memory(transport=InProcess(Api(world.service), Principal(ORG, SCOPES)))


SDK: dict[str, Callable[[Memory], Any]] = {
    "nothing to add": lambda memory: memory.add(user_id="alex"),
    "nobody": lambda memory: memory.add("hi"),
    "a set": lambda memory: memory.add({"hi"}, user_id="alex"),  # type: ignore[arg-type]
    "an object": lambda memory: memory.add("hi", user_id="alex", metadata={"x": object()}),
    "not a number": lambda memory: memory.add("hi", user_id="alex", metadata={"x": float("nan")}),
    "itself inside": lambda memory: memory.add("hi", user_id="alex", metadata=endless()),
    "no time": lambda memory: memory.add("hi", user_id="alex", timestamp=float("inf")),
    "an unknown field": lambda memory: memory.search("hi", user_id="alex", colour="red"),
    "nobody to search": lambda memory: memory.search("hi"),
    "an unknown rank": lambda memory: memory.search("hi", user_id="alex", rank="luck"),
    "nobody to delete": lambda memory: memory.delete_all(),
    "nothing to change": lambda memory: memory.update("x"),
    "no id": lambda memory: memory.get(""),
    "nobody to forget": lambda memory: memory.forget(),
}


def endless() -> dict[str, Any]:
    inside: dict[str, Any] = {}
    inside["inside"] = inside
    return inside


@pytest.mark.parametrize("name", SDK)
def test_the_sdk_says_no_by_its_own_errors(memory: Memory, world: World, name: str) -> None:
    before = items(world)
    with pytest.raises(LamellaError) as refused:
        SDK[name](memory)
    assert 400 <= refused.value.status < 500
    assert items(world) == before


# --- ids as people really have them -------------------------------------------------------

ODD = ("a#b", "50%", "a/b", "a b", "größe", "日本", "a%2Fb", "%23", "..", "~1#x", "🐘", "#", "a\nb")


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_id_goes_all_the_way_and_back(asking: Caller, odd: str) -> None:
    ids = {"user_id": odd, "session_id": odd, "agent_id": odd}
    body = {"messages": "I like odd ids.", "infer": False, "metadata": {"layer": "user"}, **ids}
    id = asking.call("POST", ADD, body).body["results"][0]["id"]
    path = at("v1", "sessions", odd, "working", odd)
    assert asking.call("PUT", path, {"value": odd, "user_id": odd}).status == 200
    stored = asking.call("GET", at("v1", "memories", id)).body
    assert {name: stored[name] for name in ids} == ids
    session = asking.call("GET", at("v1", "sessions", odd), None, {"user_id": odd}).body
    assert session["working"][odd]["value"] == odd
    for chosen in (ids, {"filters": ids}, {"user_id": odd}):
        found = asking.call("POST", SEARCH, {"query": "odd ids", "threshold": 0, **chosen}).body
        assert id in [hit["id"] for hit in found["results"]]
    assert asking.call("DELETE", "/v1/memories/", {"user_id": odd}).status == 200
    assert asking.call("GET", at("v1", "memories", id)).status == 404


NEIGHBOURS = st.lists(st.sampled_from("ab#%/~ S0123456789é"), min_size=1, max_size=8).map("".join)


@given(one=NEIGHBOURS, other=NEIGHBOURS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_id_reaches_what_another_owns(one: str, other: str) -> None:
    if not one.strip() or not other.strip() or one == other:
        return
    world = in_memory()
    id = world.remember("This is mine.", user_id=one)
    world.add("A turn of mine.", user_id=one, session_id=other)
    assert world.list(user_id=other) == []
    assert world.search("mine", threshold=0, user_id=other)["results"] == []
    world.forget(user_id=other)
    assert [memory["id"] for memory in world.list(user_id=one)] == [id]
    world.close()


# --- a machine that isn't ready -----------------------------------------------------------


def one_line(error: LamellaError) -> bool:
    return bool(error.detail.strip()) and "\n" not in error.detail


def test_a_data_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(SetupError, match="LAMELLA_DATA") as refused:
        SqliteTable(tmp_path / "file" / "data" / "lamella.db")
    assert one_line(refused.value)


def test_a_file_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "lamella.db").write_bytes(b"not a database" * 1_000)
    with pytest.raises(SetupError) as refused:
        SqliteTable(tmp_path / "lamella.db")
    assert one_line(refused.value)


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SetupError, match=str(port)) as refused:
            listen("127.0.0.1", port)
    assert one_line(refused.value)


@pytest.mark.parametrize("left", [b"", b"half a model"])
def test_a_model_that_is_corrupt_leaves_no_half_made_memory(tmp_path: Path, left: bytes) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "model.onnx").write_bytes(left)
    (model / "tokenizer.json").write_text("{}")
    with pytest.raises(SetupError) as refused:
        Onnx(model).embed_query("hi")
    assert one_line(refused.value)
    with pytest.raises(SetupError):
        open_local(str(tmp_path / "data"), model=str(model), background=False)
    assert not (tmp_path / "data").exists()


def test_a_model_folder_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="LAMELLA_MODEL") as refused:
        open_local(str(tmp_path / "data"), model=str(tmp_path / "nowhere"), background=False)
    assert one_line(refused.value)
    assert not (tmp_path / "data").exists()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[World]:
    """A world whose disk takes no further page."""
    world = on_file(tmp_path / "lamella.db")
    world.remember("I like tea.", **ALEX)
    world.flush()
    yield world
    world.close()


def fill_disk(world: World) -> None:
    """As far as SQLite is concerned: no connection may make the file any larger."""
    for store in (world.table, world.index):
        assert isinstance(store, SqliteTable | SqliteIndex)
        connection: apsw.Connection = store._file._connection()
        pages = connection.pragma("page_count")
        connection.pragma("max_page_count", pages)


def test_a_full_disk_refuses_a_capture_and_keeps_nothing_of_it(full: World) -> None:
    fill_disk(full)
    before = items(full)
    text = "I prefer boutique hotels. " * 4_000
    with pytest.raises(Unavailable, match="no room left") as refused:
        full.add([text, text], session_id="trip", **ALEX)
    assert one_line(refused.value)
    assert items(full) == before
    assert [memory["memory"] for memory in full.list(**ALEX)] == ["I like tea."]
    assert full.search("tea", **ALEX)["results"]


def test_the_embedder_s_dimensions_must_be_the_file_s(tmp_path: Path) -> None:
    SqliteTable(tmp_path / "lamella.db").close()
    SqliteIndex(tmp_path / "lamella.db", HashingEmbedder.model, 64).close()
    with pytest.raises(SetupError, match="embedded by") as refused:
        SqliteIndex(tmp_path / "lamella.db", "another", 384)
    assert one_line(refused.value)
