"""Capture: accept what was said, keep it durably in one round of writes, and nudge promotion.

It calls no model and no index. Turns, in-flight items and the receipt stand or fall together;
the session's META and pointers are written beside them, because promotion can rebuild those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lamella import blocks, keys, policy, receipts, sessions
from lamella.clock import Clock
from lamella.closing import Closing
from lamella.errors import Conflict, Invalid
from lamella.guidance import INSTRUCTIONS
from lamella.ids import Ids
from lamella.inflight import InFlight
from lamella.models import Role, Turn
from lamella.org_secret import OrgSecrets
from lamella.personal import Personal
from lamella.ports import Bus, Commit, Get, Nudge, Put, Table
from lamella.receipts import PENDING, SUCCEEDED, Receipt
from lamella.results import Captured, Wire
from lamella.scopes import Kind, Layer, Scope
from lamella.scrub import scrub
from lamella.settings import Settings
from lamella.verbatim import Verbatim
from lamella.working import ATTENTION, Working

if TYPE_CHECKING:
    from lamella.requests import AddRequest, AttentionRequest, CloseRequest, Message, WorkingRequest

MAX_WORKING_ITEMS = 40

Wait = Callable[[str, str, int], Receipt]
"""(organization, event id, for at most so long) → the receipt as it then stands."""


class Capture:
    """The use case behind `add`, `working`, `attention` and `close`."""

    def __init__(
        self,
        table: Table,
        bus: Bus,
        secrets: OrgSecrets,
        personal: Personal,
        wait: Wait,
        settings: Settings,
        clock: Clock,
        ids: Ids,
        reads_instructions: bool,
    ) -> None:
        self._table = table
        self._bus = bus
        self._secrets = secrets
        self._wait = wait
        self._settings = settings
        self._clock = clock
        self._ids = ids
        self._reads_instructions = reads_instructions
        self._verbatim = Verbatim(table, bus, secrets, personal, settings, clock, ids)
        self._closing = Closing(table, bus, settings, clock, ids)

    def add(self, org: str, call: AddRequest) -> Captured:
        """Accept a call's messages, working items and attention.

        Raises Invalid for a bad layer, a future timestamp or a past expiry, and Conflict when the
        idempotency key was used with another body.
        """
        now = self._clock()
        policy.asked_layer(call.metadata, call.scope)
        if call.infer:
            blocks.refuse_large(len(message.text.encode()) for message in call.messages)
        if call.said_at is not None:
            policy.refuse_future(call.said_at, now)
        digest = self._digest(org, call) if call.idempotency_key else ""
        clean, dropped = _scrubbed(call)
        receipt = Receipt(
            id=receipts.event_id(org, call.idempotency_key, self._ids()),
            org=org,
            owner=call.scope.owner,
            digest=digest,
            created_at=now,
            dropped=dropped,
        )
        known = self._known(receipt) if call.idempotency_key else None
        accepted = known or self._accept(org, clean, receipt)
        if isinstance(accepted, Receipt):
            accepted = self._answered_before(receipt, accepted)
        warnings = (*call.warnings, *self._unfollowed(call))
        return replace(accepted, warnings=warnings) if warnings else accepted

    def _unfollowed(self, call: AddRequest) -> list[str]:
        """What the call asks promotion for, and nobody here would follow."""
        asked = list(call.guidance)
        if call.infer:
            deaf = not self._reads_instructions
            asked = [name for name in asked if deaf and name in INSTRUCTIONS]
        why = "no model reads it here" if call.infer else "infer=false keeps all as it is"
        return [f"{name} has no effect: {why}" for name in asked]

    def _digest(self, org: str, call: AddRequest) -> str:
        """What tells a retry from another call under the same idempotency key."""
        return policy.body_digest(self._secrets.of(org), call.model_dump(exclude={"warnings"}))

    def _known(self, receipt: Receipt) -> Receipt | None:
        """The receipt of the same call, if it was accepted before and still counts."""
        [page] = self._table.read([Get(keys.receipt(receipt.org, receipt.id))])
        earlier = Receipt.from_body(page.first.body) if page.first else None
        oldest = receipt.created_at - self._settings.receipt_lifetime
        return earlier if earlier and earlier.created_at > oldest else None

    def _accept(self, org: str, call: AddRequest, receipt: Receipt) -> Captured | Receipt:
        now = receipt.created_at
        ends = policy.expiry(
            now, None, self._settings.max_lifetime, call.expires_at, call.lifetime_ms
        )
        seen_until = policy.turn_expiry(now, self._settings, ends)
        turns = [turn for turn in _turns(call, receipt.id, now) if call.infer or turn.fleeting]
        packed, apart = blocks.packed(turns), _apart(call)
        conversation: Commit = (
            *(
                Put(blocks.block_item(org, call.scope, self._ids(), block, seen_until, apart))
                for block in packed
            ),
            *self._working(org, call, receipt, seen_until),
        )
        if not call.infer:
            return self._verbatim.add(org, call, receipt, conversation)
        work = [item for block in packed for item in self._in_flight(call, receipt, block, ends)]
        return self._add_turns(call, receipt, conversation, work)

    def _add_turns(
        self, call: AddRequest, receipt: Receipt, conversation: Commit, work: Sequence[InFlight]
    ) -> Captured | Receipt:
        org, now = receipt.org, receipt.created_at
        waiting = tuple(item.id for item in work)
        receipt = replace(receipt, waiting=waiting, status=PENDING if work else SUCCEEDED)
        put = receipt.put(self._settings.receipt_lifetime)
        commit: Commit = (put, *conversation, *(item.put() for item in work))
        [refused] = sessions.touched(self._table, [commit], org, call.scope, now, self._settings)
        if refused is not None:
            return _earlier(refused.current)
        if work:
            self._bus.publish([Nudge(org, call.scope.owner)])
        if work and not call.async_mode:
            receipt = self._wait(org, receipt.id, self._settings.wait)
        return _captured(receipt)

    def _answered_before(self, receipt: Receipt, earlier: Receipt) -> Captured:
        """A retry is answered as the first call would be by now."""
        if earlier.digest != receipt.digest:
            raise Conflict(
                "this idempotency key was already used with another body: use a new key",
                holder=earlier.id,
            )
        return _captured(self._wait(receipt.org, earlier.id, 0))

    def _in_flight(
        self, call: AddRequest, receipt: Receipt, block: Sequence[Turn], ends: int | None
    ) -> list[InFlight]:
        """The work a block leaves for promotion: none where all of it is fleeting."""
        lasting = tuple(turn.body() for turn in block if not turn.fleeting)
        if not lasting:
            return []
        return [
            InFlight(
                id=self._ids(),
                org=receipt.org,
                owner=receipt.owner,
                captured_at=receipt.created_at,
                event=receipt.id,
                turns=lasting,
                metadata=call.metadata,
                guidance=call.guidance,
                layer=policy.asked_layer(call.metadata, call.scope),
                expires_at=ends,
                immutable=call.immutable,
                urgent=not call.async_mode,
                due_at=receipt.created_at,
                **call.scope.ids,
            )
        ]

    def _working(self, org: str, call: AddRequest, receipt: Receipt, ends: int) -> list[Put]:
        """Tool outputs, working items by key, and the focus; a later one of a key wins."""
        now, whose = receipt.created_at, _whose(call.scope)
        found: dict[str, Working] = {}
        for place, message in enumerate(call.messages):
            if message.role == Role.TOOL:
                source = f"{receipt.id}-{place}"
                key = message.name or source
                found[key] = Working(
                    key, message.text, captured_at=now, expires_at=ends,
                    source=source, place=place, fleeting=True, **whose,
                )  # fmt: skip
        for key, value in call.working.items():
            found[key] = Working(key, value, captured_at=now, expires_at=ends, **whose)
        if len(found) > MAX_WORKING_ITEMS:
            raise Invalid(f"a call may carry at most {MAX_WORKING_ITEMS} working items")
        if call.attention:
            found[""] = Working(
                ATTENTION, call.attention, captured_at=now, expires_at=ends,
                kind=Kind.ATTENTION, **whose,
            )  # fmt: skip
        return [item.put(org) for item in found.values()]

    def working(self, org: str, call: WorkingRequest) -> Wire:
        """Keep one working item by its key; a newer value replaces an older."""
        return self._keep(org, call.scope, Kind.WORKING, (call.key, call.value), call.lifetime_ms)

    def attention(self, org: str, call: AttentionRequest) -> Wire:
        """Set the focus of the moment."""
        return self._keep(org, call.scope, Kind.ATTENTION, (ATTENTION, call.text), None)

    def _keep(
        self, org: str, scope: Scope, kind: Kind, entry: tuple[str, Any], lifetime: int | None
    ) -> Wire:
        now = self._clock()
        wished = policy.expiry(now, None, self._settings.max_lifetime, None, lifetime)
        ends = wished or now + self._settings.conversation_lifetime
        clean, dropped = scrub(dict([entry]))
        [(key, value)] = clean.items()
        item = Working(key, value, captured_at=now, expires_at=ends, kind=kind, **_whose(scope))
        sessions.touched(self._table, [(item.put(org),)], org, scope, now, self._settings)
        return item.wire(now) | {"dropped": list(dropped)}

    def close(self, org: str, call: CloseRequest) -> Wire:
        """End a session; see `Closing.close`."""
        return self._closing.close(org, call)


def _scrubbed(call: AddRequest) -> tuple[AddRequest, tuple[str, ...]]:
    """The call without secrets, and the types of what was dropped."""
    said = [(message.text, message.name) for message in call.messages]
    told = (said, call.metadata, call.guidance, call.working, call.attention)
    (said, metadata, guidance, working, attention), dropped = scrub(told)
    if not dropped:
        return call, ()
    clean = {
        "messages": tuple(
            replace(message, text=text, name=name)
            for message, (text, name) in zip(call.messages, said, strict=True)
        ),
        "metadata": metadata,
        "guidance": guidance,
        "working": working,
        "attention": attention,
    }
    return call.model_copy(update=clean), dropped


def _turns(call: AddRequest, event: str, now: int) -> list[Turn]:
    """The call's turns; tool outputs aren't turns but working memory."""
    return [
        Turn(
            id=f"{event}-{place}",
            role=message.role,
            text=message.text,
            said_at=call.said_at or now,
            captured_at=now,
            name=message.name,
            fleeting=_fleeting(call, message),
        )
        for place, message in enumerate(call.messages)
        if message.role != Role.TOOL
    ]


def _fleeting(call: AddRequest, message: Message) -> bool:
    return message.fleeting or call.lifetime == "turn"


def _apart(call: AddRequest) -> bool:
    """Whether the caller said when it ends, or that it stays in the session."""
    wished = call.expires_at is not None or call.lifetime_ms is not None
    return wished or policy.asked_layer(call.metadata, call.scope) == Layer.SESSION


def _whose(scope: Scope) -> dict[str, Any]:
    return {"owner": scope.owner, **scope.ids}


def _captured(receipt: Receipt) -> Captured:
    results = [dict(result) for result in receipt.results]
    return Captured(receipt.id, receipt.status, results, receipt.dropped)


def _earlier(current: Any) -> Receipt:
    if current is None:
        raise Conflict("this call met another change of the same items: send it again")
    return Receipt.from_body(current.body)
