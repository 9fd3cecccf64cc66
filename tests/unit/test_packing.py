from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lamella.limits import check_commit
from lamella.packing import MAX_BYTES, packed
from lamella.ports import (
    MAX_OPERATIONS,
    Absent,
    AllOf,
    Below,
    Check,
    Commit,
    Is,
    Item,
    Key,
    Operation,
    Put,
    Update,
)

LEASE, TOMBSTONE = Key("owner", "lease"), Key("owner", "tombstone")


def key(name: str) -> Key:
    return Key("owner", name)


def put(name: str, size: int = 0) -> Put:
    return Put(Item(key(name), {"text": "x" * size}), Absent())


def renewal(until: int = 1) -> Update:
    return Update(LEASE, {"until": until}, Is("token", "ours"))


def unforgotten(captured_at: int) -> Check:
    return Check(TOMBSTONE, Below("cutoff", captured_at))


NAMES = st.sampled_from("abcdefgh")
OPERATIONS: st.SearchStrategy[Operation] = st.one_of(
    st.builds(put, NAMES, st.sampled_from([0, 1, 300_000])),
    st.builds(renewal, st.integers(1, 2)),
    st.builds(unforgotten, st.integers(1, 3)),
)
COMMITS = st.lists(
    st.lists(OPERATIONS, min_size=1, max_size=3, unique_by=lambda one: one.key).map(tuple),
    max_size=12,
)


@given(COMMITS)
def test_every_commit_lies_whole_in_one_pack_and_in_order(commits: list[Commit]) -> None:
    packs = packed(commits)
    assert [place for pack in packs for place in pack.members] == list(range(len(commits)))
    for pack in packs:
        check_commit(pack.commit)
        for place in pack.members:
            assert all(_within(operation, pack.commit) for operation in commits[place])
        assert {one.key for one in pack.commit} == {
            one.key for place in pack.members for one in commits[place]
        }


def _within(operation: Operation, commit: Commit) -> bool:
    [held] = [one for one in commit if one.key == operation.key]
    if held == operation:
        return True
    assert isinstance(held, Check)
    assert isinstance(operation, Check)
    assert isinstance(held.only_if, AllOf)
    return operation.only_if in held.only_if.conditions


def test_what_all_of_them_check_is_checked_once() -> None:
    [pack] = packed([(renewal(), unforgotten(at), put(str(n))) for n, at in enumerate((5, 7, 5))])
    both = AllOf((Below("cutoff", 5), Below("cutoff", 7)))
    assert pack.commit[:2] == (renewal(), Check(TOMBSTONE, both))
    assert len(pack.commit) == 5


def test_two_that_write_the_same_go_apart() -> None:
    assert [pack.members for pack in packed([(put("a"),), (put("a", 1),)])] == [[0], [1]]


def test_two_of_which_one_checks_what_the_other_writes_go_apart() -> None:
    commits: list[Commit] = [(put("a"),), (Check(key("a"), Absent()), put("b"))]
    assert [pack.members for pack in packed(commits)] == [[0], [1]]


def test_a_pack_holds_no_more_operations_and_bytes_than_it_may() -> None:
    many = [tuple(put(f"{place}-{n}") for n in range(30)) for place in range(7)]
    assert [len(pack.commit) for pack in packed(many)] == [90, 90, 30]
    assert 90 <= MAX_OPERATIONS < 120
    large: list[Commit] = [(put(str(n), MAX_BYTES // 3),) for n in range(5)]
    assert [len(pack.members) for pack in packed(large)] == [2, 2, 1]
