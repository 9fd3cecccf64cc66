"""The demo tells a story, and would notice if it were not true."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ENGINES

from lamella import demo
from lamella.demo.steps import Asked, Said
from lamella.demo.story import STORY
from lamella.local import aws_local
from lamella.local.aws_local import Servers
from lamella.local.backing import Engine


@pytest.mark.parametrize("engine", ["sqlite", "aws-local"])
def test_the_story_comes_true_in_every_layer(
    engine: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    if engine == Engine.AWS_LOCAL:
        running = Servers(*(request.getfixturevalue(f"{name}_url") for name in ENGINES))
        monkeypatch.setattr(aws_local, "servers", lambda: nullcontext(running))
    assert demo.play(port=0, data=str(tmp_path), once=True, engine=Engine(engine)) == 0
    shown = capsys.readouterr().out
    assert "expectations held, 0 failed." in shown
    assert max(map(len, shown.splitlines())) <= 100
    for told in (
        "supersedes  I live in Hamburg",
        "card number removed before anything was stored",
        "AWS key removed before anything was stored",
        "nothing to keep",
        "travel-desk, review",
        "a second pass found 0",
    ):
        assert told in shown
    for layer in ("conversation", "session", "user", "org"):
        assert f"\n  {layer} " in shown


def test_the_story_is_long_enough_to_mean_something() -> None:
    days = {session.days_ago for session in STORY}
    steps = [step for session in STORY for step in session.steps]
    assert len(STORY) >= 5
    assert len(days) >= 5
    assert sum(isinstance(step, Said) for step in steps) >= 10
    assert sum(isinstance(step, Asked) for step in steps) >= 8


def test_a_story_that_does_not_come_true_is_told_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(
        STORY[0],
        steps=(
            Said("I live in Hamburg.", "I see.", keeps=(("session", "Hamburg"),)),
            Asked("Where do I live?", first="Bremen", never=("Hamburg",)),
        ),
    )
    monkeypatch.setattr(demo, "STORY", (wrong,))
    assert demo.play(port=0, data=str(tmp_path), once=False) == 1
    shown = capsys.readouterr().out
    assert "FAILED  lisbon-ideas: 'Hamburg' was not kept in the session layer" in shown
    assert "FAILED  lisbon-ideas: 'Where do I live?' did not find 'Bremen' first" in shown
    assert "FAILED  lisbon-ideas: 'Where do I live?' found 'Hamburg'" in shown
