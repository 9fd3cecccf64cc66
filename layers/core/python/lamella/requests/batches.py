"""What can be asked of many memories at once, of entities, and as feedback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from lamella.errors import Invalid, TooLarge
from lamella.requests.base import Asked, Numeric, text_size
from lamella.requests.given import Given
from lamella.requests.govern import UpdateRequest
from lamella.scopes import checked_id

MAX_BATCH = 1_000
MAX_REASON_BYTES = 8_192


def _checked_memory(value: object) -> str:
    return checked_id("memory_id", value)


def _checked_reason(value: str) -> str:
    if text_size("feedback_reason", value) > MAX_REASON_BYTES:
        raise TooLarge(f"feedback_reason is longer than {MAX_REASON_BYTES} bytes")
    return value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


MemoryId = Annotated[str, BeforeValidator(_checked_memory)]
Reason = Annotated[str, AfterValidator(_checked_reason)]
Opinion = Annotated[
    Literal["POSITIVE", "NEGATIVE", "VERY_NEGATIVE"] | None, BeforeValidator(_upper)
]


class Correction(UpdateRequest):
    """One update of a batch."""

    plain: ClassVar[tuple[str, ...]] = (*UpdateRequest.plain, "memory_id")

    memory_id: MemoryId


class Doomed(Asked):
    """One delete of a batch."""

    plain: ClassVar[tuple[str, ...]] = ("memory_id",)

    memory_id: MemoryId


class BatchUpdateRequest(Asked):
    """Correct up to 1,000 memories, each by itself."""

    memories: tuple[Correction, ...]

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """Each entry has a `memory_id` and the fields of an update."""
        return {"memories": tuple(Correction.parse(one) for one in _entries(given))}


class BatchDeleteRequest(Asked):
    """Delete up to 1,000 memories, each by itself."""

    memories: tuple[Doomed, ...]

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """Each entry has a `memory_id`."""
        return {"memories": tuple(Doomed.parse(one) for one in _entries(given))}


class FeedbackRequest(Asked):
    """What a caller thinks of a memory; no `feedback` takes it back."""

    plain: ClassVar[tuple[str, ...]] = ("memory_id", "feedback", "feedback_reason")

    memory_id: MemoryId
    feedback: Opinion = None
    feedback_reason: Reason | None = None


class EntitiesRequest(Asked):
    """A page of who has memories."""

    plain: ClassVar[tuple[str, ...]] = ("page", "page_size")

    page: Annotated[int, Numeric] = Field(default=1, ge=1, le=1_000_000)
    page_size: Annotated[int, Numeric] = Field(default=1_000, ge=1, le=1_000)


def _entries(given: Given) -> list[Mapping[str, Any]]:
    entries = given.take("memories")
    if not isinstance(entries, list | tuple) or not entries:
        raise Invalid("memories must be a list of objects with a memory_id")
    if len(entries) > MAX_BATCH:
        raise TooLarge(f"memories holds more than {MAX_BATCH}: split the call")
    if not all(isinstance(entry, Mapping) for entry in entries):
        raise Invalid("memories must be a list of objects with a memory_id")
    return list(entries)
