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
    assert told.out.startswith("## Known about them\n20")
    assert "\n- I am allergic to peanuts." in told.out
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


def added(served: Lamella, text: str, user: str) -> str:
    """The id of a memory kept word by word."""
    [told] = served("add", text, "-u", user, "--no-infer", "--json").json["results"]
    return str(told["id"])


def test_a_correction_stays_in_the_history_and_a_deletion_can_be_undone(served: Lamella) -> None:
    tea = added(served, "I drink green tea.", "hal")
    assert "I drink black tea." in served("update", tea, "I drink black tea.").out
    changed = served("update", tea, "--metadata", '{"checked": true}', "--expires", "90d", "--json")
    assert (changed.json["metadata"], changed.json["expiration_date"] is None) == (
        {"checked": True},
        False,
    )
    assert served("update", tea, "--lasts", "--json").json["expiration_date"] is None
    served("delete", tea)
    assert "I drink black tea." in served("restore", tea).out
    events = [one["event"] for one in served("history", tea, "--json").json]
    assert events == ["ADD", *["UPDATE"] * 3, "DELETE", "RESTORE"]
    assert "I drink green tea." in served("history", tea).out


def test_open_sessions_are_listed_and_shown(served: Lamella) -> None:
    served("add", "My seat is 12A.", "-u", "ida", "-s", "flight")
    assert "flight" in served("sessions", "list", "-u", "ida").out
    assert served("sessions", "list", "-u", "ida", "--json").json["results"][0]["user_id"] == "ida"
    assert "My seat is 12A." in served("sessions", "show", "flight", "-u", "ida").out
    shown = served("sessions", "show", "flight", "-u", "ida", "--json").json
    assert [turn["memory"] for turn in shown["turns"]] == ["My seat is 12A."]
    assert "no open sessions" in served("sessions", "list", "-u", "nobody").out


def test_relations_are_shown_around_an_entity(served: Lamella) -> None:
    served("add", "My sister Ana lives in Lima.", "-u", "jon")
    found = served("relations", "-u", "jon", "--json").json["results"]
    assert len(served("relations", "-u", "jon").out.splitlines()) >= len(found)
    assert "no relations" in served("relations", "-u", "jon", "--entity", "Nobody").out


def test_what_the_organization_states_is_kept_by_its_commands(served: Lamella) -> None:
    made = served(
        "org", "add", "Refunds take five days.", "--owner", "support", "--category", "policy",
        "--review-by", "2999-01-31", "--json",
    ).json  # fmt: skip
    assert (made["owner"], made["categories"]) == ("support", ["policy"])
    assert "Refunds take five days." in served("org", "list").out
    told = served("org", "update", made["id"], "Refunds take six days.", "--owner", "finance").out
    assert "finance answers for it until 2999-02-01" in told
    assert served("update", made["id"], "No.").code == 4
    assert served("org", "retire", made["id"]).code == 0
    assert "nothing" in served("org", "list").out
    assert "Refunds take six days." in served("org", "restore", made["id"]).out


def test_everything_is_exported_with_its_history_page_by_page(
    served: Lamella, lamella: Lamella, server: str, tmp_path: Path
) -> None:
    served("import", "mem0", written(tmp_path, [numbered(n) for n in range(250)]))
    lines = [json.loads(line) for line in served("export", "-u", "kim").out.splitlines()]
    assert {line["id"] for line in lines} == {f"kim-{n}" for n in range(250)}
    assert [entry["event"] for entry in lines[0]["history"]] == ["ADD"]
    served("add", "I own one book.", "-u", "ann")
    done = served("export", "--out", tmp_path / "all.jsonl", "--json").json
    everything = (tmp_path / "all.jsonl").read_text().splitlines()
    assert done["exported"] == len(everything) > 250
    reader = served("keys", "create", "--scope", "read", "--json").json
    read = lamella("export", "--host", server, "--api-key", reader["key"])
    assert {json.loads(line)["user_id"] for line in read.out.splitlines()} >= {"kim"}
    served("keys", "revoke", reader["id"])
    nowhere = served("export", "-u", "kim", "--out", tmp_path / "no" / "file")
    assert (nowhere.code, "name another" in nowhere.err) == (1, True)


def test_a_complete_export_moves_somebody_to_another_memory_with_their_history(
    served: Lamella, lamella: Lamella, tmp_path: Path
) -> None:
    served("add", "I own a boat.", "-u", "lea", "-s", "trip")
    done = served("export", "-u", "lea", "--complete", "--out", tmp_path / "lea.jsonl").out
    lines = [json.loads(line) for line in (tmp_path / "lea.jsonl").read_text().splitlines()]
    assert f"{len(lines)} lines" in done
    assert {"session", "turn", "history"} < {line["type"] for line in lines}
    moved = lamella("import", "mem0", tmp_path / "lea.jsonl", "--data", tmp_path / "new", "--json")
    memories = [line for line in lines if line["type"] in ("memory", "note")]
    assert moved.json["counts"] == {"moved": len(memories)}
    told = lamella("export", "-u", "lea", "--data", tmp_path / "new").out.splitlines()
    events = [entry["event"] for line in told for entry in json.loads(line)["history"]]
    assert events == ["ADD"] * len(memories)
    assert served("export", "--complete").code == 2


def numbered(n: int) -> dict[str, Any]:
    """One of many memories, as Mem0 writes them."""
    return {"id": f"kim-{n}", "memory": f"I own {n} books.", "user_id": "kim"}


def written(folder: Path, rows: Any, name: str = "mem0.json") -> Path:
    file = folder / name
    file.write_text(json.dumps(rows))
    return file


def test_an_import_reports_what_it_skipped_and_again_changes_nothing(
    served: Lamella, tmp_path: Path
) -> None:
    plain = {"memory": "I like chess.", "user_id": "lou"}
    rows = [
        plain
        | {"id": "lou-1", "metadata": {"elo": 1200}, "created_at": "2024-07-25T23:57:00-07:00"},
        plain | {"id": "lou-2"},
        plain | {"id": "lou-3", "memory": "My password is hunter2-Blue!"},
        plain | {"id": "lou-4", "memory": "I like go.", "expiration_date": "2020-01-01"},
        plain | {"id": " ", "memory": "I like bridge."},
        "nonsense",
    ]
    file = written(tmp_path, {"results": rows})
    first = served("import", "mem0", file)
    assert first.code == 0
    assert "1 memories moved, 5 skipped" in first.out
    assert "as lou-1" in first.out
    assert "hunter2" not in first.out + (tmp_path / "mem0.json.journal").read_text()
    told = served("import", "mem0", file, "--json").json
    assert told["counts"] == {"moved": 1, "duplicate": 1, "secret": 1, "expired": 1, "invalid": 2}
    (tmp_path / "mem0.json.journal").unlink()
    assert served("import", "mem0", file, "--json").json["counts"]["known"] == 1
    assert "1 here already" in served("import", "mem0", file).out
    [listed] = served("list", "-u", "lou", "--json").json["results"]
    assert (listed["id"], listed["metadata"]) == ("lou-1", {"elo": 1200})
    assert listed["created_at"] == "2024-07-26T06:57:00.000Z"


def test_a_server_s_memories_move_to_another_with_their_history(
    served: Lamella, lamella: Lamella, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    tea = added(served, "I drink green tea.", "mel")
    served("update", tea, "I drink black tea.", "--metadata", '{"cups": 3}')
    origin = served("get", tea, "--json").json
    journey = (
        "import",
        "mem0",
        "--from-host",
        server,
        "--from-key",
        KEY,
        "--data",
        tmp_path / "to",
    )
    moved = lamella(*journey, "--json").json["counts"]
    arrived = lamella("get", tea, "--data", tmp_path / "to", "--json").json
    same = ("id", "memory", "user_id", "metadata", "created_at", "updated_at", "timestamp", "kind")
    assert {name: arrived[name] for name in same} == {name: origin[name] for name in same}
    there = lamella("history", tea, "--data", tmp_path / "to", "--json").json
    assert there == served("history", tea, "--json").json
    assert lamella(*journey, "--json").json["counts"] == moved
    (tmp_path / "mem0.journal").unlink()
    again = lamella(*journey, "--json").json["counts"]
    assert again["known"] == moved["moved"]
    assert "moved" not in again


def test_an_import_knows_its_own_journal_and_one_source(served: Lamella, tmp_path: Path) -> None:
    one, other = (written(tmp_path, [], name) for name in ("one.json", "other.json"))
    journal = ("--journal", tmp_path / "kept")
    assert served("import", "mem0", one, *journal).code == 0
    wrong = served("import", "mem0", other, *journal)
    assert (wrong.code, "another import" in wrong.err) == (2, True)
    assert served("import", "mem0").code == 2
    assert served("import", "mem0", one, "--from-host", "http://127.0.0.1:9").code == 2
    assert served("import", "mem0", tmp_path / "missing").code == 1


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
        (["history", "nix"], 3, "nix"),
        (["restore", "nix"], 3, "nix"),
        (["update", "nix", "x"], 3, "nix"),
        (["update", "nix"], 2, "nothing to change"),
        (["update", "nix", "x", "--lasts", "--expires", "90d"], 2, "--lasts"),
        (["sessions", "list"], 2, "user_id"),
        (["sessions", "show", "nix", "-u", "a"], 3, "nix"),
        (["relations"], 2, "user_id"),
        (["org", "add", "x"], 2, "--owner"),
        (["org", "retire", "nix"], 3, "nix"),
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
