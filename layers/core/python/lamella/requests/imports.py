"""What can be asked of import: memories as they were elsewhere, with ids, times and history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from lamella.errors import Invalid, TooLarge
from lamella.requests.base import Asked, Metadata, Owned
from lamella.requests.given import Given
from lamella.requests.govern import Names, Text
from lamella.requests.times import day_end, moment
from lamella.scopes import checked_id

MAX_IMPORTED = 100
MAX_HISTORY = 80


def _checked_memory_id(value: object) -> str:
    return checked_id("id", value)


def _checked_batch(value: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    if len(value) > MAX_IMPORTED:
        raise TooLarge(f"memories holds more than {MAX_IMPORTED}: send them in several calls")
    return value


class ImportRequest(Asked):
    """Take over these memories; each is read, and may be refused, by itself (`ImportedMemory`)."""

    plain: ClassVar[tuple[str, ...]] = ("memories",)

    memories: Annotated[tuple[dict[str, Any], ...], AfterValidator(_checked_batch)]


class ImportedChange(Asked):
    """One entry of a memory's history; `at` is when it happened (epoch ms)."""

    plain: ClassVar[tuple[str, ...]] = (
        "id",
        "event",
        "old_memory",
        "new_memory",
        "metadata",
        "categories",
    )

    id: Annotated[str, BeforeValidator(_checked_memory_id)]
    event: Literal["ADD", "UPDATE", "SUPERSEDE", "DELETE", "RESTORE"]
    at: int
    old_memory: Text | None = None
    new_memory: Text | None = None
    metadata: Metadata = Field(default_factory=dict)
    categories: Names = ()

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`created_at` is when it happened."""
        return super().read(given) | {"at": moment("created_at", given.take("created_at"))}


class ImportedMemory(Owned):
    """One memory as it was elsewhere. Times are epoch milliseconds; None means now.

    `layer` and `kind` are those of a memory that another Lamella held.
    """

    plain: ClassVar[tuple[str, ...]] = (
        "id",
        "metadata",
        "categories",
        "immutable",
        "kind",
        "layer",
    )

    id: Annotated[str, BeforeValidator(_checked_memory_id)]
    text: Text
    metadata: Metadata = Field(default_factory=dict)
    categories: Names = ()
    immutable: bool = False
    layer: Literal["session", "user"] | None = None
    kind: Literal["factual", "episodic", "semantic", "note"] | None = None
    created_at: int | None = None
    updated_at: int | None = None
    said_at: int | None = None
    expires_at: int | None = None
    history: tuple[ImportedChange, ...] = ()

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """The text may be called `memory` or `data`; `timestamp` is when it was said."""
        fields = super().read(given)
        text, until = given.take("text", "memory", "data"), given.take("expiration_date")
        told = given.take_all("created_at", "updated_at", "timestamp")
        times = {name: moment(name, value) for name, value in told.items()}
        if "timestamp" in times:
            times["said_at"] = times.pop("timestamp")
        if until is not None:
            times["expires_at"] = day_end("expiration_date", until)
        fields["history"] = _changes(given.take("history"))
        return fields | times | ({} if text is None else {"text": text})

    @model_validator(mode="after")
    def _can_lie_where_it_lay(self) -> ImportedMemory:
        if self.layer == "session" and not self.session_id:
            raise Invalid("layer 'session' needs a session_id (run_id)")
        return self


def _changes(raw: object) -> tuple[ImportedChange, ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(entry, Mapping) for entry in raw):
        raise Invalid("history must be a list of objects")
    if len(raw) > MAX_HISTORY:
        raise TooLarge(f"history holds more than {MAX_HISTORY} entries: send the newest")
    return tuple(ImportedChange.parse(entry) for entry in raw)
