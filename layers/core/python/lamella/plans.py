"""A promotion's plan: what will be remembered, fixed before the first write.

Ids, times and wording stand in it, so recovery replays the plan instead of asking the extractor
again, and a model's second wording cannot double anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lamella import keys, policy
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.ids import Ids
from lamella.inflight import InFlight
from lamella.limits import encoded
from lamella.models import Fact, Record, Stored
from lamella.ports import Delete, Item, Key, Present, Put, Update
from lamella.privacy import redact_pii
from lamella.scopes import Kind, Layer
from lamella.settings import Settings
from lamella.text import names, tokens

MAX_ITEMS = 40
MAX_TURNS = 400
MAX_BYTES = 150_000
"""How many calls one portion of work holds, how many turns, and how much text and metadata …"""

MAX_PLANNED_BYTES = 150_000
"""… and how much of what it yields lies in one plan: a store takes 400 KB an item."""


@dataclass(frozen=True, slots=True)
class Plan(Stored):
    """The memories to place, the in-flight items they finish, and the results known already.

    `skipped` are facts that policy kept out, as results. `ending` is the in-flight item whose
    session ends with this plan. What yields much is planned in several, of which the last alone
    `finishes` the items.
    """

    id: str
    org: str
    owner: str
    items: tuple[Mapping[str, Any], ...] = ()
    memories: tuple[Mapping[str, Any], ...] = ()
    skipped: tuple[Mapping[str, Any], ...] = ()
    ending: Mapping[str, Any] | None = None
    attempts: int = 0
    finishes: bool = True

    @property
    def records(self) -> list[Record]:
        """The planned memories, in order of their turns: words and metadata aren't stored twice."""
        metadata = {item.id: _kept(item.metadata) for item in self.sources}
        return [
            replace(
                Record.from_body(memory),
                words=tuple(tokens(memory["text"])),
                metadata=metadata.get(memory["of"], {}),
            )
            for memory in self.memories
        ]

    @property
    def sources(self) -> list[InFlight]:
        """The in-flight items that this plan finishes; their text isn't repeated here."""
        return [InFlight.from_body(item) for item in self.items]

    @property
    def key(self) -> Key:
        """Where it lies in the owner's partition."""
        return keys.plan(self.org, self.owner, self.id)

    def put(self) -> Put:
        """Persist it."""
        return Put(Item(self.key, self.body()))

    def without(self, ids: Sequence[str]) -> Update:
        """Take memories out of it that were deleted before they were placed."""
        kept = [dict(memory) for memory in self.memories if memory["id"] not in ids]
        return Update(self.key, {"memories": kept}, Present())

    def drop(self) -> Delete:
        """Remove it, with the commit that closes it."""
        return Delete(self.key)


def without_text(item: InFlight) -> dict[str, Any]:
    """An in-flight item as a plan keeps it: ids, times and metadata."""
    return replace(item, turns=(), guidance={}).body()


class Planner:
    """Turns facts into planned memories: layer, kind, policy, lifetime, guard, slot."""

    def __init__(self, settings: Settings, ids: Ids) -> None:
        self._settings = settings
        self._ids = ids

    def plan(
        self,
        facts: Sequence[tuple[Fact, InFlight]],
        items: Sequence[InFlight],
        secret: bytes,
        consent: bool,
        now: int,
        ending: InFlight | None = None,
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Plan]:
        """The plans for `facts`, each fact with the in-flight item it came from."""
        memories: list[dict[str, Any]] = []
        skipped: list[dict[str, Any]] = []
        for fact, item in facts:
            layer = policy.layer_for(fact.durable, item.scope, item.layer, consent)
            if layer is None:
                skipped.append(_kept_out(fact, "consent"))
            elif not guidance.admits(fact.text, fact.guided):
                skipped.append(_kept_out(fact, "excluded"))
            else:
                made = self._memory(fact, item, layer, secret, now)
                record = replace(made, categories=guidance.sorted_into(made.text, fact.categories))
                memories.append(record.body() | {"of": item.id})
        *early, last = [self._part(ending or items[0], items, some) for some in _parts(memories)]
        told = (*skipped, *_silent(facts, items))
        ends = without_text(ending) if ending else None
        return [
            *(replace(plan, finishes=False) for plan in early),
            replace(last, skipped=told, ending=ends),
        ]

    def _part(
        self, first: InFlight, items: Sequence[InFlight], memories: Sequence[Mapping[str, Any]]
    ) -> Plan:
        return Plan(
            id=self._ids(),
            org=first.org,
            owner=first.owner,
            items=tuple(without_text(item) for item in items),
            memories=tuple(memories),
        )

    def _memory(self, fact: Fact, item: InFlight, layer: Layer, secret: bytes, now: int) -> Record:
        fact = fact if layer == Layer.SESSION else _shared(fact, secret)
        within = (item.session_id or "",) if layer == Layer.SESSION else ()
        return Record(
            id=self._ids(),
            owner=item.owner,
            layer=layer.value,
            kind=_kind(fact, layer),
            text=fact.text,
            created_at=fact.said_at,
            updated_at=now,
            captured_at=item.captured_at,
            said_at=fact.said_at,
            version=now,
            user_id=item.user_id,
            agent_id=item.agent_id,
            app_id=item.app_id,
            session_id=item.session_id,
            entities=fact.entities or names(fact.text),
            speaker=fact.speaker,
            sources=fact.sources,
            expires_at=self._expires_at(item, layer),
            slot=fact.slot,
            subject=fact.subject if fact.slot else None,
            triple=fact.triple if layer == Layer.USER else None,
            within=within,
            guard=policy.content_guard(secret, layer, fact.text, within),
            immutable=item.immutable,
        )

    def _expires_at(self, item: InFlight, layer: Layer) -> int | None:
        if item.expires_at is not None or layer == Layer.SESSION:
            return item.expires_at
        lifetime, at_most = self._settings.user_lifetime, self._settings.max_lifetime
        return policy.expiry(item.captured_at, lifetime, at_most)


def _kept_out(fact: Fact, reason: str) -> dict[str, Any]:
    return {"event": "NONE", "reason": reason, "sources": list(fact.sources)}


def _shared(fact: Fact, secret: bytes) -> Fact:
    """The fact as it may leave its session: without personal data in it or beside it.

    A subject that is personal data, such as a speaker known by an address, gets a pseudonym:
    people's slots stay apart.
    """
    text, subject = redact_pii(fact.text)[0], fact.subject
    if subject and redact_pii(subject)[1]:
        subject = policy.content_guard(secret, "subject", subject)[:16]
    return replace(
        fact,
        text=text,
        speaker=redact_pii(fact.speaker)[0] if fact.speaker else None,
        subject=subject,
        slot=redact_pii(fact.slot)[0] if fact.slot else None,
        entities=tuple(name for name in fact.entities if name in text),
        triple=_redacted(fact.triple) if fact.triple else None,
    )


def _redacted(triple: tuple[str, str, str]) -> tuple[str, str, str]:
    subject, predicate, object_ = triple
    return redact_pii(subject)[0], predicate, redact_pii(object_)[0]


def _kept(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in metadata.items() if name != "layer"}


def _parts(memories: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The memories in order, in as many lists as plans can hold them; at least one, maybe empty."""
    parts: list[list[dict[str, Any]]] = [[]]
    filled = 0
    for memory in memories:
        size = len(encoded(memory).encode())
        if parts[-1] and filled + size > MAX_PLANNED_BYTES:
            parts.append([])
            filled = 0
        parts[-1].append(memory)
        filled += size
    return parts


def _kind(fact: Fact, layer: Layer) -> str:
    if layer == Layer.SESSION:
        return Kind.NOTE.value
    return Kind.FACTUAL.value if fact.kind == Kind.NOTE else str(fact.kind)


def _silent(
    facts: Sequence[tuple[Fact, InFlight]], items: Sequence[InFlight]
) -> list[dict[str, Any]]:
    """A result for the turns that yielded nothing, so that a caller is told why."""
    told = {source for fact, _ in facts for source in fact.sources}
    return [
        {"event": "NONE", "reason": "nothing to keep", "sources": [turn["id"]]}
        for item in items
        for turn in item.turns
        if turn["id"] not in told
    ]
