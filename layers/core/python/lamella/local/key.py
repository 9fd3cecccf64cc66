"""The API key of this machine's own server: the environment's, else one made once and kept."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from lamella.errors import SetupError

FILE = "api-key"
LONGEST = 200


def local_key(folder: Path, environ: Mapping[str, str] = os.environ) -> str:
    """`LAMELLA_API_KEY`, else the key kept in `folder`, readable by its owner alone.

    Processes that ask at once for the first time all get the same key. Raises SetupError.
    """
    given = environ.get("LAMELLA_API_KEY", "").strip()
    if given:
        return _usable(given, "LAMELLA_API_KEY", "give it 8 to 200 printable ASCII characters")
    file = folder / FILE
    try:
        if not file.exists():
            _make(file)
        kept = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError as exc:
        raise SetupError(
            f"{file} can't be kept ({exc.strerror}): give this user rights to the folder, "
            "choose another with --data, or set LAMELLA_API_KEY"
        ) from exc
    return _usable(kept, str(file), "remove it, and the next start makes a new one")


def _make(file: Path) -> None:
    """A link appears whole or not at all, and never over a key that another process has made."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=file.parent, prefix=".api-key-") as scratch:
        scratch.write(f"lm_local_{secrets.token_hex(24)}\n")
        scratch.flush()
        with suppress(FileExistsError):
            os.link(scratch.name, file)


def _usable(key: str, place: str, remedy: str) -> str:
    if not (8 <= len(key) <= LONGEST and key.isascii() and key.isprintable() and " " not in key):
        raise SetupError(f"{place} holds no usable API key: {remedy}")
    return key
