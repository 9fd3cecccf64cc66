"""Packages whose names are loaded, with the part they are in, when they are first asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def parted(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """A `__getattr__` for `package`: `names` tells for each part, between spaces, what it has."""
    homes = {name: part for part, told in names.items() for name in told.split()}

    def load(name: str) -> Any:
        """The value of `name`, out of its part."""
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)
        return found

    return load
