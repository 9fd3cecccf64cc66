"""How the embedded memory of this machine is: versions, model, and how much there is of what."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

import apsw

from lamella import __version__
from lamella.engines.sqlite import SqliteFile
from lamella.engines.sqlite_census import census
from lamella.service import FILE, open_local

ENGINES = ("sqlite-vec", "onnxruntime", "tokenizers")


def versions() -> dict[str, Any]:
    """What runs here, without opening anything."""
    return {
        "lamella": __version__,
        "python": platform.python_version(),
        "sqlite": apsw.sqlitelibversion(),
        **{name: version(name) for name in ENGINES},
    }


def examine(folder: Path) -> dict[str, Any]:
    """Open the memory in `folder` as any process would, and count. Raises SetupError."""
    service = open_local(str(folder), background=False)
    try:
        health = service.health()
    finally:
        service.close()
    file = SqliteFile(folder / FILE)
    try:
        counted = census(file)
    finally:
        file.close()
    return versions() | health | {"engine": "embedded", "data": str(folder)} | counted
