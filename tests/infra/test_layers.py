"""The layers hold what the functions import, for Lambda's platform, and little else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from on_lambda import RUNTIME

from infra import bundling
from infra.permissions import FUNCTIONS

ROOT = Path(__file__).parents[2]
AWAY = ("boto3", "botocore", "s3transfer", "grpc", "google", "phonenumbers", "moto", "aws_xray_sdk")
MEGABYTE = 1_000_000
OPEN = {
    "LAMELLA_ENGINE": "aws",
    "LAMELLA_OPENSEARCH": "https://search-x-abc.eu-west-1.es.amazonaws.com",
    "LAMELLA_BUS": "lamella",
    "LAMELLA_KMS_KEY": "alias/none",
    "LAMELLA_EMBEDDER": "bedrock",
    "LAMELLA_EXTRACTOR": "bedrock",
    "LAMELLA_EXTRACTION_MODEL": "some.model",
    "LAMELLA_ORGANIZATIONS": "acme",
    "AWS_REGION": "eu-west-1",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "AWS_LAMBDA_FUNCTION_NAME": "lamella-test",
}


def pins(lock: Path) -> set[tuple[str, str]]:
    """(name==version, hash) for every hash of a lock."""
    found: set[tuple[str, str]] = set()
    for requirement in re.split(r"^(?=[\w])", lock.read_text(), flags=re.M):
        hashes = re.findall(r"--hash=(\S+)", requirement)
        found |= {(requirement.split()[0], hash_) for hash_ in hashes}
    return found


@pytest.mark.parametrize("layer", ["deps", "model"])
def test_a_layer_is_locked_to_what_is_tested_here(layer: str) -> None:
    locked = pins(ROOT / "layers" / layer / "requirements.lock")
    assert locked
    assert locked <= pins(ROOT / "requirements" / "dev.lock")


def test_core_and_deps_are_small(layers: dict[str, Path]) -> None:
    size = sum(
        path.stat().st_size
        for name in ("core", "deps")
        for path in layers[name].rglob("*")
        if path.is_file()
    )
    assert 5 * MEGABYTE < size <= 30 * MEGABYTE


def test_no_layer_holds_what_lambda_has_or_nobody_needs(layers: dict[str, Path]) -> None:
    for folder in layers.values():
        inside = {path.name for path in (folder / "python").glob("*")} if folder.exists() else set()
        assert not inside & set(AWAY)


def test_compiled_modules_are_for_arm_and_python_3_13(layers: dict[str, Path]) -> None:
    compiled = [path for folder in layers.values() for path in folder.rglob("*.so")]
    assert any("pydantic_core" in str(path) for path in compiled)
    for path in compiled:
        head = path.read_bytes()[:20]
        assert head[:4] == b"\x7fELF", path
        assert int.from_bytes(head[18:20], "little") == 183, f"{path.name} is not for aarch64"
        if "cpython" in path.name:
            assert "cpython-313" in path.name


def test_bytecode_is_of_lambdas_python_or_not_there(layers: dict[str, Path]) -> None:
    bytecode = {path.name for folder in layers.values() for path in folder.rglob("*.pyc")}
    assert all(".cpython-313." in name for name in bytecode)
    assert bool(bytecode) is (bundling.compiler() is not None)


def test_core_is_the_library_as_it_stands(layers: dict[str, Path]) -> None:
    library = ROOT / "layers" / "core" / "python"
    shipped = layers["core"] / "python"
    sources = {path.relative_to(library) for path in library.rglob("*.py")}
    assert {path.relative_to(shipped) for path in shipped.rglob("*.py")} == sources


def test_the_models_layer_holds_the_model_and_what_runs_it(layers: dict[str, Path]) -> None:
    assert (layers["model"] / "model" / "model.onnx").stat().st_size > 10 * MEGABYTE
    assert (layers["model"] / "model" / "tokenizer.json").is_file()
    for package in ("onnxruntime", "tokenizers", "numpy"):
        assert (layers["model"] / "python" / package / "__init__.py").is_file()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_starts_from_its_layers_alone(function: str, layers: dict[str, Path]) -> None:
    folders = [layers[name] / "python" for name in ("core", "deps")]
    done = subprocess.run(
        [
            *(sys.executable, str(ROOT / "tests" / "on_lambda.py")),
            *(str(ROOT / "functions" / function), *map(str, folders)),
        ],
        env={"PATH": os.environ["PATH"], **OPEN},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    imported = json.loads(done.stdout.splitlines()[-1])
    assert any(file.startswith("aws_lambda_powertools/") for file in imported)
    assert [file for file in imported if not _shipped(file, folders)] == []


def _shipped(file: str, folders: list[Path]) -> bool:
    """Whether a layer holds the module `file`, compiled for its own platform if need be."""
    if Path(file).parts[0].partition(".")[0] in RUNTIME:
        return True
    name = Path(file).name.partition(".")[0]
    pattern = f"{name}.*so" if file.endswith(".so") else Path(file).name
    return any(any((folder / file).parent.glob(pattern)) for folder in folders)
