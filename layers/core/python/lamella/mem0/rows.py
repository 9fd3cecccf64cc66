"""A memory as Mem0 writes it (Platform, OSS, SDKs, vector payloads), as `import` takes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lamella.client.wire import Json
from lamella.requests.imports import MAX_HISTORY

NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "memory_id", "memoryId"),
    "memory": ("memory", "text", "data", "content"),
    "user_id": ("user_id", "userId"),
    "agent_id": ("agent_id", "agentId"),
    "app_id": ("app_id", "appId"),
    "run_id": ("run_id", "runId", "session_id", "sessionId"),
    "metadata": ("metadata",),
    "categories": ("categories",),
    "created_at": ("created_at", "createdAt"),
    "updated_at": ("updated_at", "updatedAt"),
    "timestamp": ("timestamp",),
    "expiration_date": ("expiration_date", "expirationDate"),
    "immutable": ("immutable",),
    "layer": ("layer",),
    "kind": ("kind",),
}
EVENTS = ("ADD", "UPDATE", "SUPERSEDE", "DELETE", "RESTORE")

_IN_PAYLOAD = {name for names in NAMES.values() for name in names} | {
    *("hash", "actor_id", "role", "attributed_to", "memory_type", "text_lemmatized"),
}


def memory_of(row: Mapping[str, Any], user: str | None = None) -> Json:
    """What to import for `row`; `user` owns what names neither user, agent nor app.

    Other fields of Mem0's (score, hash, owner …) are left behind.
    """
    told = _flat(row)
    found = {name: _first(told, names) for name, names in NAMES.items()}
    memory = {name: value for name, value in found.items() if value is not None}
    if isinstance(memory.get("id"), int):
        memory["id"] = str(memory["id"])
    if user is not None and not memory.keys() & {"user_id", "agent_id", "app_id"}:
        memory["user_id"] = user
    if isinstance(row.get("history"), list):
        memory["history"] = changes_of(row["history"])
    return memory


def changes_of(entries: Iterable[Any]) -> list[Json]:
    """A history, oldest first: the newest 80 entries of those that tell of a change."""
    told = [_change(place, entry) for place, entry in enumerate(entries) if _tells(entry)]
    return sorted(told, key=lambda change: str(change["created_at"]))[-MAX_HISTORY:]


def _flat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row of a vector store has everything in its `payload`, metadata too."""
    payload = row.get("payload")
    if not isinstance(payload, Mapping):
        return row
    metadata = {name: value for name, value in payload.items() if name not in _IN_PAYLOAD}
    return {"metadata": metadata or None, **payload, "id": row.get("id")}


def _tells(entry: Any) -> bool:
    return (
        isinstance(entry, Mapping)
        and entry.get("event") in EVENTS
        and _first(entry, ("updated_at", "updatedAt", "created_at", "createdAt")) is not None
    )


def _change(place: int, entry: Mapping[str, Any]) -> Json:
    """OSS keeps the memory's own `created_at` in each entry, so `updated_at` says when it was."""
    told = {
        "id": str(entry.get("id") or place),
        "event": entry["event"],
        "created_at": _first(entry, ("updated_at", "updatedAt", "created_at", "createdAt")),
        "old_memory": _first(entry, ("old_memory", "oldMemory")),
        "new_memory": _first(entry, ("new_memory", "newMemory")),
        "metadata": entry.get("metadata"),
        "categories": entry.get("categories"),
    }
    return {name: value for name, value in told.items() if value not in (None, "", [], {})}


def _first(told: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((told[name] for name in names if told.get(name) is not None), None)
