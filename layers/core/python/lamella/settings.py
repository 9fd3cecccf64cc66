"""Every number and mode a deployment may set, read once. Times are milliseconds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from lamella.clock import DAY, HOUR, MINUTE, SECOND
from lamella.errors import SetupError
from lamella.values import dataclass

Consent = Literal["assumed", "required"]
Engine = Literal["sqlite", "aws"]
EmbedderName = Literal["onnx", "bedrock"]
ExtractorName = Literal["rules", "bedrock"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "consent": get_args(Consent),
    "engine": get_args(Engine),
    "embedder": get_args(EmbedderName),
    "extractor": get_args(ExtractorName),
}
_FITTING: Mapping[tuple[str, str], Mapping[str, int]] = {
    ("engine", "aws"): {"clock_skew": SECOND},
    ("extractor", "bedrock"): {"settle": 30 * SECOND, "lease": 3 * MINUTE},
}
"""Defaults that go with a choice: several machines, and a model that reads slowly and for money."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The deployment's settings; a call's own values win within `max_lifetime`.

    `clock_skew` is how far the clocks of this deployment's processes may differ: an erasure
    waits so long for captures that are still on their way (0 on one machine).

    `engine` "aws" takes the names of what the stack made: `table` (at `table_endpoint`, if not
    AWS's own), `opensearch` (a URL: signed if https), `bus` or else `queue_url`, `kms_key`.
    `embedding_profile` is an inference profile to call `embedding_model` through;
    `extraction_model` may be one itself. `budget` is the tokens an organization may spend on
    extraction in a day (None: no limit), after which rules extract.

    `pii` is what becomes of personal data beyond the session: redact, hash, encrypt or drop, also
    for a sort of it ("redact, email: hash"). `weights` are those of the ranking that differ from
    `Weights` ("dense: 1.2, session: 0").

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
    pii: str = "redact"
    threshold: float = 0.1
    weights: str = ""
    data: str = ""
    model: str = ""
    host: str = "http://127.0.0.1:8320"
    engine: Engine = "sqlite"
    table: str = "lamella"
    table_endpoint: str = ""
    opensearch: str = ""
    bus: str = ""
    queue_url: str = ""
    kms_key: str = ""
    embedder: EmbedderName = "onnx"
    embedding_model: str = "amazon.titan-embed-text-v2:0"
    embedding_profile: str = ""
    dimensions: int = 512
    extractor: ExtractorName = "rules"
    extraction_model: str = ""
    budget: int | None = None

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
        """The defaults, the environment over them, `overrides` over both. Raises SetupError.

        With engine "aws" or extractor "bedrock" some defaults differ.
        """
        values: dict[str, Any] = {}
        for known in fields(cls):
            given = environ.get(f"LAMELLA_{known.name.upper()}")
            if given is not None:
                values[known.name] = _read(known.name, given, known.default)
        values |= overrides
        fitting = [more for (name, chosen), more in _FITTING.items() if values.get(name) == chosen]
        defaults = {name: value for more in fitting for name, value in more.items()}
        return replace(cls(), **{**defaults, **values})

    @property
    def data_folder(self) -> Path:
        """Where the embedded engine keeps its file: `LAMELLA_DATA`, else `~/.lamella`."""
        return Path(self.data or "~/.lamella").expanduser()


def _read(name: str, given: str, default: object) -> object:
    choices = _CHOICES.get(name)
    if choices and given not in choices:
        known = " or ".join(repr(choice) for choice in choices)
        raise SetupError(f"LAMELLA_{name.upper()} is {given!r}: use {known}")
    if isinstance(default, str):
        return given
    try:
        return float(given) if isinstance(default, float) else int(given)
    except ValueError:
        raise SetupError(f"LAMELLA_{name.upper()} is {given!r}: a number is needed") from None
