"""The layers, the kinds, and whom a call is about: its scope and its owner."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from lamella.errors import Invalid
from lamella.values import dataclass

MAX_ID_BYTES = 256

ORG_OWNER = "o"
"""The owner of everything in the org layer."""


class Layer(StrEnum):
    """Where a memory lives and how long it lasts, from a turn to an organization."""

    CONVERSATION = "conversation"
    SESSION = "session"
    USER = "user"
    ORG = "org"


class Kind(StrEnum):
    """What sort of thing a memory is."""

    HISTORY = "history"
    WORKING = "working"
    ATTENTION = "attention"
    NOTE = "note"
    FACTUAL = "factual"
    EPISODIC = "episodic"
    SEMANTIC = "semantic"


PRESENTATION = (Layer.USER, Layer.SESSION, Layer.ORG, Layer.CONVERSATION)
"""The order in which a search presents its hits: user, session, org, raw history."""

PLACES = {layer.value: place for place, layer in enumerate(PRESENTATION)}
"""The place of each layer in that order."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The ids a call names. `session_id` is Mem0's `run_id`; absent ids are None."""

    user_id: str | None = None
    agent_id: str | None = None
    app_id: str | None = None
    session_id: str | None = None

    def __bool__(self) -> bool:
        return any((self.user_id, self.agent_id, self.app_id, self.session_id))

    @property
    def owner(self) -> str:
        """Whom the call is about: the user, else the agent, else the app, else the session.

        Raises Invalid when no id is given at all.
        """
        if self.user_id:
            return f"u:{self.user_id}"
        if self.agent_id:
            return f"a:{self.agent_id}"
        if self.app_id:
            return f"p:{self.app_id}"
        if self.session_id:
            return f"s:{self.session_id}"
        raise Invalid("name whom this is about: user_id, agent_id, app_id or session_id (run_id)")

    @property
    def ids(self) -> dict[str, Any]:
        """Every id under its field's name."""
        return {
            "user_id": self.user_id,
            "agent_id": self.agent_id,
            "app_id": self.app_id,
            "session_id": self.session_id,
        }

    @property
    def session(self) -> str:
        """The session's id, or "" — which no real session can have."""
        return self.session_id or ""


def checked_id(name: str, value: object) -> str:
    """`value` as an id, or Invalid: a non-blank string of at most 256 bytes, not "*"."""
    if not isinstance(value, str) or not value.strip():
        raise Invalid(f"{name} must be a non-empty string")
    if value == "*":
        raise Invalid(f"{name} can't be '*' here: name one")
    if "\x00" in value or not _encodable(value):
        raise Invalid(f"{name} holds a character that can't be stored")
    if len(value.encode()) > MAX_ID_BYTES:
        raise Invalid(f"{name} is longer than {MAX_ID_BYTES} bytes")
    return value


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
