"""Importing a library without a heavy package that it imports and we never reach."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType


@contextmanager
def stand_in(package: str, *classes: str) -> Iterator[None]:
    """While the block imports, an empty module stands for `package`, unless it is already there.

    It has the empty `classes` that annotations name. Afterwards the package can be imported as
    ever; what was imported inside keeps the stand-in.
    """
    if package in sys.modules:
        yield
        return
    empty = ModuleType(package, f"Stands in for {package}.")
    for name in classes:
        setattr(empty, name, type(name, (), {}))
    sys.modules[package] = empty
    try:
        yield
    finally:
        del sys.modules[package]
