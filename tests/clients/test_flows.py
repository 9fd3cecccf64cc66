"""Mem0's own flows, on each of its clients and on ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clients.conftest import Served
from clients.remote import COMMANDS, Remote, results

from lamella import Memory


@pytest.fixture(params=[*COMMANDS, "lamella"])
def client(
    request: pytest.FixtureRequest, served: Served, processes: Callable[[str], Remote]
) -> Iterator[Any]:
    """Everybody who speaks Mem0's calls, in an organization of their own."""
    if request.param == "lamella":
        with Memory(host=served.host, api_key=served.key()) as memory:
            yield memory
    else:
        process = processes(request.param)
        process.connect(host=served.host, api_key=served.key())
        yield process


def texts(answer: Any) -> list[str]:
    return [one["memory"] for one in results(answer)]


def test_quickstart(client: Any) -> None:
    said = [
        {"role": "user", "content": "Hi, I'm Alex. I'm a vegetarian and I'm allergic to nuts."},
        {"role": "assistant", "content": "Hello Alex! I'll remember that."},
    ]
    client.add(said, user_id="alex")
    answer = client.search("What can I cook for dinner?", filters={"user_id": "alex"})
    assert any("vegetarian" in text for text in texts(answer))


def test_users_are_apart(client: Any) -> None:
    client.add("I love jazz.", user_id="alice", async_mode=False)
    client.add("I love metal.", user_id="bob", async_mode=False)
    for name, taste in (("alice", "jazz"), ("bob", "metal")):
        found = texts(client.search("What music do I love?", filters={"user_id": name}))
        assert found
        assert all(taste in text for text in found)


def test_an_agent_and_a_user_meet_in_an_and_filter(client: Any) -> None:
    client.add("I prefer short answers.", user_id="alex", agent_id="coach", infer=False)
    client.add("I prefer long walks.", user_id="alex", infer=False)
    both = {"AND": [{"user_id": "alex"}, {"agent_id": "coach"}]}
    assert texts(client.get_all(filters=both)) == ["I prefer short answers."]
    assert len(texts(client.get_all(filters={"user_id": "alex"}))) == 2


def test_a_run_keeps_its_own(client: Any) -> None:
    for run, text in (("trip-1", "The hotel is in Rome."), ("trip-2", "The hotel is in Oslo.")):
        client.add(text, user_id="alex", **run_of(client, run), infer=False)
    only = {"AND": [{"user_id": "alex"}, {"run_id": "trip-1"}]}
    assert texts(client.search("Which hotel?", filters=only)) == ["The hotel is in Rome."]


def run_of(client: Any, run: str) -> dict[str, str]:
    """Our SDK says session_id where Mem0's say run_id."""
    return {"session_id": run} if isinstance(client, Memory) else {"run_id": run}


def test_metadata_narrows_a_search(client: Any) -> None:
    client.add("Budget is 100.", user_id="alex", metadata={"year": 2025}, infer=False)
    client.add("Budget is 200.", user_id="alex", metadata={"year": 2026}, infer=False)
    this_year = {"AND": [{"user_id": "alex"}, {"metadata": {"year": {"gte": 2026}}}]}
    assert texts(client.search("What is the budget?", filters=this_year)) == ["Budget is 200."]


def test_what_expires_is_shown_until_its_day_is_over(client: Any) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    added = client.add("The code is blue.", user_id="alex", expiration_date=tomorrow, infer=False)
    [shown] = results(client.get_all(filters={"user_id": "alex"}))
    assert shown["id"] == results(added)[0]["id"]
    assert shown["expiration_date"] is not None


def test_an_update_is_never_seen_stale_and_leaves_a_history(client: Any) -> None:
    [added] = results(client.add("I live in Oslo.", user_id="alex", infer=False))
    client.update(added["id"], text="I live in Bergen.")
    assert texts(client.search("Where do I live?", filters={"user_id": "alex"})) == [
        "I live in Bergen."
    ]
    assert texts(client.get_all(filters={"user_id": "alex"})) == ["I live in Bergen."]
    entries = client.history(added["id"])
    assert [(one["old_memory"], one["new_memory"]) for one in entries] == [
        (None, "I live in Oslo."),
        ("I live in Oslo.", "I live in Bergen."),
    ]


def test_newer_truth_replaces_older_in_every_answer(client: Any) -> None:
    client.add("I live in Oslo.", user_id="alex", async_mode=False)
    client.add("I moved to Bergen.", user_id="alex", async_mode=False)
    found = texts(client.search("Where do I live?", filters={"user_id": "alex"}))
    assert any("Bergen" in text for text in found)
    assert not any("Oslo" in text for text in found)


def test_what_is_deleted_is_never_seen_again(client: Any) -> None:
    [added] = results(client.add("I live in Oslo.", user_id="alex", infer=False))
    client.delete(added["id"])
    assert results(client.search("Where do I live?", filters={"user_id": "alex"})) == []
    assert results(client.get_all(filters={"user_id": "alex"})) == []
