"""Layers as folders, put together by uv from locked wheels: no container, no network at synth.

`python -m infra.bundling` fetches the wheels; `make setup` runs it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from infra.choices import Choices

ROOT = Path(__file__).parents[1]
LAYERS = ROOT / "layers"
ANY_WHEELS = ROOT / ".venv" / "wheels"
WHEELS = ROOT / ".venv" / "layer-wheels"
BUILT = ROOT / ".venv" / "layers"

LAMBDA_PYTHON = "3.13"
PLATFORMS = ("manylinux2014_aarch64", "manylinux_2_17_aarch64", "manylinux_2_28_aarch64")
UV_PLATFORM = "aarch64-manylinux_2_28"
USELESS = (
    "**/*.pyi",
    "bin",
    "aws_lambda_powertools/event_handler",
    "pydantic/v1",
)
"""Of the packages: what no function runs."""


Layer = Literal["core", "deps", "model"]


class NotFetched(RuntimeError):
    """What a layer is made of isn't on this machine; the text says how it gets there."""


def layers_of(choices: Choices) -> tuple[Layer, ...]:
    """The layers a deployment needs; the model's only where vectors are made in the functions."""
    return ("core", "deps", "model") if choices.embedding == "local" else ("core", "deps")


def fetch() -> None:
    """Download what the layers need for Lambda's platform beside the wheels of any platform."""
    shutil.rmtree(WHEELS, ignore_errors=True)
    WHEELS.mkdir(parents=True)
    wanted = WHEELS / "requirements.txt"
    wanted.write_text("".join(sorted(set(_platform_bound()))))
    command = [
        *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"),
        *("--require-hashes", "--no-deps", "--only-binary", ":all:"),
        *("--python-version", LAMBDA_PYTHON, "--implementation", "cp"),
        *("--abi", f"cp{LAMBDA_PYTHON.replace('.', '')}", "--abi", "abi3", "--abi", "none"),
        *(part for platform in PLATFORMS for part in ("--platform", platform)),
        *("--dest", str(WHEELS), "--requirement", str(wanted)),
    ]
    subprocess.run(command, check=True)


def _platform_bound() -> Iterator[str]:
    """The locked requirements whose wheels here are for this machine alone."""
    here = {path.name.lower() for path in ANY_WHEELS.glob("*-none-any.whl")}
    for layer in ("deps", "model"):
        for requirement in re.split(r"^(?=\w)", _lock(layer).read_text(), flags=re.M)[1:]:
            name, version = requirement.split()[0].split("==")
            stem = f"{name.replace('-', '_')}-{version}-".lower()
            if not any(wheel.startswith(stem) for wheel in here):
                yield requirement


def built(layers: Sequence[Layer]) -> dict[Layer, Path]:
    """The folders of `layers`, built anew; says where they have to go without bytecode.

    Raises NotFetched.
    """
    found = compiler()
    if found is None:
        told = f"no Python {LAMBDA_PYTHON} is here: without bytecode in the layers, first calls are"
        print(told, "slower", file=sys.stderr)
    return {layer: build(layer, found) for layer in layers}


def build(layer: Layer, compiler: Sequence[str] | None = None) -> Path:
    """The folder of `layer`, built anew. Raises NotFetched.

    `compiler` is the command of a Python of Lambda's minor; without one no bytecode is shipped.
    """
    target = BUILT / layer
    shutil.rmtree(target, ignore_errors=True)
    if layer == "core":
        shutil.copytree(
            LAYERS / "core" / "python",
            target / "python",
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    else:
        _install(layer, target / "python")
    if layer == "model":
        _place_model(target / "model")
    if compiler:
        _compile(target / "python", compiler)
    return target


def compiler() -> tuple[str, ...] | None:
    """The command of a Python of Lambda's minor on this machine, if there is one."""
    for found in _candidates():
        asked = (found, "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
        try:
            answer = subprocess.run(asked, capture_output=True, text=True, timeout=20)
        except OSError:
            continue
        if answer.stdout.strip() == LAMBDA_PYTHON:
            return (found,)
    return None


def _candidates() -> Iterator[str]:
    yield sys.executable
    yield f"python{LAMBDA_PYTHON}"
    versions = Path.home() / ".pyenv" / "versions"
    yield from (str(path) for path in sorted(versions.glob(f"{LAMBDA_PYTHON}.*/bin/python")))


def _install(layer: Layer, target: Path) -> None:
    if not WHEELS.is_dir():
        raise NotFetched(f"the wheels of the layer {layer} are not here: run `make setup`")
    command = [
        *(shutil.which("uv", path=str(Path(sys.executable).parent)) or "uv", "pip", "install"),
        *("--quiet", "--offline", "--no-index"),
        *("--find-links", str(WHEELS), "--find-links", str(ANY_WHEELS)),
        *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--link-mode", "copy"),
        *("--python-platform", UV_PLATFORM, "--python-version", LAMBDA_PYTHON),
        *("--target", str(target), "--requirement", str(_lock(layer))),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise NotFetched(
            f"the layer {layer} can't be put together: run `make setup` again\n{done.stderr}"
        )
    for pattern in USELESS:
        for path in list(target.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _place_model(target: Path) -> None:
    asking = "from lamella.local.model import model_folder; print(model_folder())"
    command = (sys.executable, "-c", asking)
    folder = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    shutil.copytree(folder, target)


def _compile(folder: Path, compiler: Sequence[str]) -> None:
    """Bytecode that is trusted unchecked: Lambda unpacks files with other times."""
    subprocess.run(
        [
            *(*compiler, "-m", "compileall", "-q", "-j", "0"),
            *("--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/opt/python"),
            str(folder),
        ],
        check=True,
    )


def _lock(layer: str) -> Path:
    return LAYERS / layer / "requirements.lock"


if __name__ == "__main__":
    fetch()
