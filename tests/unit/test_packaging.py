"""The wheel, installed where nothing else is: what a user of the package gets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
WHEELS = Path(sys.prefix) / "wheels"
HEAVY = {"onnxruntime", "tokenizers", "numpy", "rich", "httpx", "detect_secrets", "boto3", "apsw"}

Run = Callable[[str], str]


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints, without this checkout's import path; fails if it fails."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PIP_"))}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("lamella-*.whl"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs code in an environment that holds the wheel with its `local` extra and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, symlinks=True)
    executable = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", executable, "--disable-pip-version-check")
    offline = ("--no-index", "--find-links", WHEELS, "--only-binary", ":all:", "--no-compile")
    run(*pip, "install", *offline, f"lamella[local] @ {wheel.as_uri()}", cwd=folder)
    return lambda code: run(executable, "-W", "error", "-c", code, cwd=folder)


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as inside:
        names = set(inside.namelist())
    packages = {name.split("/")[0] for name in names}
    assert packages == {"lamella", "lamella-0.1.0.dist-info"}
    assert {"lamella/py.typed", "lamella-0.1.0.dist-info/licenses/LICENSE"} <= names
    library = {name for name in names if name.startswith("lamella/")}
    assert {Path(name).suffix for name in library if name != "lamella/py.typed"} == {".py"}


def test_every_exported_name_is_there(python: Run) -> None:
    exported = json.loads(
        python(
            "import json, lamella\n"
            "print(json.dumps({name: hasattr(lamella, name) for name in lamella.__all__}))"
        )
    )
    assert exported
    assert all(exported.values())


def test_importing_the_library_imports_nothing_heavy(python: Run) -> None:
    loaded = json.loads(python("import json, sys, lamella; print(json.dumps(list(sys.modules)))"))
    assert not HEAVY & {name.split(".")[0] for name in loaded}


def test_the_local_extra_is_all_that_embedding_needs(python: Run) -> None:
    printed = python(
        "from lamella.engines.onnx import Onnx\n"
        "from lamella.local.model import model_folder\n"
        "print(len(Onnx(model_folder()).embed_query('hello')))"
    )
    assert printed == "384\n"
