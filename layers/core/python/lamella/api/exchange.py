"""A request and its response as plain values, whatever carried them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from lamella.models import Principal
from lamella.values import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `raw_path` is still percent-encoded; header names are in lower case.

    `principal` is set by a front door that has already seen to the key. `body` may be a mapping
    where no JSON was needed. `base_url` starts the links of a page; "" makes them relative.
    """

    method: str
    raw_path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Mapping[str, Any] | None = None
    principal: Principal | None = None
    base_url: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """The answer: `body` is plain JSON, and there always is one (Mem0's clients need it)."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
