"""One promotion at a time for an owner, and nobody's nudge lost meanwhile."""

from __future__ import annotations

import pytest
from fakes import FrozenClock

from lamella.engines.reference import ReferenceTable
from lamella.ids import CountingIds
from lamella.lease import Lease, Leases
from lamella.ports import Item, Key, Put

LENGTH = 30_000


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def table() -> ReferenceTable:
    return ReferenceTable()


@pytest.fixture
def leases(table: ReferenceTable, clock: FrozenClock) -> Leases:
    return Leases(table, LENGTH, clock, CountingIds())


def taken(leases: Leases, owner: str = "u:alex") -> Lease:
    lease = leases.take("acme", owner)
    assert lease is not None
    return lease


def stands(table: ReferenceTable, lease: Lease) -> bool:
    """Whether a commit under `lease` would stand."""
    return table.write([(lease.check, Put(Item(Key("p", "s"), {})))]) == [None]


def test_only_one_holds_it(leases: Leases, table: ReferenceTable) -> None:
    first = taken(leases)
    assert leases.take("acme", "u:alex") is None
    assert stands(table, first)


def test_other_owners_and_organizations_have_their_own(leases: Leases) -> None:
    taken(leases)
    taken(leases, "u:sam")
    assert leases.take("globex", "u:alex") is not None


def test_who_was_turned_away_is_answered_by_another_look(leases: Leases) -> None:
    first = taken(leases)
    leases.take("acme", "u:alex")
    assert leases.release(first) is False
    assert leases.release(first) is True
    assert leases.take("acme", "u:alex") is not None


def test_an_expired_lease_is_taken_over_and_its_holder_can_write_no_more(
    leases: Leases, table: ReferenceTable, clock: FrozenClock
) -> None:
    first = taken(leases)
    clock.advance(LENGTH)
    second = taken(leases)
    assert not stands(table, first)
    assert stands(table, second)
    assert leases.release(first) is True
    assert stands(table, second)


def test_a_renewed_lease_lasts(leases: Leases, table: ReferenceTable, clock: FrozenClock) -> None:
    first = taken(leases)
    clock.advance(LENGTH - 1)
    table.write([(leases.renewal(first),)])
    clock.advance(LENGTH - 1)
    assert leases.take("acme", "u:alex") is None
    clock.advance(1)
    assert leases.take("acme", "u:alex") is not None
