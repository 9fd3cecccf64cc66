"""The wheel, installed where nothing else is: what a user of the package gets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[2]
WHEELS = Path(sys.prefix) / "wheels"
HEAVY = {"onnxruntime", "tokenizers", "numpy", "rich", "httpx", "detect_secrets", "boto3", "apsw"}

Run = Callable[[str], str]


def outside(**given: str) -> dict[str, str]:
    """This process's environment without what leads into the checkout, and with `given`."""
    inherited = ("PYTHON", "PIP_", "LAMELLA_H", "LAMELLA_D", "LAMELLA_A")
    return {k: v for k, v in os.environ.items() if not k.startswith(inherited)} | given


def run(*command: str | Path, cwd: Path, **given: str) -> str:
    """What the command prints, without this checkout's import path; fails if it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=outside(**given), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    return next(folder.glob("lamella-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of an environment with the wheel, its `local` extra and nothing else."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, symlinks=True)
    executable = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", executable, "--disable-pip-version-check")
    offline = ("--no-index", "--find-links", WHEELS, "--only-binary", ":all:", "--no-compile")
    run(*pip, "install", *offline, f"lamella[local] @ {wheel.as_uri()}", cwd=folder)
    return executable.parent


@pytest.fixture(scope="module")
def python(installed: Path) -> Run:
    """Runs code there."""
    return lambda code: run(installed / "python", "-W", "error", "-c", code, cwd=installed)


@pytest.fixture
def served(installed: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """What `lamella up` says of itself, while it runs."""
    command = (installed / "lamella", "up", "--port", "0", "--data", tmp_path, "--json")
    with subprocess.Popen(
        command, cwd=tmp_path, env=outside(), stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        yield json.loads("".join(iter(child.stdout.readline, "}\n")) + "}")
        child.send_signal(signal.SIGINT)
        assert child.wait(timeout=10) == 0


def test_the_wheel_holds_the_library_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as inside:
        names = set(inside.namelist())
    packages = {name.split("/")[0] for name in names}
    assert packages == {"lamella", "lamella-0.1.0.dist-info"}
    assert {"lamella/py.typed", "lamella-0.1.0.dist-info/licenses/LICENSE"} <= names
    library = {name for name in names if name.startswith("lamella/")}
    pins = {f"lamella/local/pins/{name}.txt" for name in ("dynamodb-local", "opensearch")}
    others = {"lamella/py.typed", "lamella/local/docs.html", *pins}
    assert {name for name in library if not name.endswith(".py")} == others


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


SNIPPET = """
import json, os
from lamella import Memory

memory = Memory(api_key=os.environ["MEM0_API_KEY"], host=os.environ["HOST"])
memory.add(
    ["I'm Alex and I prefer boutique hotels."],
    user_id="alex",
    session_id="trip-planning-2025",
)
results = memory.search(
    "Any hotel preferences?",
    user_id="alex",
    session_id="trip-planning-2025",
)
print(json.dumps(results))
"""


def test_what_is_installed_serves_and_remembers(
    served: dict[str, str], installed: Path, tmp_path: Path
) -> None:
    told = {"MEM0_API_KEY": served["api_key"], "HOST": served["url"]}
    printed = run(installed / "python", "-W", "error", "-c", SNIPPET, cwd=tmp_path, **told)
    [first, *_] = json.loads(printed)["results"]
    assert {"id", "memory", "layer", "kind", "score"} <= first.keys()
    assert "boutique hotels" in first["memory"]


def test_what_is_installed_plays_the_demo(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "lamella", "demo", "--port", "0", cwd=tmp_path, ONCE="1")
    assert "expectations held, 0 failed." in told
