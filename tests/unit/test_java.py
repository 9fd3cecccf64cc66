from __future__ import annotations

from pathlib import Path

import pytest

from lamella.errors import SetupError
from lamella.local.java import find_java

ALL = "java.base jdk.incubator.vector"


@pytest.fixture
def homes(tmp_path: Path) -> list[Path]:
    return [
        _home(tmp_path / "old", "17.0.15", ALL),
        _home(tmp_path / "ancient", "1.8.0_392", ""),
        _home(tmp_path / "trimmed", "25.0.2", "java.base"),
        _home(tmp_path / "whole", "21.0.1", ALL),
        _home(tmp_path / "newer", "25", ALL),
    ]


def _home(folder: Path, version: str, modules: str) -> Path:
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    (folder / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return folder


def test_the_first_complete_runtime_that_is_new_enough_is_taken(homes: list[Path]) -> None:
    java = find_java(homes)
    assert (java.home.name, java.version, java.complete) == ("whole", 21, True)
    assert java.program == java.home / "bin" / "java"


def test_a_trimmed_runtime_will_do_where_there_is_no_other(homes: list[Path]) -> None:
    java = find_java(homes[:3])
    assert (java.home.name, java.complete) == ("trimmed", False)


def test_what_is_no_runtime_is_passed_over(homes: list[Path], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    unnamed = _home(tmp_path / "unnamed", "x", ALL)
    no_program = _home(tmp_path / "no program", "25", ALL)
    (no_program / "bin" / "java").unlink()
    found = find_java([tmp_path / "missing", tmp_path / "empty", unnamed, no_program, *homes])
    assert found.home.name == "whole"


def test_without_a_runtime_the_error_says_what_to_install(homes: list[Path]) -> None:
    with pytest.raises(SetupError, match="no Java 21 or newer is here: install one"):
        find_java(homes[:2])


def test_java_home_comes_first(homes: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(homes[-1]))
    assert find_java().home.name == "newer"
