"""What each tool takes: one frozen model a tool, whose JSON schema is what agents are shown."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

LayerName = Literal["conversation", "session", "user", "org"]

_SESSION = "The session (conversation, task, run) this belongs to."

Filters = Annotated[
    dict[str, Any] | None,
    Field(
        description=(
            "Conditions that all must hold, such as "
            '{"AND": [{"user_id": "alex"}, {"created_at": {"gte": "2026-01-01"}}]}. '
            "Operators: eq, ne, in, gt, gte, lt, lte, contains, icontains; AND, OR, NOT; "
            '"*" means "is there". Metadata: {"metadata": {"tier": "gold"}}.'
        )
    ),
]
MemoryId = Annotated[
    str, Field(min_length=1, description="The memory's id, from a search or list.")
]
Graph = Annotated[
    bool | None, Field(description="Mem0's; has no effect here, relations are always kept.")
]


class Arguments(BaseModel):
    """What every tool's arguments are: exact, an unknown one is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Whose(Arguments):
    """Whom a call is about. Without user, agent and app the server's default user is meant."""

    user_id: str | None = Field(None, description="The person this is about.")
    agent_id: str | None = Field(None, description="The agent this is about.")
    app_id: str | None = Field(None, description="The app or account this is about.")
    run_id: str | None = Field(
        None, description=_SESSION, validation_alias=AliasChoices("run_id", "session_id")
    )

    @property
    def ids(self) -> dict[str, str]:
        """The ids that were given, in the words of `lamella.client`."""
        told = {
            "user_id": self.user_id,
            "agent_id": self.agent_id,
            "app_id": self.app_id,
            "session_id": self.run_id,
        }
        return {name: value for name, value in told.items() if value is not None}


class AddMemory(Whose):
    """Arguments of add_memory."""

    text: str | None = Field(None, description="What to remember, in plain words.")
    messages: list[dict[str, Any]] | None = Field(
        None, description="Instead of text: the turns themselves, each with role and content."
    )
    metadata: dict[str, Any] | None = Field(None, description="Anything to filter by later.")
    infer: bool = Field(
        True, description="Keep only what is worth it; false keeps every message word for word."
    )
    enable_graph: Graph = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.messages is None:
            raise ValueError("give text or messages")
        return self


class SearchMemories(Whose):
    """Arguments of search_memories."""

    query: str = Field(description="What you want to know, as a question or a few words.")
    filters: Filters = None
    limit: int = Field(10, ge=1, le=1000, description="At most so many memories.")
    threshold: float | None = Field(None, ge=0, le=1, description="The least score of a hit.")
    layers: list[LayerName] | None = Field(None, description="Only these layers; all by default.")
    enable_graph: Graph = None


class GetMemories(Whose):
    """Arguments of get_memories."""

    filters: Filters = None
    page: int = Field(1, ge=1, description="Which page, from 1.")
    page_size: int = Field(50, ge=1, le=200, description="Memories on a page.")
    enable_graph: Graph = None


class OneMemory(Arguments):
    """Arguments of get_memory and delete_memory."""

    memory_id: MemoryId


class UpdateMemory(OneMemory):
    """Arguments of update_memory."""

    text: str = Field(description="What the memory shall say from now on.")
    metadata: dict[str, Any] | None = Field(None, description="Merged into what it has.")


class Entities(Arguments):
    """Arguments of delete_entities: each one that is named goes."""

    user_id: str | None = Field(None, description="The user to delete.")
    agent_id: str | None = Field(None, description="The agent to delete.")
    app_id: str | None = Field(None, description="The app to delete.")
    run_id: str | None = Field(
        None,
        description="The session to delete.",
        validation_alias=AliasChoices("run_id", "session_id"),
    )

    @property
    def named(self) -> list[tuple[str, str]]:
        """Each entity that was named: its type (user, agent, app, run) and name."""
        told = (
            ("user", self.user_id),
            ("agent", self.agent_id),
            ("app", self.app_id),
            ("run", self.run_id),
        )
        return [(type_, name) for type_, name in told if name is not None]

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.named:
            raise ValueError("nothing was deleted: name user_id, agent_id, app_id or run_id")
        return self


class Paged(Arguments):
    """Arguments of list_entities."""

    page: int = Field(1, ge=1, description="Which page, from 1.")
    page_size: int = Field(50, ge=1, le=200, description="Entries on a page.")


class Latest(Arguments):
    """Arguments of list_events."""

    limit: int = Field(50, ge=1, le=1000, description="At most so many, the latest first.")


class OneEvent(Arguments):
    """Arguments of get_event_status."""

    event_id: str = Field(min_length=1, description="The event_id that add_memory answered.")


class GetContext(Whose):
    """Arguments of get_context."""

    query: str = Field(description="What the answer you are about to give is about.")
    tokens: int = Field(1000, ge=1, le=100_000, description="The budget of the text.")
    filters: Filters = None


class CloseSession(Arguments):
    """Arguments of close_session."""

    session_id: str = Field(
        description=_SESSION, validation_alias=AliasChoices("session_id", "run_id")
    )
    promote: bool = Field(
        True, description="Keep what is worth it as lasting memories; false just clears."
    )
    user_id: str | None = Field(None, description="Whose session it is.")
    agent_id: str | None = Field(None, description="Whose session it is, without a user.")
    app_id: str | None = Field(None, description="Whose session it is, without user and agent.")

    @property
    def ids(self) -> dict[str, str]:
        """The ids beside the session that were given."""
        told = {"user_id": self.user_id, "agent_id": self.agent_id, "app_id": self.app_id}
        return {name: value for name, value in told.items() if value is not None}


class SearchOrg(Arguments):
    """Arguments of search_org."""

    query: str = Field(description="What you want to know, as a question or a few words.")
    limit: int = Field(10, ge=1, le=1000, description="At most so many memories.")
    agent_id: str | None = Field(
        None, description="Who you are: some items are for certain agents or teams only."
    )
