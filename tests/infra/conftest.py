"""The stack, synthesized once for each choice: offline, with no account and no container."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, get_args

import pytest
from assemblies import BROUGHT, LOCAL, Assembly, synthesized

from infra.bundling import Layer, built

Layers: TypeAlias = dict[Layer, Path]
NOWHERE = "http://127.0.0.1:9"


@contextmanager
def alone() -> Iterator[None]:
    """No account, no Docker, no network: whoever needs one in here fails."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            patch.setenv(name, NOWHERE)
        patch.setenv("PATH", str(Path(sys.executable).parent))
        yield


@pytest.fixture(scope="session")
def layers() -> Layers:
    """Every layer, built from what `make setup` fetched."""
    with alone():
        return built(get_args(Layer))


@pytest.fixture(scope="session")
def development(layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """As cdk.json has it."""
    written = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
    with alone():
        return synthesized(tmp_path_factory.mktemp("development"), written, layers)


@pytest.fixture(scope="session")
def production(layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Everything but the defaults."""
    with alone():
        return synthesized(tmp_path_factory.mktemp("production"), LOCAL, layers)


@pytest.fixture(scope="session")
def brought(layers: Layers, tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """Around a table, a key, a domain and a bus that are there already."""
    with alone():
        return synthesized(tmp_path_factory.mktemp("brought"), BROUGHT, layers)


@pytest.fixture(params=["development", "production", "brought"])
def assembly(request: pytest.FixtureRequest) -> Assembly:
    """Each of them."""
    found: Assembly = request.getfixturevalue(request.param)
    return found
