"""The everyday calls of a client: add, search, read and change memories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamella.client.calling import Answer, Answers, Calling
from lamella.client.wire import KEPT, Expiry, Kept, Lifetime, Messages, Moment, path, told


class Remembering(Calling[Answer, Answers]):
    """Calls about memories. Ids say whose they are; at least one belongs to every call."""

    def add(
        self,
        messages: Messages | None = None,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        timestamp: Moment | None = None,
        expiration_date: Expiry | None = None,
        lifetime: Lifetime | None = None,
        infer: bool = True,
        async_mode: bool = True,
        immutable: bool = False,
        attention: str | None = None,
        working: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        **mem0: Any,
    ) -> Answer:
        """Capture what was said: a string, strings, or messages with `role` and `content`.

        The answer is durable and at once visible to `search`; its `event_id` tells how promotion
        went (`wait`). `infer=False` keeps the messages verbatim, `async_mode=False` waits for the
        result, `lifetime="turn"` lets them fade at the next user message. `timestamp` is when it
        was said. Other fields of Mem0's (`**mem0`) are answered in `warnings`, unknown ones
        refused.
        Raises Invalid, TooLarge, Conflict (the idempotency key was used for something else).
        """
        fields = told(
            messages=messages,
            user_id=user_id,
            agent_id=agent_id,
            app_id=app_id,
            session_id=session_id,
            metadata=metadata,
            timestamp=timestamp,
            expiration_date=expiration_date,
            lifetime=lifetime,
            infer=infer,
            async_mode=async_mode,
            immutable=immutable,
            attention=attention,
            working=working,
            idempotency_key=idempotency_key,
            **mem0,
        )
        return self._call("POST", path("v3", "memories", "add"), body=fields)

    def search(
        self,
        query: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
        filters: Mapping[str, Any] | None = None,
        top_k: int | None = None,
        threshold: float | None = None,
        layers: Sequence[str] | None = None,
        kinds: Sequence[str] | None = None,
        categories: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        explain: bool | None = None,
        rank: str | None = None,
        superseded: bool | None = None,
        show_expired: bool | None = None,
        as_of: Moment | None = None,
        **mem0: Any,
    ) -> Answer:
        """What helps with `query`: `{"results": […], "degraded": null, "warnings": […]}`.

        Ids given here mean the union of what belongs to them, by layer: the user's memories, the
        session's notes, the org's, recent turns. Ids in `filters` are strict, as Mem0's are, and
        sort by score. `top_k` is 10 unless given; `threshold` is a score in [0, 1];
        `rank="relevance"` drops the order of layers; `explain` adds `score_breakdown`.
        """
        fields = told(
            query=query,
            user_id=user_id,
            agent_id=agent_id,
            app_id=app_id,
            session_id=session_id,
            filters=filters,
            top_k=top_k,
            threshold=threshold,
            layers=layers,
            kinds=kinds,
            categories=categories,
            metadata=metadata,
            explain=explain,
            rank=rank,
            superseded=superseded,
            show_expired=show_expired,
            as_of=as_of,
            **mem0,
        )
        return self._call("POST", path("v3", "memories", "search"), body=fields)

    def context(
        self,
        query: str,
        *,
        tokens: int = 1_000,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
        filters: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> Answer:
        """A search packed into `context`, a text for a prompt of at most `tokens` tokens.

        `options` are those of `search`. `counted_by` names the tokenizer that counted.
        """
        fields = told(
            query=query,
            tokens=tokens,
            user_id=user_id,
            agent_id=agent_id,
            app_id=app_id,
            session_id=session_id,
            filters=filters,
            **options,
        )
        return self._call("POST", path("v1", "context"), body=fields)

    def get(self, memory_id: str) -> Answer:
        """One memory. Raises NotFound if it never was, is deleted, expired or forgotten."""
        return self._call("GET", path("v1", "memories", memory_id))

    def get_all(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
        filters: Mapping[str, Any] | None = None,
        page: int = 1,
        page_size: int = 100,
        cursor: str | None = None,
        **options: Any,
    ) -> Answer:
        """A page of memories, newest first: `{"count", "next", "previous", "results", "cursor"}`.

        `options`: layers, kinds, categories, metadata, start_date, end_date, superseded,
        show_expired.
        """
        fields = told(
            user_id=user_id,
            agent_id=agent_id,
            app_id=app_id,
            session_id=session_id,
            filters=filters,
            cursor=cursor,
            **options,
        )
        query = {"page": page, "page_size": page_size}
        return self._call("POST", path("v3", "memories"), query, fields)

    def update(
        self,
        memory_id: str,
        text: str | None = None,
        *,
        metadata: Mapping[str, Any] | None = None,
        timestamp: Moment | None = None,
        expiration_date: Expiry | Kept | None = KEPT,
    ) -> Answer:
        """Correct a memory and answer it; `expiration_date=None` lets it last.

        Raises NotFound, Conflict (immutable, or another memory already says this).
        """
        fields = told(text=text, metadata=metadata, timestamp=timestamp)
        if expiration_date is None:
            fields["expiration_date"] = None
        elif expiration_date is not KEPT:
            fields |= told(expiration_date=expiration_date)
        return self._call("PUT", path("v1", "memories", memory_id), body=fields)

    def delete(self, memory_id: str) -> Answer:
        """Delete one memory. `restore` brings it back. Raises NotFound."""
        return self._call("DELETE", path("v1", "memories", memory_id))

    def delete_all(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        filters: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Delete every memory with these ids and this metadata that matches; "*" means any id.

        Raises Invalid, and deletes nothing, without an id (`filters` may give it, at the top).
        """
        fields = told(
            user_id=user_id,
            agent_id=agent_id,
            app_id=app_id,
            session_id=session_id,
            metadata=metadata,
            filters=filters,
        )
        return self._call("DELETE", path("v1", "memories"), body=fields)

    def history(self, memory_id: str) -> Answers:
        """Everything that happened to a memory, oldest first."""
        return self._call_for_list("GET", path("v1", "memories", memory_id, "history"))

    def restore(self, memory_id: str) -> Answer:
        """Bring back a memory that was superseded or deleted."""
        return self._call("POST", path("v1", "memories", memory_id, "restore"))

    def reveal(self, memory_id: str) -> Answer:
        """A memory with its encrypted values in the clear: `memory` and `values`."""
        return self._call("POST", path("v1", "memories", memory_id, "reveal"))

    def relations(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        entity: str | None = None,
    ) -> Answer:
        """How what is known of the owner hangs together, around `entity` if given."""
        query = told(user_id=user_id, agent_id=agent_id, app_id=app_id, entity=entity)
        return self._call("GET", path("v1", "relations"), query)

    def event(self, event_id: str) -> Answer:
        """How far promotion is with one `add`: its `status`, and `results` when it is done."""
        return self._call("GET", path("v1", "event", event_id))
