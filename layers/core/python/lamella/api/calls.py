"""Which use case each route means, and with what it is called."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lamella.errors import Forbidden
from lamella.models import Principal
from lamella.scopes import checked_id
from lamella.values import dataclass


class Service(Protocol):
    """What `api` needs of `lamella.service`: its use cases, and who a key belongs to."""

    @property
    def capture(self) -> Any:
        """The use case of `lamella.capture`."""

    @property
    def flush(self) -> Any:
        """The use case of `lamella.flush`."""

    @property
    def retrieve(self) -> Any:
        """The use case of `lamella.retrieve`."""

    @property
    def govern(self) -> Any:
        """The use case of `lamella.govern`."""

    def authorize(self, key: str) -> Principal:
        """Whose key it is. Raises Unauthenticated."""

    def ping(self, principal: Principal) -> Mapping[str, Any]:
        """Who is calling, in the words Mem0's clients ask for."""

    def health(self) -> Mapping[str, Any]:
        """Whether the stores answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One authorized call: who calls, the ids in the path, what is asked."""

    principal: Principal
    ids: Mapping[str, str]
    asked: Any

    @property
    def org(self) -> str:
        """The organization of the key."""
        return self.principal.org

    @property
    def id(self) -> str:
        """The `{id}` of the path."""
        return checked_id("the id in the path", self.ids["id"])

    @property
    def project(self) -> tuple[str, str]:
        """The organization and the project that the path names, else the key's own."""
        return self.ids.get("org", self.org), self.ids.get("id", self.org)


def _issue_key(service: Service, call: Call) -> Any:
    """A key hands on no more than it may do itself. Raises Forbidden."""
    beyond = sorted(call.asked.scopes - call.principal.scopes)
    if beyond:
        raise Forbidden(f"this key lacks {', '.join(beyond)} itself: it can't issue a key with it")
    return service.govern.create_key(call.org, call.asked)


CALLS: Mapping[str, Callable[[Service, Call], Any]] = {
    "ping": lambda service, call: service.ping(call.principal),
    "health": lambda service, call: service.health(),
    "add": lambda service, call: service.capture.add(call.org, call.asked),
    "working": lambda service, call: service.capture.working(call.org, call.asked),
    "attention": lambda service, call: service.capture.attention(call.org, call.asked),
    "close": lambda service, call: service.capture.close(call.org, call.asked),
    "flush": lambda service, call: service.flush.run(call.org, call.asked),
    "search": lambda service, call: service.retrieve.search(call.org, call.asked),
    "context": lambda service, call: service.retrieve.context(call.org, call.asked),
    "relations": lambda service, call: service.retrieve.relations(call.org, call.asked),
    "session": lambda service, call: service.retrieve.session(call.org, call.asked),
    "sessions": lambda service, call: service.retrieve.sessions(call.org, call.asked),
    "list": lambda service, call: service.govern.list(call.org, call.asked),
    "get": lambda service, call: service.govern.get(call.org, call.id),
    "update": lambda service, call: service.govern.update(call.org, call.id, call.asked),
    "delete": lambda service, call: service.govern.delete(call.org, call.id),
    "delete_all": lambda service, call: service.govern.delete_all(call.org, call.asked),
    "history": lambda service, call: service.govern.history(call.org, call.id),
    "restore": lambda service, call: service.govern.restore(call.org, call.id),
    "reveal": lambda service, call: service.govern.reveal(call.org, call.id),
    "event": lambda service, call: service.govern.event(call.org, call.id),
    "events": lambda service, call: service.govern.events(call.org, call.asked.limit),
    "batch_update": lambda service, call: service.govern.batch_update(call.org, call.asked),
    "batch_delete": lambda service, call: service.govern.batch_delete(call.org, call.asked),
    "feedback": lambda service, call: service.govern.feedback(call.org, call.asked),
    "entities": lambda service, call: service.govern.entities(call.org, call.asked),
    "delete_entity": lambda service, call: service.govern.delete_entity(
        call.org, call.ids["type"], call.id
    ),
    "project": lambda service, call: service.govern.project(call.org, call.project, call.asked),
    "update_project": lambda service, call: service.govern.update_project(
        call.org, call.project, call.asked
    ),
    "forget": lambda service, call: service.govern.forget(call.org, call.asked),
    "consent": lambda service, call: service.govern.consent(call.org, call.asked),
    "record_consent": lambda service, call: service.govern.record_consent(
        call.org, call.asked, call.principal.key_id
    ),
    "parked": lambda service, call: service.govern.parked(call.org),
    "redrive": lambda service, call: service.govern.redrive(call.org, call.asked),
    "import": lambda service, call: service.govern.take_over(call.org, call.asked),
    "create_export": lambda service, call: service.govern.create_export(call.org, call.asked),
    "export": lambda service, call: service.govern.export(
        call.org, call.id if "id" in call.ids else None, call.asked
    ),
    "org_add": lambda service, call: service.govern.org_add(call.org, call.asked),
    "org_list": lambda service, call: service.govern.org_list(call.org, call.asked),
    "org_update": lambda service, call: service.govern.org_update(call.org, call.id, call.asked),
    "org_retire": lambda service, call: service.govern.org_retire(call.org, call.id),
    "org_restore": lambda service, call: service.govern.org_restore(call.org, call.id),
    "create_key": _issue_key,
    "list_keys": lambda service, call: service.govern.list_keys(call.org),
    "revoke_key": lambda service, call: service.govern.revoke_key(call.org, call.id),
}
