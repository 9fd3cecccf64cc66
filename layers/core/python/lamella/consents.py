"""Consent as governed: recorded with its evidence, taken back, and looked up."""

from __future__ import annotations

from typing import Any

from lamella import consent, keys
from lamella.clock import Clock
from lamella.errors import Conflict
from lamella.ports import Absent, Get, Is, Item, Put, Table
from lamella.requests.consent import ConsentOfRequest, ConsentRequest
from lamella.results import Wire
from lamella.scrub import scrub
from lamella.settings import Settings

KEPT = 20
"""How many earlier answers stay beside the present one, so that one can be shown for a date."""

TRIES = 8


class Consents:
    """Reads and writes the consent item of an owner, which every promotion checks."""

    def __init__(self, table: Table, settings: Settings, clock: Clock) -> None:
        self._table = table
        self._settings = settings
        self._clock = clock

    def record(self, org: str, call: ConsentRequest, by: str) -> Wire:
        """Note that the owner grants or takes back consent; `by` is the key that says so.

        From then on nothing that was captured, whenever, enters the user layer without it. What is
        remembered already stays until it is forgotten. Raises Conflict where others keep writing.
        """
        key = keys.consent(org, call.scope.owner, consent.PURPOSE)
        answer = {"granted": call.granted, "at": self._clock(), "by": by}
        if call.evidence is not None:
            answer["evidence"] = scrub(call.evidence)[0]
        for _ in range(TRIES):
            [page] = self._table.read([Get(key)])
            item = Item(key, answer | {"earlier": _earlier(page.first)})
            unchanged = Is("at", page.first.body["at"]) if page.first else Absent()
            if self._table.write([(Put(item, unchanged),)]) == [None]:
                return self._told(call.scope.owner, item)
        raise Conflict(f"the consent of {call.scope.owner[2:]} kept changing: send it again")

    def of(self, org: str, call: ConsentOfRequest) -> Wire:
        """What the owner said, when, and earlier; and whether they may be remembered."""
        key = keys.consent(org, call.scope.owner, consent.PURPOSE)
        [page] = self._table.read([Get(key)])
        return self._told(call.scope.owner, page.first)

    def _told(self, owner: str, item: Item | None) -> Wire:
        return {
            "owner": owner[2:],
            "remembered": consent.agrees(item, consent.required(self._settings)),
            "mode": self._settings.consent,
            "answers": consent.answers(item),
        }


def _earlier(item: Item | None) -> list[dict[str, Any]]:
    if item is None:
        return []
    present = {name: value for name, value in item.body.items() if name != "earlier"}
    return [present, *item.body["earlier"]][:KEPT]
