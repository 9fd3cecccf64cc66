"""What can be asked of exports: everything of one owner, or the memories that filters choose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from lamella.errors import Invalid
from lamella.filters import parse as parse_filter
from lamella.requests.base import Id, Numeric, Scoped, json_size
from lamella.requests.given import IDS, Given, shown
from lamella.results import MEMORY_FIELDS

MAX_FILTER_BYTES = 32 * 1024
PAGE_LINES = 1_000
ANSWERED = frozenset({"status", "cursor", "receipt", "warnings"})
"""Names that a page of an export has beside its rows."""

Filters = dict[str, Any]


class ExportRequest(Scoped):
    """Ids at the top level export all that is held on one owner; `filters` or `schema` memories.

    A `schema` names the fields of a memory that each row shall have, in itself or in its one list
    of objects: `fields` (empty: all) under the name `under`.
    """

    plain: ClassVar[tuple[str, ...]] = ("superseded", "show_expired")

    filters: Filters | None = None
    under: str = "results"
    fields: tuple[str, ...] = ()
    superseded: bool = False
    show_expired: bool = False

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`schema` is a JSON Schema, or the text of one; ids beside it are filters, too."""
        schema, filters = given.take("schema"), given.take("filters")
        warnings = _unfollowed(given)
        fields = super().read(given)
        if schema is not None or filters is not None:
            fields["filters"] = _checked({} if filters is None else filters)
        if schema is not None:
            fields["under"], fields["fields"] = _columns(_opened(schema))
        return fields | {"warnings": warnings}

    @property
    def where(self) -> Filters | None:
        """The filters with the ids beside them; None where everything of an owner is asked for."""
        return None if self.filters is None else _with_ids(self.filters, self)

    @model_validator(mode="after")
    def _names_one_owner(self) -> Self:
        if self.filters is None and sum(bool(getattr(self, name)) for name in IDS) != 1:
            raise Invalid(
                "name exactly one of user_id, agent_id, app_id and session_id to export all of "
                "it, or choose memories with filters"
            )
        return self


class ExportPageRequest(Scoped):
    """A page of an export: of `memory_export_id`, or the newest that was asked by these filters."""

    plain: ClassVar[tuple[str, ...]] = ("memory_export_id", "cursor", "page_size")

    memory_export_id: Id = None
    filters: Filters | None = None
    cursor: str | None = Field(default=None, min_length=1, max_length=8_192)
    page_size: Annotated[int, Numeric] = Field(default=PAGE_LINES, ge=1, le=PAGE_LINES)

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`filters` as the export was asked for."""
        filters = given.take("filters")
        fields = super().read(given)
        return fields if filters is None else fields | {"filters": _checked(filters)}

    @property
    def where(self) -> Filters:
        """The filters with the ids beside them."""
        return _with_ids(self.filters or {}, self)


def _checked(filters: object) -> Filters:
    if not isinstance(filters, Mapping):
        raise Invalid("filters must be a JSON object")
    parse_filter(filters)
    if json_size("filters", dict(filters)) > MAX_FILTER_BYTES:
        raise Invalid(f"filters are larger than {MAX_FILTER_BYTES} bytes as JSON")
    return dict(filters)


def _with_ids(filters: Filters, call: Scoped) -> Filters:
    told = {name: value for name, value in call.scope.ids.items() if value}
    ids = {"run_id" if name == "session_id" else name: value for name, value in told.items()}
    return {"AND": [ids, filters]} if ids and filters else ids or filters


def _unfollowed(given: Given) -> tuple[str, ...]:
    if given.take("export_instructions") is None:
        return ()
    return ("export_instructions have no effect: an export holds memories as they are",)


def _opened(schema: object) -> Mapping[str, Any]:
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except (ValueError, RecursionError):
            raise Invalid("schema must be a JSON Schema, or the text of one") from None
    if not isinstance(schema, Mapping):
        raise Invalid("schema must be a JSON Schema, or the text of one")
    return schema


def _columns(schema: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Under which name the rows stand, and the fields of each. Raises Invalid."""
    properties = _properties(schema, schema)
    if len(properties) == 1 and not properties.keys() & MEMORY_FIELDS:
        [(name, told)] = properties.items()
        listed = isinstance(told, Mapping) and told.get("type") == "array"
        if listed and name not in ANSWERED:
            return name, _fields(_properties(told.get("items"), schema))
    return "results", _fields(properties)


def _fields(properties: Mapping[str, Any]) -> tuple[str, ...]:
    unknown = [name for name in properties if name not in MEMORY_FIELDS]
    if unknown:
        raise Invalid(
            f"schema asks for {', '.join(map(shown, unknown[:10]))}: an export fills in fields of "
            "memories, such as id, memory, metadata and created_at, or one list of such objects"
        )
    return tuple(properties)


def _properties(told: object, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties of an object, which may stand under `$defs`."""
    if isinstance(told, Mapping) and isinstance(told.get("$ref"), str):
        kind, _, name = told["$ref"].removeprefix("#/").partition("/")
        definitions = schema.get(kind)
        told = definitions.get(name) if isinstance(definitions, Mapping) else None
    found = told.get("properties") if isinstance(told, Mapping) else None
    return found if isinstance(found, Mapping) else {}
