"""The calls of a client about sessions: what they hold, what matters in them, how they end."""

from __future__ import annotations

from typing import Any

from lamella.client.calling import Answer, Answers
from lamella.client.remember import Remembering
from lamella.client.wire import Lifetime, path, told, written


class Sessions(Remembering[Answer, Answers]):
    """Calls about one session. The ids beside it say whose session it is."""

    def sessions(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """The owner's sessions."""
        query = told(user_id=user_id, agent_id=agent_id, app_id=app_id)
        return self._call("GET", path("v1", "sessions"), query)

    def session(
        self,
        session_id: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """What a session holds now: turns, notes, working items and attention."""
        query = told(user_id=user_id, agent_id=agent_id, app_id=app_id)
        return self._call("GET", path("v1", "sessions", session_id), query)

    def close(
        self,
        session_id: str,
        promote: bool = True,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """End a session: hidden at once, what is worth keeping promoted, unless `promote` is false.

        `shutdown` is what closes this client.
        """
        fields = told(promote=promote, user_id=user_id, agent_id=agent_id, app_id=app_id)
        return self._call("POST", path("v1", "sessions", session_id, "close"), body=fields)

    def working(
        self,
        session_id: str,
        key: str,
        value: Any,
        *,
        lifetime: Lifetime | None = None,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """Keep an intermediate result, any JSON, under `key` until the session ends."""
        fields = told(lifetime=lifetime, user_id=user_id, agent_id=agent_id, app_id=app_id)
        to = path("v1", "sessions", session_id, "working", key)
        return self._call("PUT", to, body=fields | {"value": written(value)})

    def attention(
        self,
        session_id: str,
        text: str,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """Say what the session is about right now."""
        fields = told(text=text, user_id=user_id, agent_id=agent_id, app_id=app_id)
        return self._call("PUT", path("v1", "sessions", session_id, "attention"), body=fields)

    def flush(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        session_id: str | None = None,
    ) -> Answer:
        """Promote now what waits for a session to settle; without ids, everything."""
        fields = told(user_id=user_id, agent_id=agent_id, app_id=app_id, session_id=session_id)
        return self._call("POST", path("v1", "flush"), body=fields)
