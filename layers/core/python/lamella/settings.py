"""Every number and mode a deployment may set, read once. Times are milliseconds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from lamella.clock import DAY, HOUR, MINUTE, SECOND
from lamella.errors import SetupError

Consent = Literal["assumed", "required"]


@dataclass(frozen=True, slots=True)
class Settings:
    """The deployment's settings; a call's own values win within `max_lifetime`.

    `clock_skew` is how far the clocks of this deployment's processes may differ: an erasure
    waits so long for captures that are still on their way (0 on one machine).

    Each can be set by an environment variable `LAMELLA_` + its name in capitals.
    """

    conversation_lifetime: int = HOUR
    session_lifetime: int = 4 * HOUR
    user_lifetime: int | None = None
    max_lifetime: int | None = None
    session_idle: int = 30 * MINUTE
    settle: int = 2 * SECOND
    settle_at_most: int = 5 * MINUTE
    settle_turns: int = 12
    lease: int = 30 * SECOND
    attempts: int = 5
    backoff: int = 2 * SECOND
    done_grace: int = 10 * SECOND
    sweep_overdue: int = 60 * SECOND
    clock_skew: int = 0
    receipt_lifetime: int = 7 * DAY
    wait: int = 20 * SECOND
    deadline: int = 3 * SECOND
    consent: Consent = "assumed"
    threshold: float = 0.1
    data: str = ""
    model: str = ""
    host: str = "http://127.0.0.1:8320"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
        """The defaults, the environment over them, `overrides` over both. Raises SetupError."""
        values: dict[str, Any] = {}
        for known in fields(cls):
            given = environ.get(f"LAMELLA_{known.name.upper()}")
            if given is not None:
                values[known.name] = _read(known.name, given, known.default)
        return replace(cls(), **{**values, **overrides})

    @property
    def data_folder(self) -> Path:
        """Where the embedded engine keeps its file: `LAMELLA_DATA`, else `~/.lamella`."""
        return Path(self.data or "~/.lamella").expanduser()


def _read(name: str, given: str, default: object) -> object:
    if name == "consent" and given not in ("assumed", "required"):
        raise SetupError(f"LAMELLA_CONSENT is {given!r}: use 'assumed' or 'required'")
    if isinstance(default, str):
        return given
    try:
        return float(given) if isinstance(default, float) else int(given)
    except ValueError:
        raise SetupError(f"LAMELLA_{name.upper()} is {given!r}: a number is needed") from None
