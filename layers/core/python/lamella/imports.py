"""Import: memories taken over from elsewhere, under their own ids and with their own times.

Each memory is one commit, like any other: its locator keeps an id from being taken twice, its
guard keeps a content from being told twice. So the same import again changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamella import changes, guards, keys, sessions
from lamella.arrivals import Arrival, Arrivals, Refused
from lamella.clock import Clock
from lamella.consent import PURPOSE
from lamella.ids import Ids
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.personal import Personal
from lamella.ports import Bus, Get, Nudge, Refusal, Table
from lamella.requests import ImportRequest
from lamella.results import Wire
from lamella.scopes import Layer
from lamella.settings import Settings


class Imports:
    """The use case behind `import`."""

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
        self._arrivals = Arrivals(table, secrets, personal, settings, ids)
        self._settings = settings
        self._clock = clock

    def take(self, org: str, call: ImportRequest) -> Wire:
        """What became of each memory, in the order given.

        `event` is ADD, or NONE with a `reason`: known (it is here under this id already), taken
        (the id is another memory's), duplicate (`holder` says the same), secret, expired,
        forgotten, consent, conflict or invalid (`detail` says why).
        """
        now = self._clock()
        outcomes: dict[int, Wire] = {}
        waiting: list[Arrival] = []
        for place, raw in enumerate(call.memories):
            try:
                waiting.append(self._arrivals.read(org, place, raw, now))
            except Refused as refused:
                outcomes[place] = _refusal(raw.get("id"), refused)
        while waiting:
            waiting = self._round(org, waiting, outcomes, now)
        return {"results": [outcomes[place] for place in sorted(outcomes)]}

    def _round(
        self, org: str, waiting: Sequence[Arrival], outcomes: dict[int, Wire], now: int
    ) -> list[Arrival]:
        """Write those that can't meet each other; answers who has to try (again)."""
        first, later = _apart(waiting)
        refusals = self._table.write([arrival.commit for arrival in first])
        for arrival, refusal in zip(first, refusals, strict=True):
            if refusal is None:
                outcomes[arrival.place] = _added(arrival)
                continue
            try:
                self._learn(org, arrival, refusal, now)
            except Refused as refused:
                outcomes[arrival.place] = _refusal(arrival.record.id, refused)
            else:
                arrival.commit = self._arrivals.commit(org, arrival, now)
                later.append(arrival)
        pairs = zip(first, refusals, strict=True)
        self._settle(org, [arrival.record for arrival, refusal in pairs if refusal is None], now)
        return later

    def _settle(self, org: str, records: Sequence[Record], now: int) -> None:
        """See that owners and sessions of what came in can be found, and that promotion starts."""
        owners = dict.fromkeys(record.owner for record in records)
        notes = dict.fromkeys(r.scope for r in records if r.layer == Layer.SESSION)
        listed = [
            entry
            for owner in owners
            for entry in changes.directory_entries(
                org, owner, now, [record for record in records if record.owner == owner]
            )
        ]
        for scope in notes:
            sessions.touched(self._table, [], org, scope, now, self._settings)
        if listed:
            self._table.write(listed)
            self._bus.publish([Nudge(org, owner) for owner in owners])

    def _learn(self, org: str, arrival: Arrival, refusal: Refusal, now: int) -> None:
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


def _apart(waiting: Sequence[Arrival]) -> tuple[list[Arrival], list[Arrival]]:
    """Those with an id and a content of their own, and those who come after them."""
    first: list[Arrival] = []
    later: list[Arrival] = []
    ids: set[str] = set()
    contents: set[tuple[str, str | None]] = set()
    for arrival in waiting:
        content = (arrival.record.owner, arrival.record.guard)
        alone = arrival.record.id not in ids and content not in contents
        (first if alone else later).append(arrival)
        ids.add(arrival.record.id)
        contents.add(content)
    return first, later


def _added(arrival: Arrival) -> Wire:
    dropped = list(arrival.dropped)
    return {"id": arrival.record.id, "event": "ADD", "layer": arrival.record.layer} | (
        {"dropped": dropped} if dropped else {}
    )


def _refusal(id: object, refused: Refused) -> Wire:
    told = {"id": id, "event": "NONE", "reason": refused.reason}
    beside = {"detail": refused.detail, "holder": refused.holder}
    return told | {name: value for name, value in beside.items() if value is not None}
