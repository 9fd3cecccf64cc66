"""Working memory and attention: tool outputs, results by key, and the focus of the moment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lamella import keys
from lamella.clock import DAY, iso
from lamella.models import Record, Stored
from lamella.ports import Item, Key, Put
from lamella.scopes import Kind, Layer, Scope
from lamella.text import tokens
from lamella.values import dataclass

ATTENTION = "attention"
PURGED_AFTER = DAY


@dataclass(frozen=True, slots=True)
class Working(Stored):
    """One working item (`value` is any JSON) or, with kind attention, the focus of the moment.

    A `fleeting` item (a tool's output) fades once a later user turn stands; `place` is its
    position within its call.
    """

    key: str
    value: Any
    owner: str
    captured_at: int
    expires_at: int
    kind: str = Kind.WORKING
    user_id: str | None = None
    agent_id: str | None = None
    app_id: str | None = None
    session_id: str | None = None
    source: str = ""
    place: int = 0
    fleeting: bool = False

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Working:
        """The object again; its value stays what JSON made of it."""
        known = {k: v for k, v in body.items() if k in cls.__slots__}
        return cls(**{"value": None, **known})

    def put(self, org: str) -> Put:
        """Write it; a newer value under the same key replaces an older."""
        body = self.body() | {"value": self.value}
        return Put(Item(self.at(org), body, ttl=self.expires_at + PURGED_AFTER))

    def wire(self, now: int) -> dict[str, Any]:
        """Its JSON form."""
        return {
            "key": self.key,
            "kind": str(self.kind),
            "value": self.value,
            "created_at": iso(self.captured_at),
            "expires_at": iso(self.expires_at),
            "expires_in_seconds": max(0, self.expires_at - now) // 1000,
        }

    def at(self, org: str) -> Key:
        """Where it lies in the session's partition."""
        session = self.session_id or ""
        if self.kind == Kind.ATTENTION:
            return keys.attention(org, self.owner, session)
        return keys.working(org, self.owner, session, self.key)

    @property
    def text(self) -> str:
        """Its value as text, for ranking and showing."""
        if isinstance(self.value, str):
            return self.value
        return json.dumps(self.value, ensure_ascii=False)

    def record(self) -> Record:
        """It as a hit of the conversation layer."""
        scope = Scope(self.user_id, self.agent_id, self.app_id, self.session_id)
        shown = self.text if self.kind == Kind.ATTENTION else f"{self.key}: {self.text}"
        return conversation_record(
            id=f"{self.source}" if self.source else f"{self.kind}:{self.key}",
            kind=self.kind,
            text=shown,
            owner=self.owner,
            scope=scope,
            at=(self.captured_at, self.captured_at),
            expires_at=self.expires_at,
        )


def conversation_record(
    *,
    id: str,
    kind: str,
    text: str,
    owner: str,
    scope: Scope,
    at: tuple[int, int],
    expires_at: int | None,
    speaker: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Record:
    """What lies in the conversation layer, in the one shape that ranking and hits use.

    `at` is (captured_at, said_at).
    """
    captured_at, said_at = at
    return Record(
        id=id,
        owner=owner,
        layer=Layer.CONVERSATION.value,
        kind=str(kind),
        text=text,
        created_at=captured_at,
        updated_at=captured_at,
        captured_at=captured_at,
        said_at=said_at,
        version=captured_at,
        user_id=scope.user_id,
        agent_id=scope.agent_id,
        app_id=scope.app_id,
        session_id=scope.session_id,
        speaker=speaker,
        metadata=metadata or {},
        words=tuple(tokens(text)),
        expires_at=expires_at,
        sources=(id,) if kind == Kind.HISTORY else (),
    )
