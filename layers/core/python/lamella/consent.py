"""Whether somebody agreed to be remembered, where the deployment asks for it."""

from __future__ import annotations

from lamella import keys
from lamella.ports import Get, Item, Put, Table
from lamella.settings import Settings

PURPOSE = "memory"


def consented(table: Table, settings: Settings, org: str, owner: str) -> bool:
    """True where consent is assumed; otherwise whether `owner` has granted it."""
    if settings.consent == "assumed":
        return True
    [page] = table.read([Get(keys.consent(org, owner, PURPOSE))])
    return granted(page.first)


def granted(item: Item | None) -> bool:
    """Whether a consent item says yes."""
    return item is not None and item.body.get("granted") is True


def record(table: Table, org: str, owner: str, agreed: bool, now: int) -> None:
    """Note that `owner` grants, or takes back, the consent to be remembered."""
    item = Item(keys.consent(org, owner, PURPOSE), {"granted": agreed, "at": now})
    table.write([(Put(item),)])
