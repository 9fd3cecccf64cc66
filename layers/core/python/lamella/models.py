"""What Lamella stores and passes between its use cases. Times are epoch milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Self

from lamella.scopes import Scope
from lamella.values import dataclass

SCHEMA = 1

_EMPTY: tuple[object, ...] = (None, (), {}, [])


class Role(StrEnum):
    """Who speaks in a turn."""

    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    SYSTEM = "system"


class Stored:
    """A dataclass that travels to and from the plain JSON body of an item."""

    __slots__ = ()

    def body(self) -> dict[str, Any]:
        """The JSON form, without fields that are None or empty. It shares what the fields hold."""
        fields = self.__dataclass_fields__  # type: ignore[attr-defined]
        return {name: value for name in fields if (value := getattr(self, name)) not in _EMPTY}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Self:
        """The object again; unknown keys are ignored, so that a newer writer doesn't break us."""
        known = cls.__dataclass_fields__  # type: ignore[attr-defined]
        return cls(**{k: tuple(v) if type(v) is list else v for k, v in body.items() if k in known})


@dataclass(frozen=True, slots=True)
class Turn(Stored):
    """One message as it was captured: `id` is `{event_id}-{n}`, `name` the speaker if told.

    `said_at` is the caller's timestamp (else `captured_at`, the moment of receipt). A `fleeting`
    turn (reasoning, tools, `lifetime="turn"`) fades at the next user message and is never promoted.
    """

    id: str
    role: str
    text: str
    said_at: int
    captured_at: int
    name: str | None = None
    fleeting: bool = False


@dataclass(frozen=True, slots=True)
class Fact(Stored):
    """What an extractor proposes to remember, before policy and reconciliation.

    `slot` names a place only one current value can fill ("home", "likes:hotels"; `subject` says
    whose), so that a newer value supersedes an older. `topics` may be filled by many until one ends
    them (see `topics`). `triple` is subject, predicate, object.
    `guided` tells that a model proposed it which had read what it is asked to keep.
    """

    text: str
    kind: str
    sources: tuple[str, ...]
    said_at: int
    durable: bool = True
    speaker: str | None = None
    subject: str | None = None
    slot: str | None = None
    topics: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    triple: tuple[str, str, str] | None = None
    categories: tuple[str, ...] = ()
    guided: bool = False


@dataclass(frozen=True, slots=True)
class Record(Stored):
    """One memory: a note of the session layer, or a fact of the user or org layer.

    `words` are `text.tokens(text)`, kept so that ranking never tokenizes, and `breaks` where in
    them each further line of an episode begins; `embedding` is the vector as base64 of
    little-endian float16, made by the model `model`, and `tokens` the length of what each line
    says as that model's tokenizer counts; `sources` are the ids
    of the turns it came from; `guard` is the digest that keeps its content unique `within` those
    ids. `steward` and `review_by` belong to the org layer. `sealed` are the encrypted values that
    marks in the text stand for.
    """

    id: str
    owner: str
    layer: str
    kind: str
    text: str
    created_at: int
    updated_at: int
    said_at: int
    version: int
    user_id: str | None = None
    agent_id: str | None = None
    app_id: str | None = None
    session_id: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()
    entities: tuple[str, ...] = ()
    speaker: str | None = None
    sources: tuple[str, ...] = ()
    captured_at: int = 0
    valid_to: int | None = None
    superseded_by: str | None = None
    expires_at: int | None = None
    slot: str | None = None
    topics: tuple[str, ...] = ()
    subject: str | None = None
    triple: tuple[str, str, str] | None = None
    guard: str | None = None
    within: tuple[str, ...] = ()
    immutable: bool = False
    steward: str | None = None
    review_by: int | None = None
    audience: tuple[str, ...] = ()
    embedding: str | None = None
    model: str | None = None
    tokens: tuple[int, ...] = ()
    sealed: Mapping[str, str] = field(default_factory=dict)
    schema: int = SCHEMA

    @property
    def scope(self) -> Scope:
        """The ids this memory was captured under."""
        return Scope(self.user_id, self.agent_id, self.app_id, self.session_id)

    def expired(self, now: int) -> bool:
        """Whether its lifetime is over, wherever its bytes still are."""
        return self.expires_at is not None and self.expires_at <= now

    def current(self, now: int) -> bool:
        """Whether a plain search may show it: neither expired nor superseded."""
        return not self.expired(now) and self.valid_to is None


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling: the organization their key belongs to, and what the key may do."""

    org: str
    scopes: frozenset[str]
    key_id: str = "local"
