"""The rules that decide where a fact goes, how long it lives and what may not enter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella import policy
from lamella.clock import DAY, HOUR, MINUTE
from lamella.errors import Invalid
from lamella.scopes import Layer, Scope
from lamella.settings import Settings

NOW = 20_760 * DAY
USER, SESSION = Scope(user_id="alex"), Scope(session_id="trip")
BOTH = Scope(user_id="alex", session_id="trip")
MOMENTS = st.none() | st.integers(NOW + 1, NOW + 1_000 * DAY)
LENGTHS = st.none() | st.integers(1, 1_000 * DAY)


@pytest.mark.parametrize(
    ("scope", "durable", "asked", "consented", "layer"),
    [
        (USER, True, None, True, Layer.USER),
        (USER, False, None, True, Layer.USER),
        (USER, True, None, False, None),
        (SESSION, True, None, True, Layer.SESSION),
        (SESSION, True, None, False, Layer.SESSION),
        (BOTH, True, None, True, Layer.USER),
        (BOTH, False, None, True, Layer.SESSION),
        (BOTH, True, None, False, Layer.SESSION),
        (BOTH, True, "session", True, Layer.SESSION),
        (BOTH, False, "user", True, Layer.USER),
        (BOTH, True, "user", False, None),
        (Scope(agent_id="concierge"), False, None, True, Layer.USER),
    ],
)
def test_a_fact_goes_where_its_ids_its_kind_and_its_caller_say(
    scope: Scope, durable: bool, asked: str | None, consented: bool, layer: Layer | None
) -> None:
    assert policy.layer_for(durable, scope, asked, consented) == layer


@pytest.mark.parametrize(
    ("layer", "scope", "told"),
    [
        ("org", BOTH, "/v1/org/memories/"),
        ("session", USER, "session_id"),
        ("user", SESSION, "user_id"),
        ("attic", BOTH, "'session' or 'user'"),
        (7, BOTH, "'session' or 'user'"),
    ],
)
def test_a_layer_the_ids_can_not_bear_is_refused(layer: object, scope: Scope, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        policy.asked_layer({"layer": layer}, scope)


def test_no_wish_is_no_layer() -> None:
    assert policy.asked_layer({}, BOTH) is None
    assert policy.asked_layer({"layer": "user"}, BOTH) is Layer.USER


def test_the_future_begins_in_five_minutes() -> None:
    policy.refuse_future(NOW + 5 * MINUTE, NOW)
    with pytest.raises(Invalid, match="future"):
        policy.refuse_future(NOW + 5 * MINUTE + 1, NOW)


@given(LENGTHS, LENGTHS, MOMENTS, LENGTHS)
def test_the_callers_wish_wins_within_the_organizations_maximum(
    default: int | None, at_most: int | None, until: int | None, lifetime: int | None
) -> None:
    ends = policy.expiry(NOW, default, at_most, until, lifetime)
    wished = until or (NOW + lifetime if lifetime else None)
    unbounded = wished or (NOW + default if default else None)
    latest = NOW + at_most if at_most else None
    assert ends is None or ends > NOW
    assert ends == min((end for end in (unbounded, latest) if end is not None), default=None)


def test_an_end_that_has_come_is_refused() -> None:
    with pytest.raises(Invalid, match="already passed"):
        policy.expiry(NOW, None, None, NOW)


def test_a_turn_leaves_sight_with_the_conversation_or_earlier() -> None:
    assert policy.turn_expiry(NOW, Settings(), None) == NOW + HOUR
    assert policy.turn_expiry(NOW, Settings(), NOW + MINUTE) == NOW + MINUTE
    assert policy.turn_expiry(NOW, Settings(), NOW + DAY) == NOW + HOUR


@pytest.mark.parametrize(
    "same", ["I LIKE tea", "  i like\n tea. ", "I like tea", "\uff49 like tea!"]
)
def test_wording_is_the_same_whatever_its_case_width_and_spacing(same: str) -> None:
    assert policy.content_guard(b"s", "user", same) == policy.content_guard(
        b"s", "user", "I like tea."
    )


@given(st.text(), st.text(), st.sampled_from(["user", "session"]))
def test_a_guard_tells_contents_layers_places_and_organizations_apart(
    one: str, other: str, layer: str
) -> None:
    guard = policy.content_guard(b"s", layer, one)
    same = policy.normal_form(one) == policy.normal_form(other)
    assert (policy.content_guard(b"s", layer, other) == guard) is same
    assert policy.content_guard(b"t", layer, one) != guard
    assert policy.content_guard(b"s", layer, one, ("trip",)) != guard


def test_a_body_is_known_again_by_its_digest_alone() -> None:
    body = {"messages": ["hi"], "user_id": "alex"}
    assert policy.body_digest(b"s", body) == policy.body_digest(b"s", dict(reversed(body.items())))
    assert policy.body_digest(b"s", body) != policy.body_digest(b"s", {**body, "user_id": "sam"})
    assert "alex" not in policy.body_digest(b"s", body)
