"""What can be asked of govern: correct, delete, forget, the org layer and keys."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from lamella.errors import Invalid, TooLarge
from lamella.filters import Filter, pinned
from lamella.filters import parse as parse_filter
from lamella.models import Role
from lamella.requests.base import Asked, Listed, Metadata, Numeric, OfOneOwner, Scoped, text_size
from lamella.requests.capture import IdempotencyKey
from lamella.requests.given import IDS, Given, merged, plain_ids
from lamella.requests.messages import MAX_MESSAGE_BYTES, normalised
from lamella.requests.times import day_end, expiry, moment
from lamella.scopes import checked_id

MAX_NAMES = 100
MAX_LITERAL = 16_384

EVERYONE = "*"
"""In place of an id: everything of everyone that has one of this kind."""


def _checked_text(value: str) -> str:
    if not value.strip():
        raise Invalid("text must not be blank")
    if text_size("text", value) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"text is longer than {MAX_MESSAGE_BYTES} bytes")
    return value


def _checked_names(value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
    if len(value) > MAX_NAMES:
        raise TooLarge(f"{info.field_name} holds more than {MAX_NAMES}")
    return tuple(checked_id(f"one of {info.field_name}", name) for name in value)


def _checked_steward(value: str) -> str:
    return checked_id("owner", value)


Text = Annotated[str, AfterValidator(_checked_text)]
Names = Annotated[tuple[str, ...], Listed, AfterValidator(_checked_names)]
Steward = Annotated[str, AfterValidator(_checked_steward)]


class Changes(Asked):
    """What to change of a memory; what is None stays. `clears_expiry` lets it last again."""

    plain: ClassVar[tuple[str, ...]] = ("metadata",)

    text: Text | None = None
    metadata: Metadata | None = None
    clears_expiry: bool = False
    expires_at: int | None = None
    lifetime_ms: int | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """An `expiration_date` that is there but null clears it."""
        names_expiry, until = "expiration_date" in given, given.take("expiration_date")
        fields = super().read(given)
        text = given.take("text", "data", "memory")
        if text is not None:
            fields["text"] = text
        if until is not None:
            return fields | expiry("expiration_date", until)
        return fields | ({"clears_expiry": True} if names_expiry else {})

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.model_fields_set - {"warnings"}:
            raise Invalid("nothing to change: give text, metadata or expiration_date")
        return self


class UpdateRequest(Changes):
    """Correct a memory; `said_at` (epoch ms) corrects when it was said."""

    said_at: int | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`timestamp` is when it was said."""
        said = given.take("timestamp")
        fields = super().read(given)
        return fields if said is None else fields | {"said_at": moment("timestamp", said)}


class DeleteAllRequest(Scoped):
    """Delete every memory that has these ids and this metadata, and matches `where`.

    `all` names the kinds of id that were given as "*": every memory that has any such id.
    """

    plain: ClassVar[tuple[str, ...]] = ("metadata",)

    metadata: Metadata = Field(default_factory=dict)
    all: frozenset[str] = frozenset()
    where: Filter | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`filters` and `metadata` may be objects, or their text as a query string carries it."""
        elsewhere = _inside(_literal("filters", given.take("filters")))
        if "metadata" in given:
            elsewhere = merged(
                elsewhere, {"metadata": _literal("metadata", given.take("metadata"))}
            )
        fields = merged(super().read(given), elsewhere)
        everyone = frozenset(name for name in IDS if fields.get(name) == EVERYONE)
        return {k: v for k, v in fields.items() if k not in everyone} | {"all": everyone}

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        if not self.scope and not self.all:
            raise Invalid(
                "nothing was deleted: name user_id, agent_id, app_id or session_id (run_id)"
            )
        return self


class ForgetRequest(OfOneOwner):
    """Erase everything of one user, one agent or one app."""


class OrgAddRequest(Asked):
    """State something for the whole organization. `owner` answers for it until `review_by`."""

    plain: ClassVar[tuple[str, ...]] = (
        "metadata",
        "categories",
        "audience",
        "kind",
        "owner",
        "idempotency_key",
    )

    text: Text
    owner: Steward
    kind: Literal["factual", "semantic"] = "factual"
    review_by: int | None = None
    metadata: Metadata = Field(default_factory=dict)
    categories: Names = ()
    audience: Names = ()
    expires_at: int | None = None
    lifetime_ms: int | None = None
    idempotency_key: IdempotencyKey | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """The text may also come as `messages`, which are joined."""
        text, messages = given.take("text", "data", "memory"), given.take("messages")
        fields = super().read(given) | _review(given)
        until = given.take("expiration_date")
        if until is not None:
            fields |= expiry("expiration_date", until)
        if text is None and messages is not None:
            text = "\n".join(m.text for m in normalised(messages) if m.role != Role.TOOL)
        return fields if text is None else fields | {"text": text}


class OrgUpdateRequest(Changes):
    """Correct something the organization stated, hand it over, or put off its review."""

    plain: ClassVar[tuple[str, ...]] = (*Changes.plain, "categories", "audience", "owner")

    owner: Steward | None = None
    review_by: int | None = None
    categories: Names | None = None
    audience: Names | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`review_by` is a date, or a moment."""
        return super().read(given) | _review(given)


class EventsRequest(Asked):
    """The latest events, at most `limit`."""

    limit: Annotated[int, Numeric] = Field(default=100, ge=1, le=1_000)

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`page_size` is Mem0's name of `limit`."""
        limit = given.take("limit", "page_size")
        return {} if limit is None else {"limit": limit}


class KeyRequest(Asked):
    """Issue a key that may do what `scopes` say."""

    plain: ClassVar[tuple[str, ...]] = ("scopes", "name")

    scopes: Annotated[frozenset[Literal["read", "write", "govern", "org:write"]], Listed] = Field(
        default=frozenset({"read", "write"}), min_length=1
    )
    name: str | None = Field(default=None, min_length=1, max_length=256)


def _inside(filters: object) -> dict[str, Any]:
    """The ids and metadata of plain filters; of others the ids that all must have, and `where`."""
    if not isinstance(filters, Mapping):
        raise Invalid("filters must be a JSON object")
    try:
        return plain_ids("filters", filters)
    except Invalid:
        where = parse_filter(filters)
    ids = pinned(where)
    told = {name: getattr(ids, name) for name in IDS if getattr(ids, name)}
    if not told:
        raise Invalid("nothing was deleted: filters must give one id that all have, at the top")
    return {**told, "where": where}


def _review(given: Given) -> dict[str, int]:
    at = given.take("review_by")
    return {} if at is None else {"review_by": day_end("review_by", at)}


def _literal(name: str, value: object) -> object:
    """An object, or the text of one: JSON as a browser sends it, or a Python literal."""
    if value is None:
        return {}
    if not isinstance(value, str):
        return value
    if len(value) > MAX_LITERAL:
        raise TooLarge(f"{name} is longer than {MAX_LITERAL} characters")
    try:
        return json.loads(value)
    except ValueError:
        pass
    try:
        return ast.literal_eval(value)
    except (ValueError, SyntaxError, TypeError, MemoryError):
        raise Invalid(f"{name} must be a JSON object") from None
