"""Lamella: layered memory for AI agents, serverless, in your own AWS account.

from lamella import Memory

memory = Memory()
memory.add(["I prefer boutique hotels."], user_id="alex", session_id="trip-2025")
memory.search("Any hotel preferences?", user_id="alex", session_id="trip-2025")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lamella.errors import (
    Conflict,
    DeadlineExceeded,
    Forbidden,
    Invalid,
    LamellaError,
    NotFound,
    SetupError,
    Throttled,
    TooLarge,
    Unauthenticated,
    Unavailable,
    Unsupported,
)

if TYPE_CHECKING:
    from lamella.client.memory import Memory

__version__ = "0.1.0"

__all__ = [
    "Conflict",
    "DeadlineExceeded",
    "Forbidden",
    "Invalid",
    "LamellaError",
    "Memory",
    "NotFound",
    "SetupError",
    "Throttled",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "Unsupported",
    "__version__",
]

if not TYPE_CHECKING:  # else every name would type-check

    def __getattr__(name: str) -> Any:
        """`Memory`, loaded when it is asked for: functions and tools do without it."""
        if name == "Memory":
            from lamella.client.memory import Memory

            return Memory
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
