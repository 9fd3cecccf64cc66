"""The organization's secret: it keys the digests that stand for content where no text may."""

from __future__ import annotations

import secrets

from lamella import keys
from lamella.ports import Absent, Get, Item, Put, Table
from lamella.scopes import ORG_OWNER


class OrgSecrets:
    """Reads an organization's secret once, making it at the first need."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[str, bytes] = {}

    def of(self, org: str) -> bytes:
        """32 bytes, the same in every process for ever."""
        if org not in self._known:
            self._known[org] = self._read(org)
        return self._known[org]

    def _read(self, org: str) -> bytes:
        key = keys.settings(org, ORG_OWNER)
        [page] = self._table.read([Get(key)])
        if page.first is None:
            made = Put(Item(key, {"secret": secrets.token_hex(32)}), Absent())
            self._table.write([(made,)])
            [page] = self._table.read([Get(key)])
        assert page.first is not None
        return bytes.fromhex(page.first.body["secret"])
