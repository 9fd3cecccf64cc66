"""The organization's secret: it keys the digests that stand for content where no text may."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from lamella import keys
from lamella.errors import SetupError
from lamella.ports import Absent, Cipher, Get, Item, Put, Table
from lamella.scopes import ORG_OWNER


class OrgSecrets:
    """Reads an organization's secret once, making it at the first need.

    With a `cipher` new secrets are stored sealed; one that was stored before in the open still
    reads.
    """

    def __init__(self, table: Table, cipher: Cipher | None = None) -> None:
        self._table = table
        self._cipher = cipher
        self._known: dict[str, bytes] = {}

    def of(self, org: str) -> bytes:
        """32 bytes, the same in every process for ever. Raises SetupError without its cipher."""
        if org not in self._known:
            self._known[org] = self._read(org)
        return self._known[org]

    def _read(self, org: str) -> bytes:
        key = keys.settings(org, ORG_OWNER)
        [page] = self._table.read([Get(key)])
        if page.first is None:
            made = Put(Item(key, self._stored(org, secrets.token_bytes(32))), Absent())
            self._table.write([(made,)])
            [page] = self._table.read([Get(key)])
        assert page.first is not None
        return self._opened(org, page.first.body)

    def _stored(self, org: str, secret: bytes) -> dict[str, str]:
        if self._cipher is None:
            return {"secret": secret.hex()}
        return {"sealed": self._cipher.encrypt(secret, _context(org))}

    def _opened(self, org: str, body: Mapping[str, Any]) -> bytes:
        if "sealed" not in body:
            return bytes.fromhex(body["secret"])
        if self._cipher is None:
            raise SetupError(f"organization {org}: its secret is sealed: set LAMELLA_KMS_KEY")
        return self._cipher.decrypt(body["sealed"], _context(org))


def _context(org: str) -> dict[str, str]:
    return {"lamella:org": org, "lamella:purpose": "content-digests"}
