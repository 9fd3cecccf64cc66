"""The documentation: its examples run, its tables are complete, its links lead somewhere."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from dataclasses import dataclass
from dataclasses import fields as fields_of
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
import uvicorn

from lamella import arrivals, errors, imports, requests
from lamella.api.paths import MethodNotAllowed
from lamella.cli.app import app
from lamella.cli.exits import EXITS
from lamella.filters.fields import NAMES
from lamella.local.server import create_app, listen
from lamella.requests import Asked
from lamella.requests.given import WITHOUT_MEANING
from lamella.routes import ROUTES, UNANSWERED, Route
from lamella.service import open_local
from lamella.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]
DECISIONS = sorted((DOCS / "decisions").glob("*.md"))
KEYS = {"lm_page_0123456789abcdef": "page", "lm_docs_0123456789abcdef": "docs"}
PAGE_KEY, DOCS_KEY = KEYS
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OUR_OWN = {
    *("health", "context", "relations", "restore", "flush", "forget", "import"),
    *("sessions", "session", "close", "working", "attention"),
    *("org_add", "org_list", "org_update", "org_retire", "org_restore"),
    *("create_key", "list_keys", "revoke_key", "consent", "record_consent"),
    *("parked", "redrive", "reveal"),
}
"""Calls that Mem0 doesn't have."""
OUR_PATHS = {"/v1/project/", "/v1/exports/{id}/"}
"""Paths of our own to calls that Mem0 has by others."""

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, and the one that follows it with nothing but a blank line between."""

    language: str
    text: str
    follower: tuple[str, str] | None

    def answer(self, language: str) -> str | None:
        return self.follower[1] if self.follower and self.follower[0] == language else None


def blocks(page: Path, language: str) -> list[Block]:
    text = page.read_text()
    found = list(_BLOCK.finditer(text))
    nexts = [*found[1:], None]
    return [
        Block(
            one[1],
            one[2],
            (after[1], after[2]) if after and not text[one.end() : after.start()].strip() else None,
        )
        for one, after in zip(found, nexts, strict=True)
        if one[1] == language
    ]


def titled(page: Path) -> str:
    return str(page.relative_to(ROOT))


# --- examples -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a free port, with a key for each set of examples."""
    folder = tmp_path_factory.mktemp("served")
    service = open_local(str(folder), settings=Settings(settle=0), keys=KEYS)
    with closing(service), closing(listen("127.0.0.1", 0)) as listening:
        running = uvicorn.Server(uvicorn.Config(create_app(service), log_level="error"))
        thread = threading.Thread(target=running.run, args=([listening],), daemon=True)
        thread.start()
        while not running.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        running.should_exit = True
        thread.join(10)


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", DOCS / "api.md", DOCS / "integrations.md"], ids=titled
)
def test_python_examples_run_and_print_what_is_shown(
    page: Path, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMELLA_DATA", str(tmp_path))
    monkeypatch.setenv("LAMELLA_HOST", server)
    monkeypatch.setenv("MEM0_API_KEY", PAGE_KEY)
    examples = blocks(page, "python")
    assert examples
    for block in examples:
        printed = StringIO()
        names: dict[str, Any] = {"__name__": "example"}
        with redirect_stdout(printed):
            exec(compile(block.text, titled(page), "exec"), names)
        if "memory" in names:
            names["memory"].shutdown()
        shown = block.answer("text")
        assert shown is None or printed.getvalue() == shown


def test_the_readme_runs_the_seed_s_snippet_but_for_its_import() -> None:
    over_http = blocks(ROOT / "README.md", "python")[1].text
    assert over_http.replace("from lamella import Memory", "from mem0 import Memory") == SEED


def test_http_examples_are_answered_in_the_shape_that_is_shown(server: str) -> None:
    known: dict[str, str] = {}
    examples = blocks(DOCS / "api.md", "http")
    assert len(examples) > 10
    with httpx.Client(base_url=server, headers={"Authorization": f"Token {DOCS_KEY}"}) as client:
        for block in examples:
            line, _, body = block.text.partition("\n")
            method, path = line.format(**known).split()
            answer = client.request(method, path, content=body.encode())
            shown = block.answer("json")
            expected = None if shown is None else json.loads(shown)
            refused = isinstance(expected, dict) and "detail" in expected
            assert (answer.status_code >= 400) == refused, (line, answer.text)
            if expected is not None:
                assert_shaped(answer.json(), expected, line)
            remember(known, answer.json())


def remember(known: dict[str, str], answer: Any) -> None:
    """The ids that later examples name: the first event's, and the first hit's."""
    if not isinstance(answer, dict):
        return
    if "event_id" in answer:
        known.setdefault("event_id", answer["event_id"])
    if "receipt" not in answer and answer.get("status") == "PENDING" and "id" in answer:
        known.setdefault("export_id", answer["id"])
    for hit in answer.get("results", []):
        if isinstance(hit, dict) and "score" in hit:
            known.setdefault("memory_id", hit["id"])


def assert_shaped(real: Any, shown: Any, where: str) -> None:
    """`real` is what `shown` says: "…" stands for anything, numbers only for numbers."""
    if isinstance(shown, str) and "…" in shown:
        assert shown == "…" or isinstance(real, str), where
    elif isinstance(shown, dict):
        assert isinstance(real, dict), where
        if "…" not in shown:
            assert real.keys() == shown.keys(), where
            for name, part in shown.items():
                assert_shaped(real[name], part, f"{where} → {name}")
    elif isinstance(shown, list):
        assert isinstance(real, list), where
        for one, part in zip(real, shown, strict=False):
            assert_shaped(one, part, f"{where}[]")
    elif isinstance(shown, int | float) and not isinstance(shown, bool):
        assert isinstance(real, int | float), where
    else:
        assert real == shown, where


# --- completeness -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def api() -> str:
    return (DOCS / "api.md").read_text()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods[0]} {route.path}")
def test_every_route_is_documented_with_what_it_needs(route: Route, api: str) -> None:
    for method in route.methods:
        assert f"`{method} {route.path}`" in api
    [row] = [line for line in api.splitlines() if line.startswith(f"| {route.name} |")]
    needs = "nothing" if route.public else route.scope or "a key"
    assert row.split("|")[3].strip() == needs


def migrating(method: str, path: str) -> list[str]:
    """The states of a call in the table for those who come from Mem0."""
    page = (DOCS / "migrating-from-mem0.md").read_text()
    rows = [line for line in page.splitlines() if f"| `{method} {path}` |" in line]
    return [row.split("|")[3].strip() for row in rows]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods[0]} {route.path}")
def test_whoever_comes_from_mem0_finds_each_of_its_calls(route: Route) -> None:
    states = [state for method in route.methods for state in migrating(method, route.path)]
    ours = route.name in OUR_OWN or route.path in OUR_PATHS
    assert len(states) == (0 if ours else len(route.methods))
    assert set(states) <= {"answered", "continued"}


@pytest.mark.parametrize("path", UNANSWERED)
def test_whoever_comes_from_mem0_finds_what_has_no_answer(path: str) -> None:
    states = [state for method in METHODS for state in migrating(method, path)]
    assert "501" in states


def test_every_reason_for_not_moving_a_memory_is_explained() -> None:
    page = (DOCS / "migrating-from-mem0.md").read_text()
    code = "".join(Path(str(module.__file__)).read_text() for module in (arrivals, imports))
    reasons = set(re.findall(r'Refused\("(\w+)"', code)) | {"taken"}
    assert len(reasons) > 6
    assert {reason for reason in reasons - {"known"} if f"| `{reason}` |" not in page} == set()


def test_every_field_of_a_request_is_documented(api: str) -> None:
    models = [getattr(requests, name) for name in requests.__all__]
    read = {
        field
        for model in models
        if isinstance(model, type) and issubclass(model, Asked)
        for field in model.plain
    }
    assert {name for name in read if f"`{name}" not in api and f'"{name}"' not in api} == set()


def test_every_filter_field_is_documented(api: str) -> None:
    camel = {name for name in NAMES if name != name.lower()}
    assert {name for name in set(NAMES) - camel if f"`{name}`" not in api} == set()


def test_the_fields_without_effect_are_listed(api: str) -> None:
    section = api.partition("## Mem0's fields without effect")[2].partition("## ")[0]
    assert set(re.findall(r"`(\w+)`", section)) >= WITHOUT_MEANING
    assert set(re.findall(r"`(\w+)`", section)) - WITHOUT_MEANING == {"warnings"}


def test_every_error_and_its_status_is_documented(api: str) -> None:
    tree = [value for value in vars(errors).values() if isinstance(value, type)]
    for error in [*tree, MethodNotAllowed]:
        assert issubclass(error, errors.LamellaError)
        rows = [line for line in api.splitlines() if line.startswith(f"| {error.status} |")]
        assert f"`{error.__name__}`" in "".join(rows)
        assert rows[0].rstrip(" |").endswith("yes" if error.retryable else "no")


def test_every_setting_is_documented_with_its_default() -> None:
    page = (DOCS / "concepts.md").read_text()
    rows = {
        cells[1].strip(" `"): cells[2].strip(" `")
        for cells in (line.split("|") for line in page.splitlines())
        if len(cells) == 5 and cells[1].startswith(" `LAMELLA_")
    }
    assert list(rows) == [f"LAMELLA_{known.name.upper()}" for known in fields_of(Settings)]
    for known in fields_of(Settings):
        shown = rows[f"LAMELLA_{known.name.upper()}"]
        if known.default != "":
            assert shown == ("none" if known.default is None else str(known.default))


def test_every_command_and_exit_code_is_documented(api: str) -> None:
    section = api.partition("## On the command line")[2]
    for command in commands(typer.main.get_command(app)):
        assert f"| `lamella {command}" in section
    for error, code in EXITS[:-1]:
        assert re.search(rf"^\| {code} \| .*`{error.__name__}`", section, re.MULTILINE)


def commands(group: Any, before: str = "") -> Iterator[str]:
    """The whole name of every command in `group`."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} ")
        else:
            yield f"{before}{name}"


# --- links and files ----------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=titled)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for link in _LINK.findall(page.read_text()):
        if link.startswith("https://"):
            continue
        path, _, place = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if place:
            places = [anchor(title) for title in _HEADING.findall(target.read_text())]
            assert place in places, link


def anchor(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def test_every_test_that_the_readme_names_exists() -> None:
    named = re.findall(r"\btest_\w+", (ROOT / "README.md").read_text())
    assert len(set(named)) >= 11
    there = {path.stem for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(named) - there == set()


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 200


def test_decisions_are_numbered_and_have_their_three_parts() -> None:
    assert [page.name[:4] for page in DECISIONS] == [
        f"{number:04}" for number in range(1, len(DECISIONS) + 1)
    ]
    for page in DECISIONS:
        text = page.read_text()
        assert text.startswith(f"# {page.name[:4]} · ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Choice", "Cost"]


SEED = """\
import os

from mem0 import Memory

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
