"""A Lamella of its own, told a conversation of LoCoMo through the whole pipeline."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.locomo import Conversation, Said, Session
from lamella import Memory, keys
from lamella.api import Api
from lamella.client.transports import InProcess
from lamella.clock import MINUTE, system_clock
from lamella.models import Record
from lamella.ports import Query
from lamella.service import LOCAL, LOCAL_ORG, Service, open_local

PAGE = 200


@dataclass(frozen=True, slots=True)
class Lamella:
    """The embedded service, and the client that agents hold."""

    service: Service
    memory: Memory

    def stored(self, user: str) -> list[Record]:
        """The user's memories, as they lie in the table."""
        records: list[Record] = []
        after: str | None = None
        while True:
            query = Query(keys.owner_pk(LOCAL_ORG, f"u:{user}"), keys.MEMORIES, after=after)
            [page] = self.service.engines.table.read([query])
            records += [Record.from_body(item.body) for item in page.items]
            if not page.more:
                return records
            after = page.items[-1].key.sk

    def listed(self, user: str) -> list[dict[str, Any]]:
        """The user's memories, as `get_all` shows them."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.memory.get_all(user_id=user, page_size=PAGE, cursor=cursor)
            found += page["results"]
            cursor = page.get("cursor")
            if cursor is None:
                return found


@contextmanager
def opened() -> Iterator[Lamella]:
    """A Lamella in a folder that goes with it; nothing is promoted but by `flush`."""
    with TemporaryDirectory(prefix="lamella-bench-") as folder:
        service = open_local(folder, background=False)
        with closing(service):
            yield Lamella(service, Memory(transport=InProcess(Api(service), LOCAL)))


def remember(lamella: Lamella, conversation: Conversation) -> dict[str, Said]:
    """Tell it the conversation, one call a session; answers which turn each source id is."""
    told: dict[str, Said] = {}
    user = conversation.name
    for session in conversation.sessions:
        added = lamella.memory.add(
            messages(session), user_id=user, session_id=session.name, timestamp=session.date
        )
        sources = (f"{added['event_id']}-{place}" for place in range(len(session.turns)))
        told |= dict(zip(sources, session.turns, strict=True))
        lamella.memory.close(session.name, user_id=user)
        lamella.memory.flush(user_id=user)
    _settle(lamella)
    return told


def remember_verbatim(lamella: Lamella, conversation: Conversation) -> None:
    """Keep every turn as it is, a memory each, without any promotion."""
    for session in conversation.sessions:
        lamella.memory.add(
            messages(session), user_id=conversation.name, timestamp=session.date, infer=False
        )
        lamella.memory.flush(user_id=conversation.name)
    _settle(lamella)


def messages(session: Session) -> list[dict[str, str]]:
    """What was said, as agents hand it over: by a user and their assistant, or by two people."""
    return [
        {"role": one.speaker, "content": one.text}
        if one.speaker in ("user", "assistant")
        else {"role": "user", "name": one.speaker, "content": one.text}
        for one in session.turns
    ]


def _settle(lamella: Lamella) -> None:
    """Let the finished work be purged, as it is a minute later."""
    lamella.service.engines.table.tidy(system_clock() + MINUTE)
