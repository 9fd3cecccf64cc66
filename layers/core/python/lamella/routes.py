"""Every HTTP route, as data: `api` serves them, `infra` deploys them, the tests walk them.

A path ends in "/" (as Mem0's clients send it) and holds `{id}` and `{key}`; `api` answers it
with and without that slash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Function = Literal["capture", "promote", "retrieve", "govern"]
KeyScope = Literal["read", "write", "govern", "org:write"]

SCOPES: frozenset[str] = frozenset(get_args(KeyScope))
"""Everything a key may be allowed."""


@dataclass(frozen=True, slots=True)
class Route:
    """One call: where it is, the model its fields are read into, who serves it, who may.

    `request` names a model of `lamella.requests`. `scope` None lets any valid key in; `public`
    asks for no key at all. `{id}` in the path is a memory's, an event's, a key's or a session's.
    """

    name: str
    methods: tuple[str, ...]
    path: str
    request: str
    function: Function
    scope: KeyScope | None
    public: bool = False

    @property
    def in_session(self) -> bool:
        """Whether `{id}` is a session's."""
        return self.path.startswith("/v1/sessions/{id}/")


GET, POST, PUT, DELETE = ("GET",), ("POST",), ("PUT",), ("DELETE",)

_SYSTEM = (
    Route("ping", GET, "/v1/ping/", "Asked", "retrieve", None),
    Route("health", GET, "/v1/health/", "Asked", "retrieve", None, public=True),
)

_MEMORIES = (
    Route("add", POST, "/v3/memories/add/", "AddRequest", "capture", "write"),
    Route("search", POST, "/v3/memories/search/", "SearchRequest", "retrieve", "read"),
    Route("context", POST, "/v1/context/", "ContextRequest", "retrieve", "read"),
    Route("relations", GET, "/v1/relations/", "RelationsRequest", "retrieve", "read"),
    Route("list", POST, "/v3/memories/", "ListRequest", "govern", "read"),
    Route("get", GET, "/v1/memories/{id}/", "Asked", "govern", "read"),
    Route("update", PUT, "/v1/memories/{id}/", "UpdateRequest", "govern", "write"),
    Route("delete", DELETE, "/v1/memories/{id}/", "Asked", "govern", "write"),
    Route("delete_all", DELETE, "/v1/memories/", "DeleteAllRequest", "govern", "write"),
    Route("history", GET, "/v1/memories/{id}/history/", "Asked", "govern", "read"),
    Route("restore", POST, "/v1/memories/{id}/restore/", "Asked", "govern", "write"),
    Route("event", GET, "/v1/event/{id}/", "Asked", "govern", "read"),
    Route("events", GET, "/v1/events/", "EventsRequest", "govern", "read"),
    Route("flush", POST, "/v1/flush/", "FlushRequest", "promote", "write"),
    Route("forget", POST, "/v1/forget/", "ForgetRequest", "govern", "govern"),
)

_SESSIONS = (
    Route("sessions", GET, "/v1/sessions/", "SessionRequest", "retrieve", "read"),
    Route("session", GET, "/v1/sessions/{id}/", "SessionRequest", "retrieve", "read"),
    Route("close", POST, "/v1/sessions/{id}/close/", "CloseRequest", "capture", "write"),
    Route("working", PUT, "/v1/sessions/{id}/working/{key}/", "WorkingRequest", "capture", "write"),
    Route("attention", PUT, "/v1/sessions/{id}/attention/", "AttentionRequest", "capture", "write"),
)

_ORG = (
    Route("org_add", POST, "/v1/org/memories/", "OrgAddRequest", "govern", "org:write"),
    Route("org_list", GET, "/v1/org/memories/", "ListRequest", "govern", "read"),
    Route("org_update", PUT, "/v1/org/memories/{id}/", "OrgUpdateRequest", "govern", "org:write"),
    Route("org_retire", DELETE, "/v1/org/memories/{id}/", "Asked", "govern", "org:write"),
    Route("org_restore", POST, "/v1/org/memories/{id}/restore/", "Asked", "govern", "org:write"),
)

_KEYS = (
    Route("create_key", POST, "/v1/keys/", "KeyRequest", "govern", "govern"),
    Route("list_keys", GET, "/v1/keys/", "Asked", "govern", "govern"),
    Route("revoke_key", DELETE, "/v1/keys/{id}/", "Asked", "govern", "govern"),
)

LEGACY = (
    Route("add", POST, "/v1/memories/", "AddRequest", "capture", "write"),
    Route("search", POST, "/v1/memories/search/", "SearchRequest", "retrieve", "read"),
    Route("search", POST, "/v2/memories/search/", "SearchRequest", "retrieve", "read"),
    Route("list", GET, "/v1/memories/", "ListRequest", "govern", "read"),
    Route("list", POST, "/v2/memories/", "ListRequest", "govern", "read"),
)
"""The surface of Mem0's older clients, which answers with bare arrays."""

ROUTES: tuple[Route, ...] = (*_SYSTEM, *_MEMORIES, *_SESSIONS, *_ORG, *_KEYS, *LEGACY)

UNANSWERED: tuple[str, ...] = (
    "/v1/entities/",
    "/v1/entities/{type}/{id}/",
    "/v2/entities/{type}/{id}/",
    "/v2/entities/{type}/{id}/profile/",
    "/v1/batch/",
    "/v1/feedback/",
    "/v1/exports/",
    "/v1/exports/get/",
    "/v1/summary/",
    "/v2/profiles/jobs/",
    "/v2/profiles/jobs/{id}/",
    "/v2/profiles/settings/",
    "/api/v1/orgs/organizations/",
    "/api/v1/orgs/organizations/{org}/",
    "/api/v1/orgs/organizations/{org}/projects/",
    "/api/v1/orgs/organizations/{org}/projects/{id}/",
    "/api/v1/orgs/organizations/{org}/projects/{id}/members/",
    "/api/v1/webhooks/projects/{id}/",
    "/api/v1/webhooks/{id}/",
)
"""Paths of Mem0's that Lamella knows and has no answer to: 501, whatever the method."""
