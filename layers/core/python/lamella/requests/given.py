"""The fields of a call, taken one by one: the known read, the idle warned of, the rest refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.errors import Invalid

IDS = ("user_id", "agent_id", "app_id", "session_id")

WITHOUT_MEANING = frozenset(
    {
        "api_version",
        "decay",
        "delete_linked",
        "enable_graph",
        "filter_memories",
        "include_merged",
        "keyword_search",
        "memory_type",
        "observation_date",
        "observation_datetime",
        "org_id",
        "output_format",
        "project_id",
        "prompt",
        "prompt_profile_id",
        "rerank",
        "structured_data_schema",
        "temporal_reasoning",
        "timezone",
        "version",
    }
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
        found = [(name, self._fields.pop(name)) for name in names if name in self._fields]
        told = [(name, value) for name, value in found if value is not None]
        if any(value != told[0][1] for _, value in told[1:]):
            raise Invalid(" and ".join(name for name, _ in told) + " mean the same, but differ")
        return told[0][1] if told else None

    def take_all(self, *names: str) -> dict[str, Any]:
        """Those of `names` that are given, unchanged."""
        there = [name for name in names if name in self._fields]
        taken = {name: self._fields.pop(name) for name in there}
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
    """Both together; Invalid where they give the same name different values. None is no value."""
    for name in one.keys() & other.keys():
        if None not in (one[name], other[name]) and one[name] != other[name]:
            raise Invalid(f"{name} is given twice, with different values")
    return {**one, **other}


def shown(name: object) -> str:
    """A field's name, if it looks like one: a caller's text may have ended up in its place."""
    text = str(name)
    return text if text.replace("_", "").replace("-", "").isalnum() and len(text) <= 64 else "(…)"


def _spellings(id_name: str) -> tuple[str, ...]:
    names = (id_name, "run_id") if id_name == "session_id" else (id_name,)
    return names + tuple(n.removesuffix("_id") + "Id" for n in names)
