"""The context is read exactly; what can't be meant is one clear line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.cdk import overrides
from infra.choices import BadContext, Choices, Existing

ROOT = Path(__file__).parents[2]


def read(**context: Any) -> Choices:
    return Choices.read({f"lamella:{name}": value for name, value in context.items()})


def test_cdk_json_is_the_defaults_spelled_out() -> None:
    written = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert Choices.read(written) == Choices(
        lifetimes={"conversation": 3_600_000, "session": 4 * 3_600_000}
    )


def test_the_command_line_says_the_same_as_a_file() -> None:
    written = read(
        lifetimes={"user": "365d", "max": "2d"},
        organizations=["acme", "globex"],
        stage="production",
    )
    said = Choices.read(
        overrides("lifetimes=user=365d,max=2d organizations=acme,globex stage=production")
    )
    assert said == written
    assert said.lifetimes == {"user": 365 * 86_400_000, "max": 2 * 86_400_000}


def test_other_tools_context_is_none_of_ours() -> None:
    assert Choices.read({"aws:cdk:bundling-stacks": ["**"]}) == Choices()


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({"stage": "prod"}, "lamella:stage is 'prod': use 'development' or 'production'"),
        ({"embedding": None}, "lamella:embedding is None: use 'bedrock' or 'local'"),
        ({"extractor": "bedrock"}, "name a model or an inference profile"),
        ({"lifetimes": {"session": 4}}, "lamella:lifetimes of session is 4: write it as"),
        ({"lifetimes": {"org": "1d"}}, "names 'org': use conversation, session, user, max"),
        ({"lifetimes": 3}, "an object such as"),
        ({"organizations": [1]}, "a list of names is needed"),
        ({"alarmEmail": "ops"}, "an e-mail address is needed, or nothing"),
        ({"removal": "snapshot"}, "use 'retain' or 'destroy'"),
        ({"existing": {"key": "alias/mine"}}, "a key's ARN is needed"),
        ({"existing": {"domain": "https://example.com"}}, "a domain's https endpoint is needed"),
        ({"existing": {"queue": "q"}}, "names 'queue': use table, key, domain, bus"),
        ({"stag": "production"}, "lamella:stag is no setting: use one of"),
    ],
)
def test_what_cannot_be_meant_is_one_clear_line(context: dict[str, Any], told: str) -> None:
    with pytest.raises(BadContext) as refused:
        read(**context)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_brought_along_is_named() -> None:
    assert read(existing={"table": "memories"}).existing == Existing(table="memories")


def test_the_command_ends_with_that_line_and_status_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.cdk", "synth"],
        cwd=ROOT,
        env={**os.environ, "CONTEXT": "stage=prod"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == "lamella: lamella:stage is 'prod': use 'development' or 'production'\n"
