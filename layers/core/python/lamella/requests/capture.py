"""What can be asked of capture, and of promote: add, working items, attention, close, flush."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from lamella.errors import Invalid, TooLarge
from lamella.requests.base import InSession, Metadata, Owned, Scoped, json_size, text_size
from lamella.requests.given import Given, merged, plain_ids
from lamella.requests.messages import MAX_CALL_BYTES, Message, normalised
from lamella.requests.project import wishes
from lamella.requests.times import duration, expiry, moment
from lamella.scopes import checked_id

MAX_VALUE_BYTES = 256 * 1024
MAX_ATTENTION_BYTES = 32 * 1024

TURN = "turn"


def _checked_text(value: str, info: ValidationInfo) -> str:
    name = info.field_name or "text"
    if not value.strip():
        raise Invalid(f"{name} must not be blank")
    if text_size(name, value) > MAX_ATTENTION_BYTES:
        raise TooLarge(f"{name} is longer than {MAX_ATTENTION_BYTES} bytes")
    return value


def _checked_working(value: dict[str, Any]) -> dict[str, Any]:
    for key, item in value.items():
        checked_id("a key of working", key)
        _checked_value(item)
    if json_size("working", value) > MAX_CALL_BYTES:
        raise TooLarge(f"working is larger than {MAX_CALL_BYTES} bytes together: split the call")
    return value


def _checked_value(value: Any) -> Any:
    if json_size("a working value", value) > MAX_VALUE_BYTES:
        raise TooLarge(f"a working value is larger than {MAX_VALUE_BYTES} bytes as JSON")
    return value


Attention = Annotated[str, AfterValidator(_checked_text)]


def checked_key(value: str) -> str:
    """An idempotency key: an id. Raises Invalid."""
    return checked_id("idempotency_key", value)


IdempotencyKey = Annotated[str, AfterValidator(checked_key)]


class AddRequest(Owned):
    """Remember these messages. Times are epoch milliseconds, lifetimes count from receipt.

    `messages` is empty only where `working` or `attention` is given instead. `guidance` is what
    this call asks promotion to keep, in place of what its project does.
    """

    plain: ClassVar[tuple[str, ...]] = (
        "metadata",
        "infer",
        "idempotency_key",
        "attention",
        "working",
        "async_mode",
        "immutable",
    )

    messages: tuple[Message, ...] = ()
    metadata: Metadata = Field(default_factory=dict)
    guidance: dict[str, Any] = Field(default_factory=dict)
    said_at: int | None = None
    expires_at: int | None = None
    lifetime_ms: int | None = None
    lifetime: Literal["turn"] | None = None
    infer: bool = True
    async_mode: bool = True
    immutable: bool = False
    idempotency_key: IdempotencyKey | None = None
    attention: Attention | None = None
    working: Annotated[dict[str, Any], AfterValidator(_checked_working)] = Field(
        default_factory=dict
    )

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """Ids may also stand in `filters`, `timestamp` is when it was said."""
        filters = given.take("filters")
        elsewhere = plain_ids("filters", filters) if filters else {}
        messages, said = given.take("messages"), given.take("timestamp")
        asked = {name: value for name, value in wishes(given).items() if value}
        fields = merged(super().read(given), elsewhere) | lifetime(given) | {"guidance": asked}
        if messages is not None:
            fields["messages"] = normalised(messages)
        elif not fields.get("working") and not fields.get("attention"):
            raise Invalid("messages is missing (or give working or attention)")
        if said is not None:
            fields["said_at"] = moment("timestamp", said)
        return fields

    @model_validator(mode="after")
    def _lasts_or_fades(self) -> Self:
        if self.lifetime == TURN and not self.infer:
            raise Invalid("lifetime 'turn' lets messages fade, infer=false keeps them: give one")
        return self


class CloseRequest(InSession):
    """End a session: what it held is promoted first, unless `promote` is false."""

    plain: ClassVar[tuple[str, ...]] = ("promote",)

    promote: bool = True


class WorkingRequest(InSession):
    """Keep `value`, any JSON, under `key` while the session lives (or for `lifetime_ms`)."""

    key: str
    value: Annotated[Any, AfterValidator(_checked_value)]
    lifetime_ms: int | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`lifetime` is a duration. A value must be there, though it may be null."""
        if "value" not in given:
            raise Invalid("value is missing: give any JSON")
        key, value, lasting = given.take("key"), given.take("value"), given.take("lifetime")
        fields = {"key": checked_id("key", key), "value": value}
        if lasting is not None:
            fields["lifetime_ms"] = duration("lifetime", lasting)
        return fields | super().read(given)


class AttentionRequest(InSession):
    """What the session is about right now, replacing what it was about before."""

    plain: ClassVar[tuple[str, ...]] = ("text",)

    text: Attention


class FlushRequest(Scoped):
    """Promote now what waits: of the scope's owner, or (without ids) of the organization."""


def lifetime(given: Given) -> dict[str, Any]:
    """`expires_at`, `lifetime_ms` or `lifetime` out of `expiration_date` and `lifetime`."""
    until, lasting = given.take("expiration_date"), given.take("lifetime")
    fields: dict[str, Any] = {} if until is None else dict(expiry("expiration_date", until))
    if lasting == TURN:
        return fields | {"lifetime": TURN}
    if lasting is None:
        return fields
    if fields:
        raise Invalid("give either expiration_date or a lifetime, not both")
    return {"lifetime_ms": duration("lifetime", lasting)}
