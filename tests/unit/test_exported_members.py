"""What `import lamella` offers: a sorted list, no more and no less, and light."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lamella
from lamella import errors

ROOT = Path(__file__).parents[2]


def test_the_public_names_are_sorted_and_exist() -> None:
    assert lamella.__all__ == sorted(
        lamella.__all__, key=lambda name: (name == "__version__", name)
    )
    for name in lamella.__all__:
        assert getattr(lamella, name) is not None


def test_every_error_is_public() -> None:
    tree = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.LamellaError)
    }
    assert tree == set(lamella.__all__) - {"Memory", "__version__"}


def test_another_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = lamella.nothing


def test_the_version_is_the_packages() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert lamella.__version__ == project["version"]


def test_importing_and_opening_a_client_loads_little_and_writes_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, lamella; before = len(sys.modules)\n"
        "lamella.Memory(api_key='lm_x')\n"
        "heavy = {'pydantic', 'httpx', 'apsw', 'numpy', 'onnxruntime', 'boto3', 'starlette'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(Path(lamella.__file__).parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(tmp_path),
        },
    )
    assert shown.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
