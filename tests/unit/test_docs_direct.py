"""docs/direct-invoke.md: its Python runs, its events are answered, its table is the route table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from lambda_server import FUNCTIONS, LambdaServer

from lamella.functions.door import Door
from lamella.incoming import submission
from lamella.routes import ROUTES
from lamella.service import Service, open_local

PAGE = (Path(__file__).parents[2] / "docs" / "direct-invoke.md").read_text()
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EVENTS = [json.loads(text) for language, text in BLOCK.findall(PAGE) if language == "json"]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("invoked")
    with closing(open_local(str(folder), settle=0)) as opened:
        yield opened


def test_the_python_on_the_page_runs_and_prints_what_is_shown(
    service: Service, aws_environment: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = BLOCK.findall(PAGE)
    [at] = [place for place, (language, _) in enumerate(blocks) if language == "python"]
    printed = StringIO()
    with LambdaServer(service, base="lamella-dev") as functions:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", functions.url)
        with redirect_stdout(printed):
            exec(compile(blocks[at][1], "direct-invoke.md", "exec"), {"__name__": "example"})
    assert blocks[at + 1] == ("text", printed.getvalue())


@pytest.mark.parametrize(
    "event", [one for one in EVENTS if "action" in one], ids=lambda e: e["action"]
)
def test_the_events_on_the_page_are_answered(service: Service, event: dict[str, Any]) -> None:
    [function] = {route.function for route in ROUTES if route.name == event["action"]}
    answer = Door(function, lambda: service, ("acme",)).answer(event, "")
    assert answer.status == 200, answer


def test_the_submitted_event_on_the_page_is_captured(service: Service) -> None:
    [put] = [one for one in EVENTS if "DetailType" in one]
    delivered = {"id": "e-1", "detail-type": put["DetailType"], "detail": put["Detail"]}
    answer = Door("capture", lambda: service, ("acme",)).answer(submission(delivered), "")
    assert answer.status == 200, answer


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_table_names_what_each_function_answers(function: str) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `…-{function}`")]
    named = set(re.findall(r"`(\w+)`", row.split("|")[2]))
    served = {route.name for route in ROUTES if route.function == function}
    assert named == (set() if "all others" in row else served)
