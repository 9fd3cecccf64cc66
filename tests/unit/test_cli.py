"""The command line, as a person or a script meets it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lamella import errors
from lamella.cli import main
from lamella.cli.exits import exit_code
from lamella.local.server import address, listen, serving
from lamella.service import LOCAL_ORG, open_local

KEY = "lm_local_test"


class Done(NamedTuple):
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Lamella = Callable[..., Done]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOST", "API_KEY", "DATA", "MODEL"):
        monkeypatch.delenv(f"LAMELLA_{name}", raising=False)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def lamella(capfd: pytest.CaptureFixture[str]) -> Lamella:
    def run(*line: object) -> Done:
        capfd.readouterr()
        code = main([str(word) for word in line])
        return Done(code, *capfd.readouterr())

    return run


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    service = open_local(str(tmp_path_factory.mktemp("served")), keys={KEY: LOCAL_ORG}, settle=0)
    listening = listen("127.0.0.1", 0)
    with serving(service, listening):
        yield address(listening)
    service.close()


@pytest.fixture
def served(lamella: Lamella, server: str) -> Lamella:
    """Asks the server."""
    return lambda *line: lamella(*line, "--host", server, "--api-key", KEY)


def test_what_is_added_is_found_by_the_embedded_memory_in_another_process(
    lamella: Lamella, tmp_path: Path
) -> None:
    added = lamella(
        "add", "I prefer boutique hotels.", "-u", "alex", "-s", "trip", "--data", tmp_path, "--json"
    )
    assert added.json["results"][0]["memory"] == "I prefer boutique hotels."
    found = lamella("search", "Any hotel preferences?", "-u", "alex", "--data", tmp_path, "--json")
    assert found.json["results"][0]["memory"] == "I prefer boutique hotels."
    assert (added.code, found.code, found.err) == (0, 0, "")


def test_people_read_tables_without_colours_where_there_is_no_terminal(served: Lamella) -> None:
    assert "+ user factual  I live in Oslo." in served("add", "I live in Oslo.", "-u", "ann").out
    shown = served("search", "Where do I live?", "-u", "ann").out
    assert "score" in shown
    assert "I live in Oslo." in shown
    assert "\x1b" not in shown
    assert "1 of 1" in served("list", "-u", "ann").out


def test_a_memory_is_shown_deleted_and_then_not_found(served: Lamella) -> None:
    added = served("add", "I drink green tea.", "-u", "bo", "--json").json
    [memory] = added["results"]
    assert "I drink green tea." in served("get", memory["id"]).out
    assert served("get", memory["id"], "--json").json["layer"] == "user"
    assert served("delete", memory["id"]).code == 0
    assert served("get", memory["id"]).code == 3


def test_verbatim_and_unwaited_captures_are_told_apart(served: Lamella) -> None:
    kept = served("add", "Exactly so.", "-u", "cy", "--no-infer", "--json").json
    assert kept["results"][0]["memory"] == "Exactly so."
    assert served("add", "I am Cy.", "-u", "cy", "--no-wait", "--json").json["status"] == "PENDING"
    tool = served("add", "42", "-u", "cy", "--role", "tool", "--metadata", '{"a": 1}', "--json")
    assert tool.json["status"] == "SUCCEEDED"


def test_context_is_one_text_inside_its_budget(served: Lamella) -> None:
    served("add", "I am allergic to peanuts.", "-u", "dee")
    told = served("context", "What about peanuts?", "-u", "dee", "--tokens", 60)
    assert told.out.startswith("## Known about them\n- I am allergic to peanuts.")
    block = served("context", "What about peanuts?", "-u", "dee", "-t", 60, "--json").json
    assert 0 < block["tokens"] <= 60


def test_a_closed_session_leaves_its_summary(served: Lamella) -> None:
    served("add", "My budget for the flight is 300 euros.", "-u", "eve", "-s", "trip")
    assert served("close", "trip", "-u", "eve").out == "Session trip is closed.\n"
    listed = served("list", "-u", "eve", "--layer", "user", "--json").json
    assert [one["kind"] for one in listed["results"]] == ["episodic"]
    assert served("close", "trip", "-u", "eve").code == 3


def test_a_forgotten_user_leaves_nothing(served: Lamella) -> None:
    served("add", "I live in Rome.", "-u", "fay")
    receipt = served("forget", "-u", "fay", "--json").json["receipt"]
    assert receipt["second_pass"] == {"found": 0}
    assert served("list", "-u", "fay", "--json").json["count"] == 0
    assert "fay is forgotten." in served("forget", "-u", "fay").out


def test_a_key_works_until_it_is_revoked_and_is_shown_once(
    served: Lamella, lamella: Lamella, server: str
) -> None:
    made = served("keys", "create", "--scope", "read", "--name", "reader", "--json").json
    as_reader = ("--host", server, "--api-key", made["key"])
    assert lamella("list", "-u", "x", *as_reader).code == 0
    assert lamella("add", "I am X.", "-u", "x", *as_reader).code == 4
    assert made["key"] not in served("keys", "list").out
    assert [key["name"] for key in served("keys", "list", "--json").json["results"]] == ["reader"]
    assert served("keys", "revoke", made["id"]).code == 0
    assert lamella("list", "-u", "x", *as_reader).code == 4
    assert "no keys" in served("keys", "list").out
    assert served("keys", "create").out.startswith("lm_")


def test_the_doctor_counts_what_is_there(lamella: Lamella, tmp_path: Path) -> None:
    lamella("add", "I live in Oslo.", "-u", "ann", "--data", tmp_path)
    lamella("add", "I live in Bergen now.", "-u", "ann", "--data", tmp_path)
    found = lamella("doctor", "--data", tmp_path, "--json").json
    assert (found["memories"], found["superseded"]) == (2, 1)
    assert (found["pending"], found["parked"]) == (0, 0)
    assert found["bytes"] > 50_000
    assert found["model"].startswith("bge-small")
    assert str(tmp_path) in lamella("doctor", "--data", tmp_path).out


def test_the_doctor_asks_a_server_too(served: Lamella) -> None:
    found = served("doctor", "--json").json
    assert (found["status"], found["organization"]) == ("ok", LOCAL_ORG)


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        (["search", "q"], 2, "user_id"),
        (["search"], 2, "Missing argument 'query'"),
        (["nope"], 2, "No such command 'nope'"),
        (["list", "-u", "a", "--nope"], 2, "--nope"),
        (["up", "--port", "many"], 2, "--port"),
        (["add", "x", "-u", "a", "--metadata", "{"], 2, "--metadata is no JSON"),
        (["context", "q", "-u", "a", "-t", "0"], 2, "tokens"),
        (["get", "nix"], 3, "nix"),
        (["keys", "revoke", "nix"], 3, "nix"),
    ],
)
def test_a_wrong_line_is_told_on_stderr_in_one_line_and_one_object(
    lamella: Lamella, server: str, line: list[str], code: int, message: str
) -> None:
    at = () if line[0] in ("up", "nope") else ("--host", server, "--api-key", KEY)
    done = lamella(*line, *at)
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("error: ")
    assert done.err.count("\n") == 1
    assert message in done.err
    told = json.loads(lamella(*line, *at, "--json").err)
    assert message in told["detail"]


def test_a_server_without_a_key_and_one_that_is_away_end_differently(
    lamella: Lamella, server: str
) -> None:
    assert lamella("list", "-u", "a", "--host", server).code == 4
    away = lamella("list", "-u", "a", "--host", "http://127.0.0.1:9", "--api-key", KEY)
    assert away.code == 5
    assert "lamella up" in away.err


def test_the_variables_name_a_server_and_data_names_this_machine(
    lamella: Lamella, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMELLA_HOST", server)
    monkeypatch.setenv("LAMELLA_API_KEY", KEY)
    lamella("add", "I live in Lima.", "-u", "gus")
    assert lamella("list", "-u", "gus", "--json").json["count"] == 1
    assert lamella("list", "-u", "gus", "--data", tmp_path, "--json").json["count"] == 0


def test_a_folder_that_can_t_be_written_is_named_with_its_remedy(
    lamella: Lamella, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    for line in (["list", "-u", "a"], ["up"], ["doctor"]):
        done = lamella(*line, "--data", tmp_path / "file" / "folder")
        assert done.code == 1
        assert "rights" in done.err
        assert "--data" in done.err or "LAMELLA_DATA" in done.err


def test_a_missing_or_empty_model_folder_is_named_with_its_remedy(
    lamella: Lamella, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        monkeypatch.setenv("LAMELLA_MODEL", str(folder))
        done = lamella("list", "-u", "a", "--data", tmp_path / "data")
        assert done.code == 1
        assert str(folder) in done.err
        assert "unset it" in done.err


def test_a_port_in_use_is_named_with_its_remedy(lamella: Lamella, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("up", "demo"):
            done = lamella(command, "--port", port, "--data", tmp_path)
            assert done.code == 1
            assert f"can't listen on 127.0.0.1:{port}" in done.err
            assert "--port" in done.err


def test_the_demo_never_plays_in_a_memory_that_is_there(lamella: Lamella, tmp_path: Path) -> None:
    (tmp_path / "lamella.db").write_text("")
    done = lamella("demo", "--once", "--data", tmp_path)
    assert (done.code, done.out) == (1, "")
    assert "name a new folder" in done.err


def test_help_names_every_exit_code_and_no_command_is_a_mistake(lamella: Lamella) -> None:
    told = lamella("--help")
    assert told.code == 0
    assert all(f"{code} " in told.out for code in range(6))
    assert lamella().code == 2
    assert lamella("--version").out == "lamella 0.1.0\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.TooLarge, 2),
        (errors.Conflict, 1),
        (errors.SetupError, 1),
        (errors.Unsupported, 1),
        (errors.Forbidden, 4),
        (errors.Throttled, 5),
        (errors.DeadlineExceeded, 5),
    ],
)
def test_every_failure_has_its_exit_code(error: type[errors.LamellaError], code: int) -> None:
    assert exit_code(error("what, which, what to do")) == code
