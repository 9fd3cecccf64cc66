"""Whom a call is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.errors import Invalid
from lamella.scopes import MAX_ID_BYTES, ORG_OWNER, Scope, checked_id

IDS = st.none() | st.text(min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("scope", "owner"),
    [
        (Scope("alex", "concierge", "shop", "trip"), "u:alex"),
        (Scope(None, "concierge", "shop", "trip"), "a:concierge"),
        (Scope(None, None, "shop", "trip"), "p:shop"),
        (Scope(None, None, None, "trip"), "s:trip"),
    ],
)
def test_the_owner_is_the_user_else_the_agent_else_the_app_else_the_session(
    scope: Scope, owner: str
) -> None:
    assert scope.owner == owner


def test_nobody_owns_a_call_without_ids() -> None:
    assert not Scope()
    with pytest.raises(Invalid, match="name whom"):
        _ = Scope().owner


@given(IDS, IDS, IDS, IDS)
def test_no_scope_owns_what_the_organization_does(
    user: str | None, agent: str | None, app: str | None, session: str | None
) -> None:
    scope = Scope(user, agent, app, session)
    assert not scope or scope.owner != ORG_OWNER
    assert scope.session == (session or "")


@given(st.text(max_size=300) | st.integers() | st.none())
def test_an_id_is_a_non_blank_string_that_can_be_stored(value: object) -> None:
    good = (
        isinstance(value, str)
        and bool(value.strip())
        and value != "*"
        and "\x00" not in value
        and len(value.encode()) <= MAX_ID_BYTES
    )
    if good:
        assert checked_id("user_id", value) == value
    else:
        with pytest.raises(Invalid, match="user_id"):
            checked_id("user_id", value)


def test_half_a_surrogate_pair_is_no_id() -> None:
    with pytest.raises(Invalid, match="can't be stored"):
        checked_id("user_id", "\ud800")
