"""Importing a library without a heavy package that it imports and we never reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any


@contextmanager
def stand_in(package: str, *classes: str) -> Iterator[None]:
    """While the block imports, an empty module stands for `package`, unless it is already there.

    It has the empty `classes` ("auth.AuthBase") that others are derived from or annotated with.
    Afterwards the package can be imported as ever; what the block imported keeps the stand-in.
    """
    if package in sys.modules:
        yield
        return
    sys.modules[package] = _empty(package, classes)
    try:
        yield
    finally:
        del sys.modules[package]


def _empty(package: str, classes: tuple[str, ...]) -> ModuleType:
    module = ModuleType(package, f"Stands in for {package}.")
    for path in classes:
        *spaces, name = path.split(".")
        place: Any = module
        for space in spaces:
            place.__dict__.setdefault(space, SimpleNamespace())
            place = getattr(place, space)
        setattr(place, name, type(name, (), {}))
    return module
