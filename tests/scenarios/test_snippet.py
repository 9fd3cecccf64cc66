"""The snippet of "How Mem0 Organizes Memory", with only its import changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lamella import Memory
from lamella.local.server import address, listen, serving
from lamella.service import LOCAL_ORG, open_local

KEY = "lm_local_snippet"
SNIPPET = """
import os

from lamella import Memory

memory = Memory(api_key=os.environ["MEM0_API_KEY"])

# Sticky note: conversation memory
memory.add(
    ["I'm Alex and I prefer boutique hotels."],
    user_id="alex",
    session_id="trip-planning-2025",
)

# Later in the session, pull long-term + session context
results = memory.search(
    "Any hotel preferences?",
    user_id="alex",
    session_id="trip-planning-2025",
)
"""
EMBEDDED = SNIPPET.replace('api_key=os.environ["MEM0_API_KEY"]', "")


@pytest.fixture
def _server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    service = open_local(str(tmp_path), keys={KEY: LOCAL_ORG})
    listening = listen("127.0.0.1", 0)
    monkeypatch.setenv("LAMELLA_HOST", address(listening))
    monkeypatch.setenv("MEM0_API_KEY", KEY)
    with serving(service, listening):
        yield
    service.close()


def run(snippet: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(snippet, names)
    memory: Memory = names["memory"]
    memory.flush(user_id="alex")
    later = memory.search("Any hotel preferences?", user_id="alex", session_id="trip-planning-2025")
    memory.shutdown()
    return {"at once": names["results"]["results"], "later": later["results"]}


def holds_the_promise(found: dict[str, Any]) -> None:
    [first, *_] = found["at once"]
    assert first["memory"] == "I'm Alex and I prefer boutique hotels."
    assert (first["layer"], first["kind"]) == ("conversation", "history")
    [first, *_] = found["later"]
    assert first["memory"] == "I prefer boutique hotels."
    assert (first["layer"], first["kind"]) == ("user", "factual")
    assert first["id"]
    assert 0 < first["score"] <= 1
    layers = [one["layer"] for one in found["later"]]
    assert layers == sorted(layers, key=["user", "session", "org", "conversation"].index)


@pytest.mark.usefixtures("_server")
def test_the_snippet_runs_against_a_server() -> None:
    holds_the_promise(run(SNIPPET))


def test_the_snippet_runs_without_a_server_or_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMELLA_DATA", str(tmp_path))
    holds_the_promise(run(EMBEDDED))
