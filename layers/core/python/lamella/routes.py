"""Every HTTP route, as data: `api` serves them, `infra` deploys them, the tests walk them.

A path ends in "/" (as Mem0's clients send it) and holds `{id}` and others, such as `{key}`;
`api` answers it with and without that slash.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from lamella.values import dataclass

Function = Literal["capture", "promote", "retrieve", "govern"]
KeyScope = Literal["read", "write", "govern", "org:write"]

SCOPES: frozenset[str] = frozenset(get_args(KeyScope))
"""Everything a key may be allowed."""


@dataclass(frozen=True, slots=True)
class Route:
    """One call: where it is, the model its fields are read into, who serves it, who may.

    `request` names a model of `lamella.requests`. `scope` None lets any valid key in; `public`
    asks for no key at all. `{id}` in the path is a memory's, an event's, a key's or a session's.
    `answers` is the status of success.
    """

    name: str
    methods: tuple[str, ...]
    path: str
    request: str
    function: Function
    scope: KeyScope | None
    public: bool = False
    answers: int = 200

    @property
    def in_session(self) -> bool:
        """Whether `{id}` is a session's."""
        return self.path.startswith("/v1/sessions/{id}/")


GET, POST, PUT, PATCH, DELETE = ("GET",), ("POST",), ("PUT",), ("PATCH",), ("DELETE",)
PROJECT = "/api/v1/orgs/organizations/{org}/projects/{id}/"

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
    Route("reveal", POST, "/v1/memories/{id}/reveal/", "Asked", "govern", "govern"),
    Route("event", GET, "/v1/event/{id}/", "Asked", "govern", "read"),
    Route("events", GET, "/v1/events/", "EventsRequest", "govern", "read"),
    Route("flush", POST, "/v1/flush/", "FlushRequest", "promote", "write"),
    Route("batch_update", PUT, "/v1/batch/", "BatchUpdateRequest", "govern", "write"),
    Route("batch_delete", DELETE, "/v1/batch/", "BatchDeleteRequest", "govern", "write"),
    Route("feedback", POST, "/v1/feedback/", "FeedbackRequest", "govern", "write"),
    Route("entities", GET, "/v1/entities/", "EntitiesRequest", "govern", "read"),
    Route("delete_entity", DELETE, "/v2/entities/{type}/{id}/", "Asked", "govern", "write"),
    Route("forget", POST, "/v1/forget/", "ForgetRequest", "govern", "govern"),
    Route("consent", GET, "/v1/consent/", "ConsentOfRequest", "govern", "read"),
    Route("record_consent", PUT, "/v1/consent/", "ConsentRequest", "govern", "govern"),
    Route("parked", GET, "/v1/parked/", "Asked", "govern", "govern"),
    Route("redrive", POST, "/v1/parked/redrive/", "RedriveRequest", "govern", "govern"),
    Route("create_export", POST, "/v1/exports/", "ExportRequest", "govern", "read", answers=201),
    Route("export", GET, "/v1/exports/{id}/", "ExportPageRequest", "govern", "read"),
    Route("export", POST, "/v1/exports/get/", "ExportPageRequest", "govern", "read"),
    Route("import", POST, "/v1/import/", "ImportRequest", "govern", "govern"),
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

_PROJECT = (
    Route("project", GET, PROJECT, "ProjectRequest", "govern", "read"),
    Route("update_project", PATCH, PROJECT, "ProjectUpdateRequest", "govern", "govern"),
    Route("project", GET, "/v1/project/", "ProjectRequest", "govern", "read"),
    Route("update_project", PATCH, "/v1/project/", "ProjectUpdateRequest", "govern", "govern"),
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
    Route("delete_entity", DELETE, "/v1/entities/{type}/{id}/", "Asked", "govern", "write"),
)
"""The surface of Mem0's older clients."""

BARE = tuple(route for route in LEGACY if route.name in ("add", "search", "list"))
"""What those get as bare arrays."""

ROUTES: tuple[Route, ...] = (*_SYSTEM, *_MEMORIES, *_SESSIONS, *_ORG, *_PROJECT, *_KEYS, *LEGACY)

UNANSWERED: Mapping[str, str] = {
    "/v2/entities/{type}/{id}/profile/": "get_profile",
    "/v1/summary/": "get_summary",
    "/v2/profiles/jobs/": "generate_profile and sample_profiles",
    "/v2/profiles/jobs/{id}/": "get_profile_job",
    "/v2/profiles/settings/": "profile settings",
    "/api/v1/orgs/organizations/": "organizations",
    "/api/v1/orgs/organizations/{org}/": "organizations",
    "/api/v1/orgs/organizations/{org}/projects/": "project.create",
    PROJECT: "project.delete",
    "/api/v1/orgs/organizations/{org}/projects/{id}/members/": "project members",
    "/api/v1/webhooks/projects/{id}/": "webhooks",
    "/api/v1/webhooks/{id}/": "webhooks",
}
"""Mem0's paths that Lamella has no answer to, and what they are: 501, whatever the method."""
