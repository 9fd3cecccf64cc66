"""`infer=False`: the messages themselves become memories, at once, in the layer the ids name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lamella import changes, guards, keys, permissions, policy, sessions
from lamella.clock import Clock
from lamella.consent import PURPOSE, consented, required
from lamella.errors import Conflict, Forbidden
from lamella.ids import Ids
from lamella.models import Record, Role
from lamella.org_secret import OrgSecrets
from lamella.personal import Discreet, Personal
from lamella.ports import Bus, Commit, Item, Key, Nudge, Table
from lamella.receipts import SUCCEEDED, Receipt
from lamella.results import Captured, Wire
from lamella.scopes import Kind, Layer, Scope
from lamella.settings import Settings
from lamella.text import names, tokens

if TYPE_CHECKING:
    from lamella.requests import AddRequest, Message

PER_COMMIT = 15
NO_CONSENT = "consent to remember is required here and none is recorded"


@dataclass(slots=True)
class _Claims:
    """The contents one commit wants to hold, and what its refusals have taught so far."""

    org: str
    scope: Scope
    at: int
    records: Sequence[Record]
    holders: dict[Key, str] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)

    def guard(self, record: Record) -> Key:
        return keys.guard(self.org, record.owner, record.guard or "")

    def fresh(self) -> list[Record]:
        """The records to write: the first of each content that nobody else holds."""
        first: dict[Key, Record] = {}
        for record in self.records:
            first.setdefault(self.guard(record), record)
        return [record for key, record in first.items() if key not in self.holders]

    def answers(self) -> list[Wire]:
        """What became of each record."""
        first: dict[Key, str] = dict(self.holders)
        told = []
        for record in self.records:
            twin = first.setdefault(self.guard(record), record.id)
            told.append(_result(record, twin if twin != record.id else None))
        return told


class Verbatim:
    """Writes messages as memories; 15 of them are one commit, a longer call is several in order."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        secrets: OrgSecrets,
        personal: Personal,
        settings: Settings,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._table = table
        self._bus = bus
        self._secrets = secrets
        self._personal = personal
        self._settings = settings
        self._clock = clock
        self._ids = ids

    def add(
        self, org: str, call: AddRequest, receipt: Receipt, beside: Commit
    ) -> Captured | Receipt:
        """Store each lasting message that isn't the system's; what is held already isn't doubled.

        `beside` is what the call leaves in its session, written with the receipt. Answers the
        earlier Receipt where this call was accepted before. Raises Forbidden where the user layer
        is asked for and consent is missing, Invalid for personal data that is to be dropped,
        Conflict where the owner was forgotten meanwhile.
        """
        layer = self._layer(org, call)
        records = [
            self._record(org, call, layer, message, f"{receipt.id}-{place}", receipt.created_at)
            for place, message in enumerate(call.messages)
            if message.role != Role.SYSTEM and not message.fleeting
        ]
        parts = [records[at : at + PER_COMMIT] for at in range(0, len(records), PER_COMMIT)]
        if beside or not parts:
            parts.append([])
        results: list[Wire] = []
        for part in parts:
            claims = _Claims(org, call.scope, receipt.created_at, part)
            last = part is parts[-1]
            earlier = self._store(
                claims, results, receipt if last else None, beside if last else ()
            )
            if earlier is not None:
                return earlier
        self._bus.publish([Nudge(org, call.scope.owner)])
        return Captured(receipt.id, SUCCEEDED, results, receipt.dropped)

    def _layer(self, org: str, call: AddRequest) -> Layer:
        asked = policy.asked_layer(call.metadata, call.scope)
        agreed = consented(self._table, self._settings, org, call.scope.owner)
        layer = policy.layer_for(True, call.scope, asked, agreed)
        if layer is None:
            raise Forbidden(NO_CONSENT)
        return layer

    def _record(
        self, org: str, call: AddRequest, layer: Layer, message: Message, source: str, now: int
    ) -> Record:
        said = [message.text, message.name, call.metadata]
        clean = Discreet(said) if layer == Layer.SESSION else self._personal.agreed(org, said)
        text, speaker, metadata = clean.told
        default = self._settings.user_lifetime if layer == Layer.USER else None
        return Record(
            id=self._ids(),
            owner=call.scope.owner,
            layer=layer.value,
            kind=(Kind.FACTUAL if layer == Layer.USER else Kind.NOTE).value,
            text=text,
            created_at=now,
            updated_at=now,
            captured_at=now,
            said_at=call.said_at or now,
            version=now,
            user_id=call.user_id,
            agent_id=call.agent_id,
            app_id=call.app_id,
            session_id=call.session_id,
            metadata=metadata,
            words=tuple(tokens(text)),
            entities=names(text),
            speaker=speaker,
            sources=(source,),
            expires_at=policy.expiry(
                now, default, self._settings.max_lifetime, call.expires_at, call.lifetime_ms
            ),
            immutable=call.immutable,
            within=within(call.scope),
            guard=policy.content_guard(self._secrets.of(org), layer, text, within(call.scope)),
            sealed=clean.sealed,
        )

    def _store(
        self, claims: _Claims, results: list[Wire], receipt: Receipt | None, beside: Commit
    ) -> Receipt | None:
        """Write the claims in one commit, giving way to whoever holds a content already."""
        while True:
            answers = claims.answers()
            commit = self._commit(claims)
            if receipt is not None:
                told = tuple(map(_without_text, (*results, *answers)))
                done = replace(
                    receipt, status=SUCCEEDED, results=told, completed_at=receipt.created_at
                )
                commit = (done.put(self._settings.receipt_lifetime), *beside, *commit)
            refused = self._write(claims, commit)
            if refused is None:
                results.extend(answers)
                return None
            key, current = refused
            if receipt is not None and current and key == keys.receipt(claims.org, receipt.id):
                return Receipt.from_body(current.body)
            self._learn(claims, key, current)

    def _commit(self, claims: _Claims) -> Commit:
        free, fresh = guards.free(self._clock(), claims.dead), claims.fresh()
        owner, needs_consent = claims.scope.owner, required(self._settings)
        permitted = [
            check
            for layer in {record.layer for record in fresh}
            for check in permissions.checks(claims.org, owner, layer, claims.at, needs_consent)
        ]
        return tuple(permitted) + tuple(
            operation
            for record in fresh
            for operation in changes.create(
                claims.org, record, self._ids(), free, record.created_at
            )
        )

    def _write(self, claims: _Claims, commit: Commit) -> tuple[Key, Item | None] | None:
        if not commit:
            return None
        org, scope, at = claims.org, claims.scope, claims.at
        directory = changes.directory_entries(org, scope.owner, at, claims.fresh())
        commits = [commit, *directory]
        refused = sessions.touched(self._table, commits, org, scope, at, self._settings)[0]
        return (commit[refused.operation].key, refused.current) if refused else None

    def _learn(self, claims: _Claims, key: Key, current: Item | None) -> None:
        """Give way to who holds a content. Raises where the commit may not, or can't, stand."""
        org, owner = claims.org, claims.scope.owner
        if key == keys.consent(org, owner, PURPOSE):
            raise Forbidden(NO_CONSENT)
        if key == keys.tombstone(org, owner):
            raise Conflict(
                f"{owner[2:]} was forgotten while this call was on its way: send it again"
            )
        if current is None:
            raise Conflict("this call met another change of the same memories: send it again")
        alive = guards.holder(self._table, org, owner, current, self._clock())
        if alive is not None:
            claims.holders[key] = alive.id
        else:
            claims.dead.append(current.body["id"])


def within(scope: Scope) -> tuple[str, ...]:
    """The ids beside the owner that tell one content from another: who asks for them finds it.

    Without any it is the content that promotion would guard, and so one memory with it.
    """
    marked = (f"a:{scope.agent_id or ''}", f"p:{scope.app_id or ''}")
    beside = [one for one in marked if len(one) > 2 and one != scope.owner]
    return (scope.session, *beside) if scope.session or beside else ()


def _result(record: Record, holder: str | None) -> Wire:
    return {
        "id": holder or record.id,
        "memory": record.text,
        "data": {"memory": record.text},
        "event": "NONE" if holder else "ADD",
        "layer": str(record.layer),
        "kind": str(record.kind),
        "reason": "duplicate" if holder else None,
    }


def _without_text(result: Wire) -> Wire:
    """A result as a receipt may keep it."""
    return {name: value for name, value in result.items() if name not in ("memory", "data")}
