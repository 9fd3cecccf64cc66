"""Whether somebody may be remembered: who said yes, who said no, and what silence means."""

from __future__ import annotations

from lamella import keys
from lamella.ports import Absent, AnyOf, Condition, Get, Is, Item, Table
from lamella.settings import Settings

PURPOSE = "memory"


def required(settings: Settings) -> bool:
    """Whether silence means no; where consent is assumed, only a no means no."""
    return settings.consent == "required"


def agrees(item: Item | None, needed: bool) -> bool:
    """Whether a consent item (None: nobody was asked yet) lets memories into the user layer."""
    return not needed if item is None else item.body.get("granted") is True


def condition(needed: bool) -> Condition:
    """The same, as a condition of the commit that writes such a memory."""
    agreed = Is("granted", True)
    return agreed if needed else AnyOf((Absent(), agreed))


def consented(table: Table, settings: Settings, org: str, owner: str) -> bool:
    """The same, read for `owner`."""
    [page] = table.read([Get(keys.consent(org, owner, PURPOSE))])
    return agrees(page.first, required(settings))
