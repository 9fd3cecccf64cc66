"""Import: memories taken over from elsewhere, under their own ids and with their own times.

Each memory is one commit, like any other: its locator keeps an id from being taken twice, its
guard keeps a content from being told twice. So the same import again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lamella import changes, guards, keys, permissions, policy, sessions
from lamella.clock import Clock
from lamella.consent import PURPOSE, consented
from lamella.errors import Invalid
from lamella.ids import Ids
from lamella.limits import check_commit
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.ports import Bus, Commit, Get, Item, Nudge, Operation, Put, Refusal, Table
from lamella.privacy import drop_secrets, redact_pii
from lamella.requests import ImportRequest, parse
from lamella.requests.imports import ImportedChange, ImportedMemory
from lamella.results import Wire
from lamella.scopes import Kind, Layer
from lamella.scrub import scrub
from lamella.settings import Settings
from lamella.text import names, tokens
from lamella.verbatim import within


class Refused(Exception):
    """A memory isn't taken over: `reason` in a word, `detail` for people, without its text."""

    def __init__(self, reason: str, detail: str | None = None, holder: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail
        self.holder = holder


@dataclass(slots=True)
class _Arrival:
    """A memory on its way in: its place in the call, and contents found to be nobody's any more."""

    place: int
    record: Record
    commit: Commit
    history: Sequence[Operation]
    dropped: tuple[str, ...]
    dead: list[str] = field(default_factory=list)


class Imports:
    """The use case behind `import`."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        secrets: OrgSecrets,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._secrets = secrets
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def take(self, org: str, call: ImportRequest) -> Wire:
        """What became of each memory, in the order given.

        `event` is ADD, or NONE with a `reason`: known (it is here under this id already), taken
        (the id is another memory's), duplicate (`holder` says the same), secret, expired,
        forgotten, consent, conflict or invalid (`detail` says why).
        """
        now = self._clock()
        outcomes: dict[int, Wire] = {}
        waiting: list[_Arrival] = []
        for place, raw in enumerate(call.memories):
            try:
                waiting.append(self._arrival(org, place, raw, now))
            except Refused as refused:
                outcomes[place] = _refusal(raw.get("id"), refused)
        while waiting:
            waiting = self._round(org, waiting, outcomes, now)
        return {"results": [outcomes[place] for place in sorted(outcomes)]}

    def _arrival(self, org: str, place: int, raw: Wire, now: int) -> _Arrival:
        """Raises Refused for what no store needs to be asked about."""
        try:
            asked = parse(ImportedMemory, raw)
            for said_at in (asked.created_at, asked.updated_at, asked.said_at):
                policy.refuse_future(said_at or now, now)
        except Invalid as exc:
            raise Refused("invalid", exc.detail) from None
        if asked.expires_at is not None and asked.expires_at <= now:
            raise Refused("expired")
        _, found = drop_secrets(asked.text)
        if found:
            raise Refused("secret", ", ".join(found))
        record, dropped = self._record(org, asked, now)
        history, also = self._history(org, record, asked.history)
        arrival = _Arrival(place, record, (), history, tuple(dict.fromkeys((*dropped, *also))))
        arrival.commit = self._commit(org, arrival, now)
        try:
            check_commit(arrival.commit)
        except Invalid as exc:
            raise Refused("invalid", exc.detail) from None
        return arrival

    def _record(self, org: str, asked: ImportedMemory, now: int) -> tuple[Record, tuple[str, ...]]:
        layer = self._layer(org, asked)
        text = asked.text if layer == Layer.SESSION else redact_pii(asked.text)[0]
        metadata, dropped = scrub(asked.metadata)
        categories, also = scrub(asked.categories)
        created = now if asked.created_at is None else asked.created_at
        default = self._settings.user_lifetime if layer == Layer.USER else None
        record = Record(
            id=asked.id,
            owner=asked.scope.owner,
            layer=layer.value,
            kind=_kind(asked, layer).value,
            text=text,
            created_at=created,
            updated_at=created if asked.updated_at is None else asked.updated_at,
            captured_at=now,
            said_at=created if asked.said_at is None else asked.said_at,
            version=now,
            metadata=metadata,
            categories=tuple(categories),
            words=tuple(tokens(text)),
            entities=names(text),
            expires_at=policy.expiry(now, default, self._settings.max_lifetime, asked.expires_at),
            immutable=asked.immutable,
            guard=policy.content_guard(self._secrets.of(org), layer, text, within(asked.scope)),
            **asked.scope.ids,
        )
        return record, (*dropped, *also)

    def _layer(self, org: str, asked: ImportedMemory) -> Layer:
        agreed = consented(self._table, self._settings, org, asked.scope.owner)
        layer = policy.layer_for(True, asked.scope, asked.layer, agreed)
        if layer is None:
            raise Refused("consent")
        return layer

    def _history(
        self, org: str, record: Record, told: Sequence[ImportedChange]
    ) -> tuple[list[Operation], tuple[str, ...]]:
        """The entries as given, oldest first, else that it was added; secrets leave them too."""
        added = ImportedChange(
            id=self._ids(),
            event="ADD",
            at=record.created_at,
            new_memory=record.text,
            metadata=dict(record.metadata),
            categories=record.categories,
        )
        entries: list[Operation] = []
        types: dict[str, None] = {}
        for change in sorted(told, key=lambda change: change.at) or [added]:
            entry, found = _entry(org, record, change, self._ids())
            entries.append(entry)
            types |= dict.fromkeys(found)
        return entries, tuple(types)

    def _commit(self, org: str, arrival: _Arrival, now: int) -> Commit:
        record, outbox = arrival.record, self._ids()
        created = changes.create(org, record, outbox, guards.free(now, arrival.dead), now)
        own_entry = keys.history(org, record.owner, record.id, outbox)
        # What was said before its owner was forgotten stays forgotten, whenever it arrives.
        permitted = permissions.checks(
            org,
            record.owner,
            record.layer,
            record.created_at,
            self._settings.consent == "required",
        )
        kept = [operation for operation in created if operation.key != own_entry]
        return (*permitted, *kept, *arrival.history)

    def _round(
        self, org: str, waiting: Sequence[_Arrival], outcomes: dict[int, Wire], now: int
    ) -> list[_Arrival]:
        """Write those that can't meet each other; answers who has to try (again)."""
        first, later = _apart(waiting)
        commits = [arrival.commit for arrival in first]
        refusals = self._table.write([*commits, *self._beside(org, first, now)])
        for arrival, refusal in zip(first, refusals, strict=False):
            if refusal is None:
                outcomes[arrival.place] = _added(arrival)
                continue
            try:
                self._learn(org, arrival, refusal, now)
            except Refused as refused:
                outcomes[arrival.place] = _refusal(arrival.record.id, refused)
            else:
                arrival.commit = self._commit(org, arrival, now)
                later.append(arrival)
        written = [
            a.record.owner for a, refusal in zip(first, refusals, strict=False) if not refusal
        ]
        self._bus.publish([Nudge(org, owner) for owner in dict.fromkeys(written)])
        return later

    def _beside(self, org: str, arrivals: Sequence[_Arrival], now: int) -> list[Commit]:
        """That their owners and sessions are there; each once."""
        scopes = dict.fromkeys(arrival.record.scope for arrival in arrivals)
        notes = [a.record.scope for a in arrivals if a.record.layer == Layer.SESSION]
        touched = [
            sessions.touch(org, scope, now, self._settings) for scope in dict.fromkeys(notes)
        ]
        return [
            *(commit for commits in touched for commit in commits),
            *(changes.directory_entry(org, scope.owner, now, [scope]) for scope in scopes),
        ]

    def _learn(self, org: str, arrival: _Arrival, refusal: Refusal, now: int) -> None:
        """Raises Refused, unless the content's holder is no more."""
        record, key = arrival.record, arrival.commit[refusal.operation].key
        if key == keys.tombstone(org, record.owner):
            raise Refused("forgotten")
        if key == keys.consent(org, record.owner, PURPOSE):
            raise Refused("consent")
        [page] = self._table.read([Get(keys.locator(org, record.id))])
        if page.first is not None:
            raise Refused("known" if page.first.body["owner"] == record.owner else "taken")
        if refusal.current is None or "id" not in refusal.current.body:
            raise Refused("conflict", "another change came between: import it again")
        holder = guards.holder(self._table, org, record.owner, refusal.current, now)
        if holder is not None:
            raise Refused("duplicate", holder=holder.id)
        arrival.dead.append(refusal.current.body["id"])


def _kind(asked: ImportedMemory, layer: Layer) -> Kind:
    """Notes are what a session holds, and nothing else is."""
    if layer == Layer.SESSION:
        return Kind.NOTE
    return Kind(asked.kind) if asked.kind not in (None, Kind.NOTE) else Kind.FACTUAL


def _apart(waiting: Sequence[_Arrival]) -> tuple[list[_Arrival], list[_Arrival]]:
    """Those with an id and a content of their own, and those who come after them."""
    first: list[_Arrival] = []
    later: list[_Arrival] = []
    ids: set[str] = set()
    contents: set[tuple[str, str | None]] = set()
    for arrival in waiting:
        content = (arrival.record.owner, arrival.record.guard)
        alone = arrival.record.id not in ids and content not in contents
        (first if alone else later).append(arrival)
        ids.add(arrival.record.id)
        contents.add(content)
    return first, later


def _entry(
    org: str, record: Record, change: ImportedChange, id: str
) -> tuple[Put, tuple[str, ...]]:
    """A history entry under a new key, which keeps their order, and the secrets that left it."""
    told, found = scrub(change.model_dump(include={"old_memory", "new_memory", "metadata"}))
    categories, also = scrub(change.categories)
    if record.layer != Layer.SESSION:
        for name in ("old_memory", "new_memory"):
            told[name] = told[name] and redact_pii(told[name])[0]
    body = {
        "id": change.id,
        "memory_id": record.id,
        "event": change.event,
        "old_memory": told["old_memory"],
        "new_memory": told["new_memory"],
        "record": record.scope.ids
        | {"categories": categories, "metadata": told["metadata"] or None},
        "at": change.at,
        "captured_at": record.captured_at,
    }
    return Put(Item(keys.history(org, record.owner, record.id, id), body)), (*found, *also)


def _added(arrival: _Arrival) -> Wire:
    dropped = list(arrival.dropped)
    return {"id": arrival.record.id, "event": "ADD", "layer": arrival.record.layer} | (
        {"dropped": dropped} if dropped else {}
    )


def _refusal(id: object, refused: Refused) -> Wire:
    told = {"id": id, "event": "NONE", "reason": refused.reason}
    beside = {"detail": refused.detail, "holder": refused.holder}
    return told | {name: value for name, value in beside.items() if value is not None}
