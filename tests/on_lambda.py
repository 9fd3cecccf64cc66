"""Run as a script: one function, started with nothing but its layers and what Lambda itself has.

    python on_lambda.py <functions/name> <layer/python> …

It imports the handler, opens the service and its engines, and prints what was imported from
packages. Packages of this environment stand in for the layers' (other platform, same versions);
one that is in no layer is refused as if it weren't here.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

RUNTIME = frozenset(
    {
        *("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"),
        *("awslambdaric", "runtime_client", "snapshot_restore_py", "simplejson"),
    }
)
"""What Lambda's Python 3.13 brings along."""

ELSEWHERE = ("cli", "client", "demo", "integrations", "local", "mcp", "mem0")
"""What runs on other machines."""


class OnlyWhatLambdaHas:
    """Stands before every finder and refuses what neither Lambda nor a layer has."""

    def __init__(self, layers: list[Path]) -> None:
        inside = {path.name.partition(".")[0] for layer in layers for path in layer.iterdir()}
        self._allowed = inside | RUNTIME | sys.stdlib_module_names | {"handler"}

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        known = name.partition(".")[0] in self._allowed or name.startswith("_sysconfigdata")
        if not known:
            raise ModuleNotFoundError(f"No module named {name!r} on Lambda", name=name)
        return None


def main(function: Path, layers: list[Path]) -> None:
    for name in [name for name in sys.modules if "." not in name and _package(name)]:
        del sys.modules[name]
    sys.meta_path.insert(0, OnlyWhatLambdaHas(layers))
    sys.path.insert(0, str(function))
    importlib.import_module("handler")
    from lamella.service import open_from_env

    service = open_from_env()
    for engine in ("bedrock_extraction", "eventbridge", "kms", "opensearch", "sqs"):
        importlib.import_module(f"lamella.engines.{engine}")
    library = importlib.import_module("lamella")
    for module in pkgutil.iter_modules(library.__path__):
        if module.name not in ELSEWHERE:
            importlib.import_module(f"lamella.{module.name}")
    importlib.import_module("lamella.scrub").scrub({"said": "my password is hunter2"})
    service.close()
    print(json.dumps(sorted(_imported())))


def _imported() -> list[str]:
    """The modules that came from packages, as files below a `site-packages`."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    return [file.split("site-packages/", 1)[1] for file in files if file and _installed(file)]


def _package(name: str) -> bool:
    return _installed(getattr(sys.modules[name], "__file__", None) or "")


def _installed(file: str) -> bool:
    return "site-packages/" in file


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(layer) for layer in sys.argv[2:]])
