"""The owner's lease: one promotion at a time per owner, and nobody's work forgotten meanwhile."""

from __future__ import annotations

from lamella import keys
from lamella.clock import Clock
from lamella.errors import Conflict
from lamella.ids import Ids
from lamella.ports import (
    Absent,
    AllOf,
    AnyOf,
    Below,
    Check,
    Delete,
    Is,
    Item,
    Key,
    Put,
    Table,
    Update,
)
from lamella.values import dataclass


class LeaseLost(Conflict):
    """Another promotion took this owner over; its plan will finish what ours began."""

    retryable = True


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to promote for `owner`, as long as `token` stands in its item."""

    org: str
    owner: str
    token: str

    @property
    def key(self) -> Key:
        """Where it lies, among the owner's controls."""
        return keys.lease(self.org, self.owner)

    @property
    def check(self) -> Check:
        """Lets a commit stand only while the lease is ours."""
        return Check(self.key, Is("token", self.token))


class Leases:
    """Takes, renews and releases leases."""

    def __init__(self, table: Table, length: int, clock: Clock, ids: Ids) -> None:
        self._table = table
        self._length = length
        self._clock = clock
        self._ids = ids

    def take(self, org: str, owner: str) -> Lease | None:
        """The lease, or None if somebody holds it: they are told to look again before they end."""
        lease = Lease(org, owner, self._ids())
        while True:
            now = self._clock()
            body = {"token": lease.token, "until": now + self._length}
            free = AnyOf((Absent(), Below("until", now + 1)))
            [refused] = self._table.write([(Put(Item(lease.key, body), free),)])
            if refused is None:
                return lease
            if refused.current is None:
                continue
            holder = refused.current.body["token"]
            wake = Update(lease.key, {"wake": True}, Is("token", holder))
            if self._table.write([(wake,)]) == [None]:
                return None

    def renewal(self, lease: Lease) -> Update:
        """Prolongs the lease, if it is still ours."""
        until = self._clock() + self._length
        return Update(lease.key, {"until": until}, Is("token", lease.token))

    def release(self, lease: Lease) -> bool:
        """Let go. False if somebody woke us meanwhile: the lease is still ours, look again."""
        ours = Is("token", lease.token)
        quiet = AllOf((ours, Is("wake", None)))
        [refused] = self._table.write([(Delete(lease.key, quiet),)])
        if refused is None or refused.current is None:
            return True
        if refused.current.body["token"] != lease.token:
            return True
        answered = Update(lease.key, {"wake": None}, ours)
        return self._table.write([(answered,)]) != [None]
