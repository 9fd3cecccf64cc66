"""The commands on the engines of AWS: they serve, forget at the end, and make the index anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lamella import Memory
from lamella.cli import machine, main
from lamella.engines import opensearch_rebuild
from lamella.errors import SetupError
from lamella.local import aws_local
from lamella.local.aws_local import Servers, serving_from
from lamella.local.server import listen, serving
from lamella.service import LOCAL_ORG

KEY = "lm_local_engines"


@pytest.fixture
def at(dynamodb_url: str, opensearch_url: str) -> Servers:
    return Servers(dynamodb_url, opensearch_url)


def found(memory: Memory) -> list[str]:
    hits = memory.search("Any hotel preferences?", user_id="alex", layers=["user"])["results"]
    return [hit["memory"] for hit in hits]


def test_what_is_served_remembers_and_is_made_anew_by_reindex(
    at: Servers,
    fresh: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table, listening = fresh("table"), listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    with (
        serving_from(at, {KEY: LOCAL_ORG}, table=table, settle=0) as service,
        serving(service, listening),
        Memory(api_key=KEY, host=url) as memory,
    ):
        memory.add("I prefer boutique hotels.", user_id="alex")
        memory.flush(user_id="alex")
        assert found(memory) == ["I prefer boutique hotels."]
        monkeypatch.setattr(opensearch_rebuild, "GRACE", 0)
        for name, value in {
            "ENGINE": "aws",
            "TABLE": table,
            "TABLE_ENDPOINT": at.table,
            "OPENSEARCH": at.index,
        }.items():
            monkeypatch.setenv(f"LAMELLA_{name}", value)
        assert main(["reindex", "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == {"memories": 1, "refused": []}
        assert found(memory) == ["I prefer boutique hotels."]
    assert "boutique" in aws_local.stored(at, table)


def test_the_embedded_memory_has_nothing_to_reindex(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LAMELLA_ENGINE", raising=False)
    assert main(["reindex"]) == 1
    assert "set LAMELLA_ENGINE=aws" in capsys.readouterr().err


def test_up_says_where_the_memory_is_and_that_it_does_not_last(
    at: Servers,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fresh: Callable[[str], str],
) -> None:
    @contextmanager
    def running() -> Iterator[Servers]:
        yield at

    monkeypatch.setattr(aws_local, "TABLE", fresh("table"))
    monkeypatch.setattr(aws_local, "servers", running)
    monkeypatch.setattr(machine, "serve", lambda service, listening: listening.close())
    line = ["up", "--engine", "aws-local", "--port", "0", "--data", str(tmp_path)]
    assert main([*line, "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["memory"].endswith("only while this runs")
    assert at.table in shown["memory"]
    monkeypatch.setattr(aws_local, "TABLE", fresh("table"))
    assert main(line) == 0
    assert "what it knows is gone then." in capsys.readouterr().out


def test_an_engine_that_cannot_be_had_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def missing() -> Iterator[str]:
        raise SetupError("opensearch-3.5.0 can't be fetched: go online and try again")
        yield ""

    for name in ("dynamodb_local", "opensearch_local"):
        monkeypatch.setattr(aws_local, name, missing)
    line = ["up", "--engine", "aws-local", "--port", "0", "--data", str(tmp_path)]
    assert main(line) == 1
    assert "error: opensearch-3.5.0 can't be fetched" in capsys.readouterr().err
