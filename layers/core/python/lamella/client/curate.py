"""The calls of a client that look after many memories: batches, feedback, entities, exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamella.client.calling import Answer, Answers
from lamella.client.sessions import Sessions
from lamella.client.wire import Json, path, told
from lamella.errors import Invalid

TYPES = {"user_id": "user", "agent_id": "agent", "app_id": "app", "session_id": "run"}


class Curating(Sessions[Answer, Answers]):
    """Calls under the names that Mem0's clients give them, where they have one."""

    def batch_update(self, memories: Sequence[Mapping[str, Any]]) -> Answer:
        """Correct up to 1,000 memories, each with its `memory_id` and the fields of `update`.

        `results` tell what became of each; one that fails stops no other.
        """
        return self._call("PUT", path("v1", "batch"), body={"memories": list(memories)})

    def batch_delete(self, memories: Sequence[str | Mapping[str, Any]]) -> Answer:
        """Delete up to 1,000 memories: ids, or objects with a `memory_id`."""
        named = [{"memory_id": one} if isinstance(one, str) else one for one in memories]
        return self._call("DELETE", path("v1", "batch"), body={"memories": named})

    def feedback(
        self, memory_id: str, feedback: str | None = None, feedback_reason: str | None = None
    ) -> Answer:
        """Say what a memory was worth: POSITIVE, NEGATIVE, VERY_NEGATIVE; None takes it back."""
        fields = {"memory_id": memory_id, "feedback": feedback, "feedback_reason": feedback_reason}
        return self._call("POST", path("v1", "feedback"), body=fields)

    def users(self, *, page: int = 1, page_size: int = 1_000) -> Answer:
        """A page of everybody who has memories: users, agents, apps and runs, with counts."""
        return self._call("GET", path("v1", "entities"), told(page=page, page_size=page_size))

    def delete_users(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
    ) -> Answer:
        """Delete all that one of them has. Raises Invalid unless exactly one is named."""
        ids = told(user_id=user_id, agent_id=agent_id, app_id=app_id, session_id=session_id)
        if len(ids) != 1:
            raise Invalid("name exactly one of user_id, agent_id, app_id and session_id")
        [(name, value)] = ids.items()
        return self._call("DELETE", path("v2", "entities", TYPES[name], value))

    def events(self, *, limit: int = 100) -> Answer:
        """The newest calls of `add` and what became of them, without texts."""
        return self._call("GET", path("v1", "events"), told(limit=limit))

    def project(self, fields: Sequence[str] | None = None) -> Answer:
        """The project's settings, or those of `fields`."""
        return self._call("GET", path("v1", "project"), told(fields=fields))

    def update_project(self, **settings: Any) -> Answer:
        """Change what promotion keeps and how it sorts; None takes a setting back.

        `settings`: custom_categories, includes, excludes, and with a model that reads them
        custom_instructions and agent_custom_instructions.
        """
        return self._call("PATCH", path("v1", "project"), body=settings)

    def create_memory_export(
        self,
        schema: Mapping[str, Any] | str | None = None,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
        filters: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Answer:
        """Ask for an export; `get_memory_export` hands it out by its `id`.

        One id alone exports all that is held on it, in every layer. `filters` (or a `schema`,
        which names the fields of each row) export memories; `options`: superseded, show_expired.
        """
        fields: Json = told(
            schema=schema,
            user_id=user_id,
            agent_id=agent_id,
            app_id=app_id,
            session_id=session_id,
            filters=filters,
            **options,
        )
        return self._call("POST", path("v1", "exports"), body=fields)

    def get_memory_export(
        self,
        memory_export_id: str | None = None,
        *,
        filters: Mapping[str, Any] | None = None,
        cursor: str | None = None,
        page_size: int | None = None,
    ) -> Answer:
        """A page of an export, by its id or the filters it was asked for by.

        `cursor` leads to the next page; the last has a `receipt` instead.
        """
        fields = told(
            memory_export_id=memory_export_id, filters=filters, cursor=cursor, page_size=page_size
        )
        return self._call("POST", path("v1", "exports", "get"), body=fields)
