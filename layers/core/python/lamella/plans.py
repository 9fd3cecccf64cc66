"""A promotion's plan: what will be remembered, fixed before the first write.

Ids, times and wording stand in it, so recovery replays the plan instead of asking the extractor
again, and a model's second wording cannot double anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any, NamedTuple

from lamella import keys, policy
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.ids import Ids
from lamella.inflight import InFlight
from lamella.limits import encoded
from lamella.lines import worded
from lamella.models import Fact, Record, Stored
from lamella.personal import REFUSED, Discreet
from lamella.ports import Delete, Item, Key, Present, Put, Update
from lamella.scopes import Kind, Layer
from lamella.settings import Settings
from lamella.text import names
from lamella.values import dataclass

MAX_ITEMS = 40
MAX_TURNS = 400
MAX_BYTES = 150_000
"""How many calls one portion of work holds, how many turns, and how much text and metadata …"""

MAX_PLANNED_BYTES = 150_000
"""… and how much of what it yields lies in one plan: a store takes 400 KB an item."""


Clean = Callable[[Any], Discreet]
"""A text, or plain JSON, as it may leave its session."""


@dataclass(frozen=True, slots=True)
class Plan(Stored):
    """The memories to place, the in-flight items they finish, and the results known already.

    `skipped` are facts that policy kept out, as results. `ending` is the in-flight item whose
    session ends with this plan. What yields much is planned in several, of which the last alone
    `finishes` the items. `discreet` is the metadata of items whose own holds personal data, for
    memories that leave their session.
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
    discreet: Mapping[str, Any] = field(default_factory=dict)

    @property
    def records(self) -> list[Record]:
        """The planned memories, in order of their turns: words and metadata aren't stored twice."""
        metadata = {item.id: _kept(item.metadata) for item in self.sources}
        return [self._record(memory, metadata.get(memory["of"], {})) for memory in self.memories]

    def _record(self, memory: Mapping[str, Any], metadata: Mapping[str, Any]) -> Record:
        words, breaks = worded(memory["text"])
        kept: dict[str, Any] = {"words": words, "breaks": breaks, "metadata": metadata}
        clean = self.discreet.get(memory["of"])
        if clean is not None and memory["layer"] != Layer.SESSION:
            sealed = {**memory.get("sealed", {}), **clean["sealed"]}
            kept = {**kept, "metadata": clean["metadata"], "sealed": sealed}
        return Record.from_body({**memory, **kept})

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
        clean: Clean,
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
            told = _shared(fact, secret, clean) if layer == Layer.USER else _Told(fact)
            if layer is None:
                skipped.append(_kept_out(fact, "consent"))
            elif not guidance.admits(fact.text, fact.guided):
                skipped.append(_kept_out(fact, "excluded"))
            elif told.refused:
                skipped.append(_kept_out(fact, REFUSED))
            else:
                made = self._memory(told, item, layer, secret, now)
                record = replace(made, categories=guidance.sorted_into(made.text, fact.categories))
                memories.append(record.body() | {"of": item.id})
        discreet = _discreet_metadata(items, clean)
        first = ending or items[0]
        *early, last = [self._part(first, items, some, discreet) for some in _parts(memories)]
        kept_out = (*skipped, *_silent(facts, items))
        ends = without_text(ending) if ending else None
        return [
            *(replace(plan, finishes=False) for plan in early),
            replace(last, skipped=kept_out, ending=ends),
        ]

    def _part(
        self,
        first: InFlight,
        items: Sequence[InFlight],
        memories: Sequence[Mapping[str, Any]],
        discreet: Mapping[str, Any],
    ) -> Plan:
        return Plan(
            id=self._ids(),
            org=first.org,
            owner=first.owner,
            items=tuple(without_text(item) for item in items),
            memories=tuple(memories),
            discreet=discreet,
        )

    def _memory(self, told: _Told, item: InFlight, layer: Layer, secret: bytes, now: int) -> Record:
        fact = told.fact
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
            topics=fact.topics,
            subject=fact.subject if fact.slot or fact.topics else None,
            triple=fact.triple if layer == Layer.USER else None,
            within=within,
            guard=policy.content_guard(secret, layer, fact.text, within),
            immutable=item.immutable,
            sealed=told.sealed,
        )

    def _expires_at(self, item: InFlight, layer: Layer) -> int | None:
        if item.expires_at is not None or layer == Layer.SESSION:
            return item.expires_at
        lifetime, at_most = self._settings.user_lifetime, self._settings.max_lifetime
        return policy.expiry(item.captured_at, lifetime, at_most)


def _kept_out(fact: Fact, reason: str) -> dict[str, Any]:
    return {"event": "NONE", "reason": reason, "sources": list(fact.sources)}


class _Told(NamedTuple):
    """A fact as its layer may keep it, and what was sealed or found to be dropped on the way."""

    fact: Fact
    sealed: Mapping[str, str] = {}
    refused: str | None = None


def _shared(fact: Fact, secret: bytes, clean: Clean) -> _Told:
    """The fact as it may leave its session: without personal data in it or beside it.

    A subject that is personal data, such as a speaker known by an address, gets a pseudonym:
    people's slots stay apart.
    """
    text = clean(fact.text)
    told = len(fact.topics)
    beside = clean([fact.speaker, fact.slot, fact.subject, *fact.topics, *(fact.triple or ())])
    speaker, slot, subject, *others = beside.told
    topics, triple = others[:told], others[told:]
    if subject != fact.subject:
        subject = policy.content_guard(secret, "subject", fact.subject or "")[:16]
    shared = replace(
        fact,
        text=text.told,
        speaker=speaker,
        slot=slot,
        topics=tuple(topics),
        subject=subject,
        entities=tuple(name for name in fact.entities if name in text.told),
        triple=(triple[0], triple[1], triple[2]) if triple else None,
    )
    return _Told(shared, {**text.sealed, **beside.sealed}, text.refused)


def _discreet_metadata(items: Sequence[InFlight], clean: Clean) -> dict[str, Any]:
    """The metadata of those items whose own may not leave its session as it is."""
    own = {item.id: _kept(item.metadata) for item in items}
    told = {id: clean(metadata) for id, metadata in own.items()}
    return {
        id: {"metadata": one.told, "sealed": dict(one.sealed)}
        for id, one in told.items()
        if one.told != own[id]
    }


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
