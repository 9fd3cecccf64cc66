"""What can be asked of retrieve, and how memories are chosen: by ids, filters, layers and kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from lamella.clock import iso
from lamella.errors import Invalid, TooLarge
from lamella.filters import Filter, all_of, mentions, pinned
from lamella.filters import parse as parse_filter
from lamella.requests.base import Listed, Numeric, Owned, Scoped, text_size
from lamella.requests.given import IDS, Given, shown
from lamella.requests.times import day_end, is_day, moment
from lamella.results import MEMORY_FIELDS
from lamella.scopes import Kind, Layer, Scope

MAX_QUERY_BYTES = 32 * 1024
PAGE_SIZE = 200
MAX_PAGE_SIZE = 1_000
COUNTED = 10_000
"""So many memories are counted, and so far pages have numbers; beyond, they have cursors."""

SHOWN = MEMORY_FIELDS | {"score", "score_breakdown", "feedback", "feedback_reason"}
"""What `fields` may name."""

_TRUTH = TypeAdapter(bool, config=ConfigDict(defer_build=True))


def _checked_query(value: str) -> str:
    if not value.strip():
        raise Invalid("query must not be blank")
    if text_size("query", value) > MAX_QUERY_BYTES:
        raise TooLarge(f"query is longer than {MAX_QUERY_BYTES} bytes")
    return value.strip()


def _checked_fields(value: tuple[str, ...]) -> tuple[str, ...]:
    unknown = [name for name in value if name not in SHOWN]
    if unknown:
        raise Invalid(f"fields names {', '.join(map(shown, unknown[:10]))}, which no memory has")
    return value


class Chosen(Scoped):
    """Memories chosen by whose they are and what they are.

    Ids at the top level are Lamella's own form: the union of what belongs to them, by layer.
    Ids inside `filters` are Mem0's: all must hold, and hits sort by score (`strict`). `fields`
    names what each memory is shown with, beside its id.
    """

    plain: ClassVar[tuple[str, ...]] = (
        "layers",
        "kinds",
        "categories",
        "show_expired",
        "fields",
    )

    filters: Filter | None = None
    layers: Annotated[tuple[Layer, ...] | None, Listed] = None
    kinds: Annotated[tuple[Kind, ...] | None, Listed] = None
    categories: Annotated[tuple[str, ...] | None, Listed] = None
    show_expired: bool = False
    superseded: bool = False
    fields: Annotated[tuple[str, ...], Listed, AfterValidator(_checked_fields)] = ()

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`metadata` is one more filter; `latest_only` false shows what was superseded."""
        fields = super().read(given)
        where = [parse_filter(given.take("filters"))]
        metadata = given.take("metadata")
        if metadata not in (None, {}):
            where.append(parse_filter({"metadata": metadata}))
        fields["filters"] = conjoined(*where)
        return fields | _superseded(given)

    @property
    def strict(self) -> bool:
        """Whether no id was given at the top level, which is Mem0's form."""
        return not any(getattr(self, name) for name in IDS)

    @property
    def union(self) -> bool:
        """Whether a session was named beside its owner: both belong to the answer."""
        scope = self.scope
        return self.session_id is not None and bool(scope.user_id or scope.agent_id or scope.app_id)

    @property
    def scope(self) -> Scope:
        """The ids at the top level, completed by those that the filters pin to one value."""
        inside = pinned(self.filters) if self.filters is not None else Scope()
        return Scope(*(getattr(self, name) or getattr(inside, name) for name in IDS))

    @model_validator(mode="after")
    def _agrees_with_its_filters(self) -> Self:
        inside = pinned(self.filters) if self.filters is not None else Scope()
        for name in IDS:
            top, within = getattr(self, name), getattr(inside, name)
            if top and within and top != within:
                raise Invalid(f"{name} is one value at the top level and another in filters")
        return self


class SearchRequest(Chosen):
    """Find what helps with `query`. `as_of` (epoch ms) asks what was known then."""

    plain: ClassVar[tuple[str, ...]] = (*Chosen.plain, "query", "threshold", "explain", "rank")

    query: Annotated[str, AfterValidator(_checked_query)]
    top_k: Annotated[int, Numeric] = Field(default=10, ge=1, le=1_000)
    threshold: Annotated[float | None, Numeric] = Field(
        default=None, ge=0, le=1, allow_inf_nan=False
    )
    explain: bool = False
    rank: Literal["layer", "relevance"] | None = None
    as_of: int | None = None

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`limit` is an old name of `top_k`, `reference_date` is Mem0's name of `as_of`."""
        limit, then = given.take("top_k", "limit"), given.take("as_of", "reference_date")
        fields = super().read(given)
        if limit is not None:
            fields["top_k"] = limit
        if then is not None:
            fields["as_of"] = moment("as_of", then)
        return fields

    @model_validator(mode="after")
    def _names_somebody(self) -> Self:
        told = mentions(self.filters) if self.filters is not None else frozenset()
        if self.strict and not told & {*IDS, "run_id"}:
            raise Invalid(
                "name whose memories to search: add user_id, agent_id, app_id or session_id, "
                "or put one into filters"
            )
        return self


class ContextRequest(SearchRequest):
    """A search whose answer is packed into a text of at most `tokens` tokens."""

    plain: ClassVar[tuple[str, ...]] = (*SearchRequest.plain, "tokens")

    top_k: Annotated[int, Numeric] = Field(default=100, ge=1, le=1_000)
    tokens: Annotated[int, Numeric] = Field(default=1_000, ge=1, le=100_000)


class ListRequest(Chosen):
    """A page of memories, newest first, by number or from a `cursor`."""

    plain: ClassVar[tuple[str, ...]] = (*Chosen.plain, "page", "page_size", "cursor")

    page: Annotated[int, Numeric] = Field(default=1, ge=1, le=1_000_000)
    page_size: Annotated[int, Numeric] = Field(default=100, ge=1, le=MAX_PAGE_SIZE)
    cursor: str | None = Field(default=None, max_length=2_048)

    @classmethod
    def read(cls, given: Given) -> dict[str, Any]:
        """`start_date` and `end_date` bound `created_at`; a page holds 200 memories at most."""
        created = _between(given.take("start_date"), given.take("end_date"))
        fields = super().read(given)
        if created:
            fields["filters"] = conjoined(fields["filters"], parse_filter(created))
        return fields

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Self:
        """A page longer than 200 is cut to that, with a warning; beyond 1,000 it is refused."""
        asked = super().parse(raw)
        if asked.page_size <= PAGE_SIZE:
            return asked
        note = f"page_size was cut to {PAGE_SIZE}, the most a page holds"
        shorter = {"page_size": PAGE_SIZE, "warnings": (*asked.warnings, note)}
        return asked.model_copy(update=shorter)


class SessionRequest(Owned):
    """One session with what it holds, or (without `session_id`) the owner's sessions."""


class RelationsRequest(Owned):
    """How what the owner knows hangs together, around `entity` if one is named."""

    plain: ClassVar[tuple[str, ...]] = ("entity",)

    entity: str | None = Field(default=None, min_length=1, max_length=256)


def conjoined(*filters: Filter | None) -> Filter | None:
    """All of the filters that are there; None if none is."""
    there = [one for one in filters if one is not None]
    return all_of(*there) if there else None


def _superseded(given: Given) -> dict[str, Any]:
    latest_only, wished = given.take("latest_only"), given.take("show_superseded", "superseded")
    if latest_only is None:
        return {} if wished is None else {"superseded": wished}
    try:
        latest = _TRUTH.validate_python(latest_only)
    except ValidationError:
        raise Invalid("latest_only must be true or false") from None
    return {"superseded": not latest if wished is None else wished}


def _between(start: object, end: object) -> Mapping[str, Any] | None:
    bounds: dict[str, str] = {}
    if start is not None:
        bounds["gte"] = iso(moment("start_date", start))
    if end is not None:
        bounds["lt" if is_day(end) else "lte"] = iso(day_end("end_date", end))
    return {"created_at": bounds} if bounds else None
