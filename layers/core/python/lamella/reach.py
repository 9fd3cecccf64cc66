"""Whose memories a call may reach, and the filter that narrows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lamella import keys
from lamella.errors import Invalid
from lamella.filters import Either, Filter, all_of, equals
from lamella.models import Record
from lamella.ports import Query, Table
from lamella.scopes import ORG_OWNER, Layer, Scope
from lamella.values import dataclass

if TYPE_CHECKING:
    from lamella.requests.retrieve import Chosen

MAX_OWNERS_OF_A_SESSION = 20

EVENTUAL = "no single owner is named: memories written in the last seconds may be missing"


@dataclass(frozen=True, slots=True)
class Reach:
    """`owners` (None: everybody's), the `watched` ones whose writes are read at once, `where`."""

    owners: tuple[str, ...] | None
    watched: tuple[str, ...]
    session: str
    where: Filter | None
    agent: str | None = None

    def admits(self, record: Record) -> bool:
        """Whether the org layer's audience lets this caller see `record`."""
        if record.layer != Layer.ORG or not record.audience:
            return True
        return self.agent is not None and self.agent in record.audience


def reach(table: Table, org: str, call: Chosen) -> Reach:
    """Where to look for `call`.

    A user's memories lie with the user. An agent's or app's may lie with many users, so they are
    looked for everywhere; a session's with those who spoke in it.
    """
    scope = call.scope
    where = narrowed(call)
    if scope.user_id:
        return Reach((scope.owner, ORG_OWNER), (scope.owner,), scope.session, where, scope.agent_id)
    if scope.agent_id or scope.app_id:
        return Reach(None, (scope.owner,), scope.session, where, scope.agent_id)
    if scope.session_id:
        found = owners_of_session(table, org, scope.session_id)
        return Reach((*found, ORG_OWNER), found, scope.session, where)
    return Reach(None, (), "", where)


def owners_of_session(table: Table, org: str, session: str) -> tuple[str, ...]:
    """Who spoke in a session, or has memories of it: at most 20, more is refused."""
    owner, most = Scope(session_id=session).owner, MAX_OWNERS_OF_A_SESSION + 1
    spoke = Query(keys.session_owners_pk(org, session), limit=most)
    shard = keys.directory(org, owner).pk
    have, spoken = table.read([Query(shard, keys.runs_prefix(session), limit=most), spoke])
    named = [*(i.body["of"] for i in have.items), *(i.body["owner"] for i in spoken.items)]
    owners = tuple(dict.fromkeys(named))
    if len(owners) > MAX_OWNERS_OF_A_SESSION:
        raise Invalid(
            f"session {session} has more than {MAX_OWNERS_OF_A_SESSION} owners: name one of them"
        )
    return owners or (owner,)


def sessions_of(table: Table, org: str, owner: str) -> list[str]:
    """An owner's sessions: those with a pointer, and those of unfinished calls without one."""
    pk = keys.owner_pk(org, owner)
    named = [owner[2:]] if owner.startswith("s:") else []
    for prefix in (keys.SESSIONS, keys.IN_FLIGHT):
        after: str | None = None
        while True:
            [page] = table.read([Query(pk, prefix, after=after)])
            named += [i.body["session_id"] for i in page.items if i.body.get("session_id")]
            if not page.more:
                break
            after = page.items[-1].key.sk
    return list(dict.fromkeys(named))


def narrowed(call: Chosen) -> Filter | None:
    """The call's own filter, its layers, kinds and categories, and in our form its other ids."""
    parts: list[Filter | None] = [call.filters]
    if call.layers:
        parts.append(_one_of("layer", call.layers))
    if call.kinds:
        parts.append(_one_of("kind", call.kinds))
    if call.categories:
        parts.append(_one_of("categories", call.categories))
    if not call.strict:
        parts.append(_ours(call))
    return all_of(*parts)


def _ours(call: Chosen) -> Filter | None:
    """The ids beside the owner narrow what is personal, never what the organization shares."""
    owned = call.user_id is not None
    ids: dict[str, str | None] = {"agent_id": call.agent_id, "app_id": call.app_id}
    if not owned and not call.agent_id and not call.app_id:
        ids["run_id"] = call.session_id
    narrowing = all_of(*(equals(name, value) for name, value in ids.items() if value))
    return Either((equals("layer", Layer.ORG.value), narrowing)) if narrowing else None


def _one_of(field: str, values: Sequence[str]) -> Filter:
    leaves = tuple(equals(field, str(value)) for value in values)
    return leaves[0] if len(leaves) == 1 else Either(leaves)
