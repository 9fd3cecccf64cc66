"""The Python that Lambda would run a function with, and the locked packages for it.

Lambda runs 3.13. Where this machine has one, its packages are installed once into a folder of
their own, by their hashes in the lock; elsewhere the running Python stands in, and says so.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from filelock import FileLock
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "dev.lock"
KEPT = ROOT / ".venv" / "lambda"
LIBRARY = ROOT / "layers" / "core" / "python"
VERSION = "3.13"
BOOTSTRAP = ("awslambdaric", "snapshot-restore-py")
LEFT_OUT = frozenset({"grpcio", "protobuf", "opensearch-protobufs"})
"""What opensearch-py asks for and never imports: the layer leaves it out as well."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """An interpreter, and the folder of packages it finds besides the library."""

    python: Path
    packages: Path
    version: str
    remark: str = ""


@cache
def runtime() -> Runtime:
    """Lambda's Python with its packages, compiled; else the running one."""
    python = next(_pythons(), None)
    if python is None:
        return _running(f"this machine has no Python {VERSION}")
    try:
        return Runtime(python, _packages(python), VERSION)
    except subprocess.CalledProcessError as failed:
        why = f"packages for Python {VERSION} can't be had ({_last_line(failed.stderr)})"
        return _running(why)


def wanted() -> list[str]:
    """The names of the packages in the functions' layer, with their bootstrap."""
    return sorted(_closure(["lamella[aws]", *BOOTSTRAP]) - {"lamella"} - LEFT_OUT)


def locked(names: Iterable[str]) -> str:
    """The entries of the lock with these names, each with its hashes."""
    chosen = set(names)
    entries = re.split(r"\n(?=\S)", LOCK.read_text())
    return "\n".join(one for one in entries if canonicalize_name(one.split("==")[0]) in chosen)


def compiled(source: Path, target: Path, python: Path) -> Path:
    """A copy of `source` with its bytecode, as a layer would bring it."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    command = [str(python), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*command, str(target)], check=True, stdout=subprocess.DEVNULL)
    return target


def _running(why: str) -> Runtime:
    version = ".".join(map(str, sys.version_info[:2]))
    packages = Path(str(sys.modules["filelock"].__file__)).parents[1]
    return Runtime(Path(sys.executable), packages, version, f"{why}: Python {version} stands in")


def _pythons() -> Iterator[Path]:
    named = shutil.which(f"python{VERSION}")
    kept = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    installed = sorted(kept.glob(f"{VERSION}*/bin/python"), reverse=True)
    for python in [*installed, *([Path(named)] if named else [])]:
        asked = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
        told = subprocess.run([str(python), "-c", asked], capture_output=True, text=True)
        if told.returncode == 0 and told.stdout.strip() == VERSION:
            yield python


def _packages(python: Path) -> Path:
    """Installed once for each lock; who comes while another installs waits."""
    entries = locked(wanted())
    folder = KEPT / f"{VERSION}-{hashlib.sha256(entries.encode()).hexdigest()[:12]}"
    KEPT.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            _install(python, entries, folder)
    return folder


def _install(python: Path, entries: str, folder: Path) -> None:
    with TemporaryDirectory(dir=KEPT) as room:
        listed, made = Path(room, "locked.txt"), Path(room, "packages")
        listed.write_text(entries)
        uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet"]
        exact = ["--no-deps", "--require-hashes", "--only-binary", ":all:"]
        subprocess.run(
            [*uv, "--python", str(python), "--target", str(made), *exact, "-r", str(listed)],
            check=True,
            capture_output=True,
            text=True,
        )
        compile_all = [str(python), "-m", "compileall", "-q", str(made)]
        subprocess.run(compile_all, check=False, capture_output=True)
        made.rename(folder)


def _closure(asked: Iterable[str]) -> set[str]:
    """Everything these requirements need, by what is installed here says of itself."""
    found: set[str] = set()
    waiting = [Requirement(one) for one in asked]
    seen: set[str] = set()
    while waiting:
        one = waiting.pop()
        if str(one) in seen:
            continue
        seen.add(str(one))
        found.add(canonicalize_name(one.name))
        waiting += [need for need in _needs(one.name) if _applies(need, one.extras)]
    return found


def _needs(name: str) -> list[Requirement]:
    try:
        return [Requirement(need) for need in requires(name) or ()]
    except PackageNotFoundError:
        return []


def _applies(need: Requirement, extras: set[str]) -> bool:
    if need.marker is None:
        return True
    there: dict[str, Any] = {
        **default_environment(),
        "python_version": VERSION,
        "python_full_version": "3.13.0",
    }
    return any(need.marker.evaluate({**there, "extra": extra}) for extra in (extras or {""}))


def _last_line(text: str | None) -> str:
    lines = (text or "").strip().splitlines()
    return lines[-1] if lines else "no reason given"
