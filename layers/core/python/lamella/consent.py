"""Whether somebody may be remembered: who said yes, who said no, and what silence means."""

from __future__ import annotations

from typing import Any

from lamella import keys
from lamella.clock import iso
from lamella.ports import Absent, AnyOf, Condition, Get, Is, Item, Table
from lamella.settings import Settings

PURPOSE = "memory"


def required(settings: Settings) -> bool:
    """Whether silence means no; where consent is assumed, only a no means no."""
    return settings.consent == "required"


def agrees(item: Item | None, needed: bool) -> bool:
    """Whether a consent item (None: nobody was asked yet) lets memories into the user layer."""
    return not needed if item is None else item.body.get("granted") is True


def answers(item: Item | None) -> list[dict[str, Any]]:
    """What was said, newest first: `granted`, `at`, `by` which key, and the `evidence` if any."""
    if item is None:
        return []
    told = [item.body, *item.body["earlier"]]
    return [
        {name: one[name] for name in ("granted", "by", "evidence") if name in one}
        | {"at": iso(one["at"])}
        for one in told
    ]


def condition(needed: bool) -> Condition:
    """The same, as a condition of the commit that writes such a memory."""
    agreed = Is("granted", True)
    return agreed if needed else AnyOf((Absent(), agreed))


def consented(table: Table, settings: Settings, org: str, owner: str) -> bool:
    """The same, read for `owner`."""
    [page] = table.read([Get(keys.consent(org, owner, PURPOSE))])
    return agrees(page.first, required(settings))
