"""The public types: what callers may write passes `mypy --strict`, what they mustn't is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parents[2]
GOOD, BAD = ROOT / "tests/typing/good.py", ROOT / "tests/typing/bad.py"

_REPORT = re.compile(r"^(.+?):(\d+): error: .* \[([\w-]+)\]$", re.MULTILINE)
_REFUSED = re.compile(r"# refused: ([\w-]+)$")

Refusals = set[tuple[str, int, str]]


@pytest.fixture(scope="module")
def reported() -> Refusals:
    """(file, line, code) of everything mypy has against the two files."""
    config = ("--config-file", str(ROOT / "pyproject.toml"), "--strict", "--no-pretty")
    output, problems, _ = api.run([*config, str(GOOD), str(BAD)])
    assert problems == ""
    return {(Path(file).name, int(line), code) for file, line, code in _REPORT.findall(output)}


def test_what_callers_may_write_passes(reported: Refusals) -> None:
    assert [found for found in reported if found[0] != BAD.name] == []


def test_exactly_the_marked_lines_are_refused(reported: Refusals) -> None:
    marked = {
        (BAD.name, number, found[1])
        for number, line in enumerate(BAD.read_text().splitlines(), start=1)
        if (found := _REFUSED.search(line))
    }
    assert len(marked) > 10
    assert {found for found in reported if found[0] == BAD.name} == marked
