"""The calls of a client that govern: forgetting, the org layer, keys, the server itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lamella.client.calling import Answer, Answers
from lamella.client.curate import Curating
from lamella.client.wire import KEPT, Expiry, Kept, Moment, path, told


class Organizing(Curating[Answer, Answers]):
    """Calls that need a key with the scope `govern` or `org:write`."""

    def forget(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """Erase everything of one user, agent or app; the answer leads to the receipt."""
        fields = told(user_id=user_id, agent_id=agent_id, app_id=app_id)
        return self._call("POST", path("v1", "forget"), body=fields)

    def consent(
        self,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
    ) -> Answer:
        """Whether somebody may be `remembered`, and their `answers`, newest first."""
        query = told(user_id=user_id, agent_id=agent_id, app_id=app_id)
        return self._call("GET", path("v1", "consent"), query)

    def record_consent(
        self,
        granted: bool,
        *,
        user_id: str | None = None,
        agent_id: str | None = None,
        app_id: str | None = None,
        evidence: str | None = None,
    ) -> Answer:
        """Record that somebody agrees to be remembered, or does not (any more).

        `evidence` says how that is known: a reference of at most 1,024 bytes. Without consent
        nothing new enters the user layer; `forget` erases what is there.
        """
        whose = told(user_id=user_id, agent_id=agent_id, app_id=app_id)
        fields = whose | told(granted=granted, evidence=evidence)
        return self._call("PUT", path("v1", "consent"), body=fields)

    def parked(self) -> Answer:
        """Work that promotion has set aside, without its text, the oldest 1,000."""
        return self._call("GET", path("v1", "parked"))

    def redrive(self, ids: Sequence[str] | None = None, *, all: bool = False) -> Answer:
        """Have parked work tried again: the items in `ids`, or `all` of the oldest 1,000."""
        fields = told(ids=None if ids is None else list(ids)) | ({"all": True} if all else {})
        return self._call("POST", path("v1", "parked", "redrive"), body=fields)

    def take_over(self, memories: Sequence[Mapping[str, Any]]) -> Answer:
        """Import at most 100 memories with the ids, times and history they had elsewhere.

        Each has `id`, `memory`, an id of its owner, and maybe `metadata`, `categories`,
        `created_at`, `updated_at`, `timestamp`, `expiration_date`, `immutable` and `history`. The
        answer's `results` tell what became of each; the same import again changes nothing.
        """
        return self._call("POST", path("v1", "import"), body={"memories": list(memories)})

    def org_add(
        self,
        text: str,
        *,
        owner: str,
        review_by: Moment | None = None,
        kind: str = "factual",
        audience: Sequence[str] | None = None,
        categories: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        expiration_date: Expiry | None = None,
        idempotency_key: str | None = None,
    ) -> Answer:
        """State something for the whole organization, or for the agents and teams of `audience`.

        `owner` answers for it, and is asked to look at it again by `review_by`.
        """
        fields = told(
            text=text,
            owner=owner,
            review_by=review_by,
            kind=kind,
            audience=audience,
            categories=categories,
            metadata=metadata,
            expiration_date=expiration_date,
            idempotency_key=idempotency_key,
        )
        return self._call("POST", path("v1", "org", "memories"), body=fields)

    def org_list(self, *, page: int = 1, page_size: int = 100, **options: Any) -> Answer:
        """A page of the org layer, newest first; `options` are those of `get_all`."""
        query = told(page=page, page_size=page_size, **options)
        return self._call("GET", path("v1", "org", "memories"), query)

    def org_update(
        self,
        memory_id: str,
        text: str | None = None,
        *,
        owner: str | None = None,
        review_by: Moment | None = None,
        audience: Sequence[str] | None = None,
        categories: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        expiration_date: Expiry | Kept | None = KEPT,
    ) -> Answer:
        """Correct an org memory, hand it to another owner, or put off its review."""
        fields = told(
            text=text,
            owner=owner,
            review_by=review_by,
            audience=audience,
            categories=categories,
            metadata=metadata,
        )
        if expiration_date is not KEPT:
            fields |= {"expiration_date": None} | told(expiration_date=expiration_date)
        return self._call("PUT", path("v1", "org", "memories", memory_id), body=fields)

    def org_retire(self, memory_id: str) -> Answer:
        """Take an org memory out of use."""
        return self._call("DELETE", path("v1", "org", "memories", memory_id))

    def org_restore(self, memory_id: str) -> Answer:
        """Bring back an org memory that was retired."""
        return self._call("POST", path("v1", "org", "memories", memory_id, "restore"))

    def create_key(
        self, scopes: Sequence[str] = ("read", "write"), name: str | None = None
    ) -> Answer:
        """Issue an API key; its secret is in this answer and nowhere else.

        Scopes: read, write, govern, org:write.
        """
        return self._call("POST", path("v1", "keys"), body=told(scopes=list(scopes), name=name))

    def keys(self) -> Answer:
        """The organization's keys, without their secrets."""
        return self._call("GET", path("v1", "keys"))

    def revoke_key(self, key_id: str) -> Answer:
        """End a key; within 60 seconds nobody accepts it any more."""
        return self._call("DELETE", path("v1", "keys", key_id))

    def ping(self) -> Answer:
        """Who this client is to the server: organization and status."""
        return self._call("GET", path("v1", "ping"))

    def health(self) -> Answer:
        """That the server answers, and with which model; it asks no store."""
        return self._call("GET", path("v1", "health"))
