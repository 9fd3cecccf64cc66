"""What each field of a call may be, as JSON Schema: one name means the same everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from lamella.clock import iso
from lamella.errors import Invalid
from lamella.requests import Asked
from lamella.requests.given import Given
from lamella.scopes import Kind, Layer

Schema = dict[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
OR_NULL: Schema = {"type": ["string", "null"]}
FLAG: Schema = {"type": "boolean"}
OBJECT: Schema = {"type": "object"}
NAMES: Schema = {"type": "array", "items": TEXT, "maxItems": 100}
ID: Schema = {"type": "string", "minLength": 1, "maxLength": 256}
MOMENT: Schema = {
    "description": "Unix seconds, or an ISO 8601 date or date-time",
    "anyOf": [{"type": "number"}, {"type": "string", "examples": [iso(0)]}],
}
EXPIRY: Schema = {
    "type": ["string", "null"],
    "description": "A date (inclusive, UTC), a date-time, or a duration such as 90d",
    "examples": ["2030-01-31", "90d"],
}
MESSAGES: Schema = {
    "description": "A string, a list of strings, or messages with role and content",
    "anyOf": [TEXT, OBJECT, {"type": "array", "items": {"anyOf": [TEXT, OBJECT]}}],
    "examples": [[{"role": "user", "content": "I prefer boutique hotels."}]],
}


def _number(least: float, most: float, whole: bool = True) -> Schema:
    return {"type": "integer" if whole else "number", "minimum": least, "maximum": most}


def _one_of(names: object) -> Schema:
    return {"type": "string", "enum": [str(name) for name in names]}  # type: ignore[attr-defined]


FIELDS: Mapping[str, Schema] = {
    **dict.fromkeys(("user_id", "agent_id", "app_id", "run_id", "session_id"), ID),
    **dict.fromkeys(("memory_id", "memory_export_id", "key", "idempotency_key", "entity"), ID),
    **dict.fromkeys(("query", "text", "data", "memory", "attention", "owner", "name"), TEXT),
    **dict.fromkeys(("timestamp", "as_of", "reference_date", "start_date", "end_date"), MOMENT),
    **dict.fromkeys(("infer", "async_mode", "immutable", "explain", "promote"), FLAG),
    **dict.fromkeys(("superseded", "show_superseded", "latest_only", "show_expired"), FLAG),
    **dict.fromkeys(("filters", "metadata", "working"), OBJECT),
    **dict.fromkeys(("categories", "audience", "fields"), NAMES),
    **dict.fromkeys(("top_k", "limit", "page_size"), _number(1, 1_000)),
    **dict.fromkeys(("includes", "excludes", "feedback_reason", "export_instructions"), OR_NULL),
    **dict.fromkeys(("multilingual", "decay"), FLAG),
    **dict.fromkeys(("custom_instructions", "agent_custom_instructions"), OR_NULL),
    "review_by": MOMENT,
    "expiration_date": EXPIRY,
    "lifetime": {**TEXT, "description": "A duration, or turn", "examples": ["30m", "turn"]},
    "messages": MESSAGES,
    "schema": {
        "description": "A JSON Schema of a memory's fields, or of one list of such objects",
        "type": ["object", "string", "null"],
        "examples": [{"properties": {"id": {}, "memory": {}}}],
    },
    "value": {"description": "Any JSON"},
    "page": _number(1, 100),
    "tokens": _number(1, 100_000),
    "threshold": _number(0, 1, whole=False),
    "cursor": {"type": "string", "maxLength": 2_048},
    "rank": _one_of(("layer", "relevance")),
    "layers": {"type": "array", "items": _one_of(Layer)},
    "kinds": {"type": "array", "items": _one_of(Kind)},
    "kind": _one_of(("factual", "semantic")),
    "scopes": {"type": "array", "items": _one_of(("read", "write", "govern", "org:write"))},
    "feedback": {"enum": ["POSITIVE", "NEGATIVE", "VERY_NEGATIVE", None]},
    "memories": {"type": "array", "items": OBJECT, "minItems": 1, "maxItems": 1_000},
    "custom_categories": {"type": ["array", "null"], "items": OBJECT, "maxItems": 100},
}
_NEEDED = {"query", "text", "owner", "value", "memory_id", "memories"}


def fields_of(model: type[Asked]) -> dict[str, Schema]:
    """The names that `model` reads off the wire, each with what it may be."""
    probe = _Probe()
    with suppress(Invalid):  # by then it has asked for all it reads
        model.read(probe)
    return {name: FIELDS.get(name, {}) for name in probe.names}


def needed_by(model: type[Asked]) -> list[str]:
    """The fields without which the call is refused."""
    return [
        name
        for name, field in model.model_fields.items()
        if field.is_required() and name in _NEEDED
    ]


class _Probe(Given):
    """Fields of a call that writes down what it is asked for, and has nothing but what must be."""

    def __init__(self) -> None:
        super().__init__({})
        self.names: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        self.names[name] = None
        return True

    def take(self, *names: str) -> Any:
        self.names |= dict.fromkeys(names)
        return "…" if names[0] in ("key", "messages") else None
