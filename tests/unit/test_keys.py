from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella import keys
from lamella.ids import MonotonicIds
from lamella.limits import MAX_SK_BYTES
from lamella.ports import Key

COMPONENT = st.text(
    st.sampled_from("aK#%~-SO23é5") | st.characters(exclude_categories=["Cs"]), max_size=6
)

BUILDERS = {
    keys.turns: 4,
    keys.working: 4,
    keys.attention: 3,
    keys.note: 4,
    keys.meta: 3,
    keys.in_flight: 3,
    keys.consent: 3,
    keys.lease: 2,
    keys.settings: 2,
    keys.tombstone: 2,
    keys.plan: 3,
    keys.memory: 3,
    keys.guard: 3,
    keys.slot_head: 4,
    keys.relation: 5,
    keys.history: 4,
    keys.session_pointer: 3,
    keys.session_owner: 3,
    keys.locator: 2,
    keys.directory: 2,
    keys.run: 3,
    keys.receipt: 2,
    keys.budget: 2,
    keys.export: 2,
    keys.newest_export: 2,
    keys.api_key: 1,
    keys.issued_key: 2,
}
BUILT = st.sampled_from(list(BUILDERS)).flatmap(
    lambda build: st.tuples(st.just(build), st.tuples(*[COMPONENT] * BUILDERS[build]))
)


@given(one=BUILT, other=BUILT)
def test_two_things_never_share_a_key(one, other) -> None:
    made = [build(*components) for build, components in (one, other)]
    assert (made[0] == made[1]) == (one == other)


@given(org=COMPONENT, owner=COMPONENT, session=COMPONENT, id=COMPONENT)
def test_components_come_back_as_they_were(org: str, owner: str, session: str, id: str) -> None:
    note = keys.note(org, owner, session, id)
    assert keys.session_of(note) == (org, owner, session)
    assert keys.owner_of(note) == (org, owner)
    assert keys.split(note.sk) == ("N", id)
    memory = keys.memory(org, owner, id)
    assert keys.owner_of(memory) == (org, owner)
    assert keys.split(memory.sk) == ("M", id)
    assert keys.split(keys.session_owner(org, session, owner).sk) == (owner,)


PARTITIONS = {
    keys.session_pk: 3,
    keys.owner_pk: 2,
    keys.session_owners_pk: 2,
    lambda org, id: keys.locator(org, id).pk: 2,
    lambda org, id: keys.receipt(org, id).pk: 2,
    lambda org, day: keys.budget(org, day).pk: 2,
    lambda org, id: keys.export(org, id).pk: 2,
    lambda org, digest: keys.newest_export(org, digest).pk: 2,
    lambda id: keys.api_key(id).pk: 1,
    lambda org: keys.directory_pks(org)[0]: 1,
    lambda org: keys.receipt_bucket(org, 7): 1,
    lambda _: keys.due_buckets()[3]: 1,
}


@given(a=COMPONENT, b=COMPONENT, c=COMPONENT, d=COMPONENT, e=COMPONENT, f=COMPONENT)
def test_no_organization_reaches_the_partitions_of_another_kind(
    a: str, b: str, c: str, d: str, e: str, f: str
) -> None:
    for (one, needs), (other, wants) in combinations(PARTITIONS.items(), 2):
        assert one(*(a, b, c)[:needs]) != other(*(d, e, f)[:wants])


@pytest.mark.parametrize("org", ["K", "K#1", "x#S", "due", "", "x%23S", "~2#"])
def test_an_organization_with_a_telling_name_stays_by_itself(org: str) -> None:
    mine = {keys.owner_pk(org, "1"), keys.session_pk(org, "1", ""), keys.locator(org, "1").pk}
    others = {
        keys.api_key("1").pk,
        keys.owner_pk("x", "S"),
        keys.session_pk("x", "1", ""),
        keys.session_pk("x", "S", "1"),
        *keys.due_buckets(),
    }
    assert not mine & others


@given(subject=COMPONENT, other=COMPONENT, id=COMPONENT)
def test_a_prefix_ends_where_its_component_does(subject: str, other: str, id: str) -> None:
    event = keys.history("org", "o", other, id).sk
    assert event.startswith(keys.history_prefix(subject)) is (subject == other)
    edge = keys.relation("org", "o", other, "knows", id).sk
    assert edge.startswith(keys.relations_prefix(subject)) is (subject == other)


def test_the_kinds_of_one_partition_begin_differently() -> None:
    owned = [
        keys.IN_FLIGHT,
        keys.CONTROLS,
        keys.PLANS,
        keys.MEMORIES,
        keys.GUARDS,
        keys.SLOT_HEADS,
        keys.RELATIONS,
        keys.HISTORY,
        keys.SESSIONS,
        keys.ISSUED_KEYS,
    ]
    in_session = [keys.TURNS, keys.WORKING, keys.NOTES, keys.META, keys.ATTENTION]
    for kinds in (owned, in_session):
        for one, other in combinations(kinds, 2):
            assert not one.startswith(other)
            assert not other.startswith(one)


def test_the_overlay_reads_controls_first_and_then_the_newest_work() -> None:
    ids = MonotonicIds(lambda: 1_800_000_000_000)
    first, second = ids(), ids()
    overlay = [
        keys.in_flight("org", "u:ann", first),
        keys.in_flight("org", "u:ann", second),
        keys.consent("org", "u:ann", "memory"),
        keys.tombstone("org", "u:ann"),
        keys.lease("org", "u:ann"),
        keys.settings("org", "u:ann"),
    ]
    newest_first = sorted((key.sk for key in overlay), reverse=True)
    assert all(sk.startswith(keys.OVERLAY) for sk in newest_first)
    assert newest_first == [
        "~2#X",
        "~2#P",
        "~2#LEASE",
        "~2#C#memory",
        f"~1#{second}",
        f"~1#{first}",
    ]
    assert not keys.memory("org", "u:ann", first).sk.startswith(keys.OVERLAY)


def test_a_call_without_a_session_has_a_place_of_its_own() -> None:
    assert keys.session_pk("org", "u:ann", "") == "org#S#u:ann#"
    assert keys.session_of(keys.meta("org", "u:ann", "")) == ("org", "u:ann", "")


@given(word=st.text(st.sampled_from("a#%é☃"), min_size=200, max_size=3_000))
def test_words_of_any_length_fit_a_key_and_stay_apart(word: str) -> None:
    for key in (
        keys.relation("org", "o", word, word, word),
        keys.slot_head("org", "o", word, word),
        keys.working("org", "o", "s", word),
        keys.consent("org", "o", word),
    ):
        assert len(key.sk.encode()) <= MAX_SK_BYTES
    assert keys.working("org", "o", "s", word) != keys.working("org", "o", "s", word + "a")


def test_work_spreads_over_buckets_and_stays_where_it_is() -> None:
    owners = [f"u:{n}" for n in range(500)]
    assert {keys.due_bucket("org", owner) for owner in owners} == set(keys.due_buckets())
    assert keys.due_bucket("org", "u:ann") == "due#12"
    entries = [keys.directory("org", owner) for owner in owners]
    assert {entry.pk for entry in entries} == set(keys.directory_pks("org"))


def test_keys_read_as_the_design_writes_them() -> None:
    assert keys.turns("org", "u:ann", "s#1", "01") == Key("org#S#u:ann#s%231", "T#01")
    assert keys.guard("org", "o", "ab") == Key("org#O#o", "H#ab")
    assert keys.relation("org", "o", "s", "p", "x") == Key("org#O#o", "G#s#p#x")
    assert keys.locator("org", "01") == Key("org#ID#01", "-")
    assert keys.budget("org", "2026-11-22") == Key("org#BUDGET#2026-11-22", "-")
    assert keys.api_key("7") == Key("K#7", "-")
    assert keys.receipt_bucket("org", 12) == "org#RH#12"
