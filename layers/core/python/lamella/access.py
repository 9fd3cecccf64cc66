"""API keys: issued once, kept as hashes, each bound to one organization and to what it may do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lamella import keys
from lamella.clock import MINUTE, Clock, iso
from lamella.errors import NotFound, Unauthenticated
from lamella.ids import Ids
from lamella.models import Principal
from lamella.ports import Delete, Get, Item, Put, Query, Table
from lamella.results import Wire
from lamella.scopes import ORG_OWNER

if TYPE_CHECKING:
    from lamella.requests import KeyRequest

ALL_SCOPES = frozenset({"read", "write", "govern", "org:write"})
REVOKED_WITHIN = MINUTE
"""How long a verified key is trusted without asking again: the stated time of revocation."""


class Access:
    """Issues, lists, revokes and verifies keys of the form `lm_{id}_{secret}`."""

    def __init__(
        self, table: Table, clock: Clock, ids: Ids, given: Mapping[str, str] | None = None
    ) -> None:
        """`given` are keys that need no issuing, to the organization of each, with all scopes."""
        self._table = table
        self._clock = clock
        self._ids = ids
        self._given = {_hash(key): org for key, org in (given or {}).items()}
        self._verified: dict[str, tuple[int, Principal]] = {}

    def authorize(self, key: str) -> Principal:
        """Who sends `key`. Raises Unauthenticated."""
        digest = _hash(key)
        if digest in self._given:
            return Principal(self._given[digest], ALL_SCOPES)
        until, known = self._verified.get(digest, (0, None))
        now = self._clock()
        if known is not None and now < until:
            return known
        principal = self._verify(key, digest)
        self._verified = {d: v for d, v in self._verified.items() if v[0] > now}
        self._verified[digest] = (now + REVOKED_WITHIN, principal)
        return principal

    def _verify(self, key: str, digest: str) -> Principal:
        kind, _, rest = key.partition("_")
        id, _, secret = rest.partition("_")
        if kind != "lm" or not id or not secret or len(key) > 200:
            raise Unauthenticated("the API key isn't one of ours: send Authorization: Token <key>")
        [page] = self._table.read([Get(keys.api_key(id))])
        held = page.first
        if held is None or not hmac.compare_digest(str(held.body["hash"]), digest):
            raise Unauthenticated("the API key is unknown or was revoked: ask for a new one")
        return Principal(held.body["org"], frozenset(held.body["scopes"]), id)

    def create(self, org: str, call: KeyRequest) -> Wire:
        """A new key. It is shown this once; only its hash is kept."""
        id, now = self._ids(), self._clock()
        key = f"lm_{id}_{secrets.token_hex(24)}"
        told = {"id": id, "scopes": sorted(call.scopes), "name": call.name, "created_at": now}
        held = Item(keys.api_key(id), {**told, "org": org, "hash": _hash(key)})
        issued = Item(keys.issued_key(org, id), told)
        self._table.write([(Put(held), Put(issued))])
        return {**told, "created_at": iso(now), "key": key}

    def list(self, org: str) -> Wire:
        """The organization's keys, without their secrets."""
        query = Query(keys.owner_pk(org, ORG_OWNER), keys.ISSUED_KEYS)
        [page] = self._table.read([query])
        told = [{**item.body, "created_at": iso(item.body["created_at"])} for item in page.items]
        return {"results": told, "more": page.more}

    def revoke(self, org: str, id: str) -> Wire:
        """End a key; processes that verified it lately trust it for up to a minute more."""
        [page] = self._table.read([Get(keys.issued_key(org, id))])
        if page.first is None:
            raise NotFound(f"no API key {id} in this organization")
        self._table.write([(Delete(keys.api_key(id)), Delete(keys.issued_key(org, id)))])
        self._verified = {d: v for d, v in self._verified.items() if v[1].key_id != id}
        return {"message": f"Key {id} is revoked within {REVOKED_WITHIN // 1000} seconds."}


def key_of(headers: Mapping[str, str]) -> str:
    """The key a caller sent: `Authorization: Token|Bearer …` or `X-API-Key`.

    `headers` has lower-case names. Raises Unauthenticated where there is none.
    """
    scheme, _, key = headers.get("authorization", "").strip().partition(" ")
    if key.strip() and scheme.lower() in ("token", "bearer"):
        return key.strip()
    other = headers.get("x-api-key", "").strip()
    if other:
        return other
    raise Unauthenticated("no API key: send it as 'Authorization: Token <key>' or 'X-API-Key'")


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
