"""API keys: issued once, kept as hashes, bound to one organization."""

from __future__ import annotations

import pytest
from fakes import FrozenClock

from lamella.access import ALL_SCOPES, Access
from lamella.clock import MINUTE
from lamella.engines.reference import ReferenceTable
from lamella.errors import NotFound, Unauthenticated
from lamella.ids import CountingIds
from lamella.ports import Query
from lamella.requests import KeyRequest

READ = KeyRequest(scopes=frozenset({"read"}), name="reader")


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def table() -> ReferenceTable:
    return ReferenceTable()


@pytest.fixture
def access(table: ReferenceTable, clock: FrozenClock) -> Access:
    return Access(table, clock, CountingIds(), given={"lm_given_secret": "acme"})


def test_a_key_opens_its_organization_with_its_scopes(access: Access) -> None:
    made = access.create("acme", READ)
    principal = access.authorize(made["key"])
    assert (principal.org, principal.scopes, principal.key_id) == ("acme", {"read"}, made["id"])


def test_a_given_key_needs_no_issuing(access: Access) -> None:
    assert access.authorize("lm_given_secret").scopes == ALL_SCOPES


def test_the_secret_is_told_once_and_stored_nowhere(access: Access, table: ReferenceTable) -> None:
    made = access.create("acme", READ)
    secret = made["key"].rpartition("_")[2]
    assert secret not in repr(table._items)
    [listed] = access.list("acme")["results"]
    assert (listed["id"], listed["name"]) == (made["id"], "reader")
    assert "key" not in listed
    assert "hash" not in listed


@pytest.mark.parametrize("broken", ["", "lm_", "lm_1_", "xx_1_2", "lm_1_2_" + "3" * 200, "\ud800"])
def test_what_is_no_key_is_refused(access: Access, broken: str) -> None:
    with pytest.raises(Unauthenticated):
        access.authorize(broken)


def test_a_right_id_with_a_wrong_secret_is_refused(access: Access) -> None:
    made = access.create("acme", READ)
    with pytest.raises(Unauthenticated):
        access.authorize(made["key"][:-1] + ("0" if made["key"][-1] != "0" else "1"))


def test_a_revoked_key_is_refused_within_a_minute_everywhere(
    access: Access, table: ReferenceTable, clock: FrozenClock
) -> None:
    made = access.create("acme", READ)
    elsewhere = Access(table, clock, CountingIds("02"))
    elsewhere.authorize(made["key"])
    access.revoke("acme", made["id"])
    with pytest.raises(Unauthenticated):
        access.authorize(made["key"])
    assert elsewhere.authorize(made["key"]).org == "acme"
    clock.advance(MINUTE)
    with pytest.raises(Unauthenticated):
        elsewhere.authorize(made["key"])
    assert access.list("acme")["results"] == []


def test_another_organizations_key_can_not_be_revoked(
    access: Access, table: ReferenceTable
) -> None:
    made = access.create("acme", READ)
    with pytest.raises(NotFound):
        access.revoke("globex", made["id"])
    assert access.authorize(made["key"]).org == "acme"
    assert table.read([Query("nothing")])[0].items == ()
