"""Packages that only some need: imported where they are used, and asked for by their extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lamella.errors import SetupError


@contextmanager
def extra(name: str) -> Iterator[None]:
    """Around imports of what `pip install 'lamella[name]'` brings. Raises SetupError without it."""
    try:
        yield
    except ModuleNotFoundError as missing:
        package = (missing.name or "a package").partition(".")[0]
        if package == "lamella":
            raise
        raise SetupError(
            f"{package} is not installed: get it with pip install 'lamella[{name}]'"
        ) from missing
