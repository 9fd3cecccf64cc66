"""Memories that arrive from elsewhere: read, checked, and made into the commits that store them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lamella import changes, guards, keys, permissions, policy
from lamella.consent import consented, required
from lamella.errors import Invalid
from lamella.ids import Ids
from lamella.limits import check_commit
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.personal import REFUSED, Discreet, Personal
from lamella.ports import Commit, Item, Operation, Put, Table
from lamella.privacy import drop_secrets, redact_pii
from lamella.requests import parse
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
class Arrival:
    """A memory on its way in: its place in the call, and contents found to be nobody's any more."""

    place: int
    record: Record
    commit: Commit
    history: Sequence[Operation]
    dropped: tuple[str, ...]
    dead: list[str] = field(default_factory=list)


class Arrivals:
    """Turns what a call says about a memory into its record, its history and its commit."""

    def __init__(
        self, table: Table, secrets: OrgSecrets, personal: Personal, settings: Settings, ids: Ids
    ) -> None:
        self._table = table
        self._secrets = secrets
        self._personal = personal
        self._settings = settings
        self._ids = ids

    def read(self, org: str, place: int, raw: Wire, now: int) -> Arrival:
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
        arrival = Arrival(place, record, (), history, tuple(dict.fromkeys((*dropped, *also))))
        arrival.commit = self.commit(org, arrival, now)
        try:
            check_commit(arrival.commit)
        except Invalid as exc:
            raise Refused("invalid", exc.detail) from None
        return arrival

    def _record(self, org: str, asked: ImportedMemory, now: int) -> tuple[Record, tuple[str, ...]]:
        layer = self._layer(org, asked)
        scrubbed, dropped = scrub(asked.metadata)
        told = [asked.text, scrubbed]
        clean = Discreet(told) if layer == Layer.SESSION else self._personal.discreet(org, told)
        if clean.refused:
            raise Refused(REFUSED, clean.refused)
        text, metadata = clean.told
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
            within=within(asked.scope),
            guard=policy.content_guard(self._secrets.of(org), layer, text, within(asked.scope)),
            sealed=clean.sealed,
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

    def commit(self, org: str, arrival: Arrival, now: int) -> Commit:
        """All of the memory at once, as long as nobody else has its id or its content."""
        record, outbox = arrival.record, self._ids()
        created = changes.create(org, record, outbox, guards.free(now, arrival.dead), now)
        own_entry = keys.history(org, record.owner, record.id, outbox)
        # What was said before its owner was forgotten stays forgotten, whenever it arrives.
        permitted = permissions.checks(
            org,
            record.owner,
            record.layer,
            record.created_at,
            required(self._settings),
        )
        kept = [operation for operation in created if operation.key != own_entry]
        return (*permitted, *kept, *arrival.history)


def _kind(asked: ImportedMemory, layer: Layer) -> Kind:
    """Notes are what a session holds, and nothing else is."""
    if layer == Layer.SESSION:
        return Kind.NOTE
    return Kind(asked.kind) if asked.kind not in (None, Kind.NOTE) else Kind.FACTUAL


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
        "record": record.body() | {"categories": categories, "metadata": told["metadata"] or None},
        "at": change.at,
        "captured_at": record.captured_at,
    }
    return Put(Item(keys.history(org, record.owner, record.id, id), body)), (*found, *also)
