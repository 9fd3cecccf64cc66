"""What every request is, whom it is about, and the checks that many of them share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from lamella.errors import Invalid, TooLarge
from lamella.requests.given import Given, shown
from lamella.scopes import Scope, checked_id

MAX_METADATA_BYTES = 8_192


class Asked(BaseModel):
    """What every request is: frozen, exact in its fields, and honest about what it ignored."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True
    )

    plain: ClassVar[tuple[str, ...]] = ()
    """Fields that have the same name and form on the wire."""

    warnings: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """Take this request's fields out of `given`, under the model's own names."""
        return given.take_all(*cls.plain)

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """The request that `raw` states. Raises Invalid with one string that echoes no value."""
        try:
            given = Given(raw)
            fields = cls.read(given)
            warnings = given.idle() + tuple(fields.pop("warnings", ()))
            return cls.model_validate({**fields, "warnings": warnings})
        except ValidationError as exc:
            raise Invalid(_first(exc)) from None
        except RecursionError:
            raise Invalid("the request is nested too deeply") from None


Request = TypeVar("Request", bound=Asked)


def parse(model: type[Request], raw: Mapping[str, Any]) -> Request:
    """`raw`, a JSON object or query fields, as a `model`. Raises Invalid."""
    return model.parse(raw)


def _checked(value: object, info: ValidationInfo) -> object:
    return value if value is None else checked_id(info.field_name or "id", value)


Id = Annotated[str | None, BeforeValidator(_checked)]


class Scoped(Asked):
    """A request about somebody: any of the four ids, `run_id` being Mem0's word for session."""

    user_id: Id = None
    agent_id: Id = None
    app_id: Id = None
    session_id: Id = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """The ids and the plain fields."""
        ids = given.take_all("user_id", "agent_id", "app_id")
        session = given.take("session_id", "run_id")
        return ids | ({"session_id": session} if session is not None else {}) | super().read(given)

    @property
    def scope(self) -> Scope:
        """The ids this request names."""
        return Scope(self.user_id, self.agent_id, self.app_id, self.session_id)


class Owned(Scoped):
    """A request that must say whom it is about."""

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        _ = self.scope.owner
        return self


class OfOneOwner(Owned):
    """A request about one user, one agent or one app, and no session."""

    @model_validator(mode="after")
    def _names_one_owner(self) -> Self:
        if self.session_id or sum(map(bool, (self.user_id, self.agent_id, self.app_id))) != 1:
            raise Invalid("name exactly one of user_id, agent_id and app_id")
        return self


class InSession(Scoped):
    """A request that must name a session."""

    @model_validator(mode="after")
    def _names_a_session(self) -> Self:
        if self.session_id is None:
            raise Invalid("session_id (or run_id) is missing")
        return self


def json_size(name: str, value: object) -> int:
    """The bytes of `value` as JSON. Raises Invalid for what JSON or UTF-8 can't hold."""
    try:
        return len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode())
    except (TypeError, ValueError, RecursionError):
        raise Invalid(f"{name} must be plain JSON") from None


def text_size(name: str, value: str) -> int:
    """The bytes of `value` in UTF-8. Raises Invalid for half of a surrogate pair."""
    try:
        return len(value.encode())
    except UnicodeEncodeError:
        raise Invalid(f"{name} holds a character that can't be stored") from None


def _checked_metadata(value: dict[str, Any]) -> dict[str, Any]:
    if json_size("metadata", value) > MAX_METADATA_BYTES:
        raise TooLarge(f"metadata is larger than {MAX_METADATA_BYTES} bytes as JSON")
    return value


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


def _number(value: object, info: ValidationInfo) -> object:
    if isinstance(value, bool):
        raise Invalid(f"{info.field_name} must be a number")
    return value


Metadata = Annotated[dict[str, Any], AfterValidator(_checked_metadata)]
Listed = BeforeValidator(_split)
"""A list may also be written "a,b", as a query string does."""
Numeric = BeforeValidator(_number)
"""A number, or digits in a query string, but not true or false."""


def _first(exc: ValidationError) -> str:
    error = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(shown(part) for part in error["loc"]) or "the request"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}"
