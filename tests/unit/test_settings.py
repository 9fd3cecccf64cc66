"""Settings: defaults, the environment over them, overrides over both."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from lamella.clock import HOUR
from lamella.errors import SetupError
from lamella.settings import Settings


def test_defaults_stand_in_an_empty_environment() -> None:
    assert Settings.from_env({}) == Settings()
    assert Settings().conversation_lifetime == HOUR


def test_overrides_win_over_the_environment_and_that_over_defaults() -> None:
    environ = {"LAMELLA_SETTLE": "7", "LAMELLA_THRESHOLD": "0.5", "LAMELLA_DATA": "/data"}
    chosen = Settings.from_env(environ, settle=0)
    assert (chosen.settle, chosen.threshold, chosen.data) == (0, 0.5, "/data")
    assert chosen.data_folder == Path("/data")


CHOSEN = {"consent": "required", "engine": "aws", "embedder": "bedrock", "extractor": "bedrock"}


@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
def test_every_setting_can_be_told_by_the_environment(name: str) -> None:
    default = getattr(Settings(), name)
    written = CHOSEN.get(name, "3")
    told = getattr(Settings.from_env({f"LAMELLA_{name.upper()}": written}), name)
    assert told != default
    assert type(told) is (type(default) if default is not None else int)


@pytest.mark.parametrize(
    ("name", "value"),
    [("LAMELLA_SETTLE", "soon"), ("LAMELLA_THRESHOLD", "half"), ("LAMELLA_CONSENT", "maybe")],
)
def test_what_can_not_be_read_says_which_variable(name: str, value: str) -> None:
    with pytest.raises(SetupError, match=name):
        Settings.from_env({name: value})


def test_the_data_folder_is_at_home_unless_told() -> None:
    assert Settings().data_folder == Path("~/.lamella").expanduser()
