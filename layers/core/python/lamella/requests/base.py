"""How a request is read off the wire: take what is known, warn of what is idle, refuse the rest."""

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
from lamella.scopes import Scope, checked_id

MAX_METADATA_BYTES = 8_192
IDS = ("user_id", "agent_id", "app_id", "session_id")

WITHOUT_MEANING = frozenset(
    """version output_format enable_graph org_id project_id rerank keyword_search
    structured_data_schema prompt_profile_id temporal_reasoning timezone observation_datetime
    observation_date api_version custom_categories custom_instructions agent_custom_instructions
    includes excludes filter_memories include_merged fields decay memory_type prompt source
    delete_linked infer_graph multilingual""".split()
)
"""Mem0's fields that Lamella accepts, ignores and answers with a warning."""


class Given:
    """The fields of a call, taken one by one; what nobody takes is unknown. None means absent."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._fields = dict(raw)

    def __contains__(self, name: str) -> bool:
        return name in self._fields

    def take(self, *names: str) -> Any:
        """The value under the first of `names`, its aliases; Invalid if two of them disagree."""
        found = [(name, self._fields.pop(name, None)) for name in names]
        told = [(name, value) for name, value in found if value is not None]
        if any(value != told[0][1] for _, value in told[1:]):
            raise Invalid(" and ".join(name for name, _ in told) + " mean the same, but differ")
        return told[0][1] if told else None

    def take_all(self, *names: str) -> dict[str, Any]:
        """Those of `names` that are given, unchanged."""
        taken = {name: self.take(name) for name in names}
        return {name: value for name, value in taken.items() if value is not None}

    def idle(self) -> tuple[str, ...]:
        """A warning for each Mem0 field without meaning here; raises Invalid if others are left."""
        unknown = sorted(set(self._fields) - WITHOUT_MEANING)
        if unknown:
            raise Invalid(f"unknown field: {', '.join(map(shown, unknown[:10]))}")
        return tuple(
            f"{name} is accepted for Mem0's sake and has no effect"
            for name in sorted(self._fields)
            if self._fields[name] is not None
        )


class Asked(BaseModel):
    """What every request is: frozen, exact in its fields, and honest about what it ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

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


class InSession(Scoped):
    """A request that must name a session."""

    @model_validator(mode="after")
    def _names_a_session(self) -> Self:
        if self.session_id is None:
            raise Invalid("session_id (or run_id) is missing")
        return self


def plain_ids(name: str, raw: object) -> dict[str, Any]:
    """The ids (and metadata) of a filter object that says nothing else, such as `{"user_id": "a"}`.

    For calls that write or delete, where a filter can only name whom it is about. Raises Invalid.
    """
    if not isinstance(raw, Mapping):
        raise Invalid(f"{name} must be an object of ids, such as {{'user_id': …}}")
    given = Given(raw)
    found: dict[str, Any] = {}
    parts = given.take("AND") or []
    for part in parts if isinstance(parts, list) else [parts]:
        found = merged(found, plain_ids(name, part))
    for id_name in IDS:
        value = given.take(*_spellings(id_name))
        if value is not None and not isinstance(value, str):
            raise Invalid(f"{name} must give {id_name} as a plain string here")
        found = merged(found, {id_name: value} if value is not None else {})
    found = merged(found, given.take_all("metadata"))
    if given.idle():
        raise Invalid(f"{name} can only hold {', '.join(IDS)} and run_id here")
    return found


def merged(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Both together; Invalid where they give the same name different values."""
    for name in one.keys() & other.keys():
        if one[name] != other[name]:
            raise Invalid(f"{name} is given twice, with different values")
    return {**one, **other}


def shown(name: object) -> str:
    """A field's name, if it looks like one: a caller's text may have ended up in its place."""
    text = str(name)
    return text if text.replace("_", "").replace("-", "").isalnum() and len(text) <= 64 else "(…)"


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


def _spellings(id_name: str) -> tuple[str, ...]:
    names = (id_name, "run_id") if id_name == "session_id" else (id_name,)
    return names + tuple(n.removesuffix("_id") + "Id" for n in names)


def _first(exc: ValidationError) -> str:
    error = exc.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(shown(part) for part in error["loc"]) or "the request"
    return f"{where}: {error['msg'][:1].lower()}{error['msg'][1:]}"
