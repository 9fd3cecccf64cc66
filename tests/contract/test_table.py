from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lamella.errors import Invalid, TooLarge
from lamella.ports import (
    Absent,
    AllOf,
    AnyOf,
    AtLeast,
    Below,
    Check,
    Condition,
    Delete,
    Get,
    Is,
    Item,
    Key,
    Mark,
    Marked,
    Operation,
    Page,
    Present,
    Put,
    Query,
    Read,
    Refusal,
    Scan,
    Table,
    Update,
)

FAR = 9_000_000_000_000


def written(table: Table, *operations: Operation) -> Refusal | None:
    """One commit, alone in its round."""
    [refusal] = table.write([operations])
    return refusal


def page(table: Table, read: Read) -> Page:
    [found] = table.read([read])
    return found


def body(table: Table, key: Key) -> dict[str, Any] | None:
    item = page(table, Get(key)).first
    return None if item is None else dict(item.body)


def put_many(table: Table, pk: str, sks: list[str]) -> None:
    for start in range(0, len(sks), 100):
        commit = tuple(Put(Item(Key(pk, sk), {"sk": sk})) for sk in sks[start : start + 100])
        assert table.write([commit]) == [None]


def sks(found: Page) -> list[str]:
    return [item.key.sk for item in found.items]


# --- items --------------------------------------------------------------------------------


def test_what_is_put_is_read_back_whole(table: Table, pk: str) -> None:
    item = Item(
        Key(pk, "a"),
        {
            "text": "naïve ☃ 𝄞 \" ' \\ \n",
            "empty": "",
            "count": -3,
            "share": 0.25,
            "large": 2**53,
            "yes": True,
            "no": False,
            "list": [1, "two", {"three": None}],
            "nested": {"deep": {"er": ["x"]}},
        },
        ttl=FAR,
        mark=Mark(f"bucket-{pk}", 7),
    )
    assert written(table, Put(item)) is None
    assert page(table, Get(item.key)) == Page((item,))


def test_nothing_is_found_where_nothing_was_put(table: Table, pk: str) -> None:
    assert page(table, Get(Key(pk, "nothing"))) == Page()
    assert page(table, Query(pk)) == Page()
    assert page(table, Marked(f"bucket-{pk}", until=FAR)) == Page()


def test_a_put_replaces_all_of_the_item(table: Table, pk: str) -> None:
    key = Key(pk, "a")
    written(table, Put(Item(key, {"old": 1}, ttl=FAR, mark=Mark(f"bucket-{pk}", 1))))
    written(table, Put(Item(key, {"new": 2})))
    assert page(table, Get(key)).items == (Item(key, {"new": 2}),)
    assert page(table, Marked(f"bucket-{pk}", until=FAR)) == Page()


def test_changing_what_was_read_or_put_changes_nothing_stored(table: Table, pk: str) -> None:
    given: dict[str, Any] = {"list": [1]}
    written(table, Put(Item(Key(pk, "a"), given)))
    given["list"].append(2)
    read = page(table, Get(Key(pk, "a"))).items[0]
    read.body["list"].append(3)
    assert body(table, Key(pk, "a")) == {"list": [1]}


def test_a_deleted_item_is_gone_and_deleting_it_again_is_no_error(table: Table, pk: str) -> None:
    key = Key(pk, "a")
    written(table, Put(Item(key, {}, mark=Mark(f"bucket-{pk}", 1))))
    assert written(table, Delete(key)) is None
    assert written(table, Delete(key)) is None
    assert page(table, Get(key)).first is None
    assert page(table, Marked(f"bucket-{pk}", until=FAR)) == Page()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    names=st.lists(
        st.text(st.sampled_from("a#%_*/ é☃𝄞'\"\\"), min_size=1, max_size=5),
        unique=True,
        min_size=2,
        max_size=5,
    )
)
def test_keys_with_any_character_stay_apart(
    table: Table, fresh: Callable[[str], str], names: list[str]
) -> None:
    partitions = [fresh(name) for name in names]
    keys = [Key(pk, sk) for pk in partitions for sk in names]
    assert table.write([(Put(Item(key, {"of": [key.pk, key.sk]})),) for key in keys]) == [
        None for _ in keys
    ]
    pages = table.read([Get(key) for key in keys])
    assert [found.items[0].body["of"] for found in pages] == [[key.pk, key.sk] for key in keys]
    for pk, found in zip(partitions, table.read([Query(pk) for pk in partitions]), strict=True):
        assert sks(found) == sorted(names), pk


# --- updates ------------------------------------------------------------------------------


def test_an_update_sets_some_fields_and_leaves_the_others(table: Table, pk: str) -> None:
    key = Key(pk, "a")
    written(table, Put(Item(key, {"kept": 1, "changed": 1, "gone": 1}, ttl=FAR)))
    written(table, Update(key, {"changed": {"x": [2]}, "gone": None, "added": "y"}))
    assert page(table, Get(key)).items == (
        Item(key, {"kept": 1, "changed": {"x": [2]}, "added": "y"}, ttl=FAR),
    )


def test_an_update_creates_what_is_absent(table: Table, pk: str) -> None:
    key, mark = Key(pk, "a"), Mark(f"bucket-{pk}", 5)
    written(table, Update(key, {"a": 1, "never": None}, mark=mark, ttl=FAR))
    assert page(table, Get(key)).items == (Item(key, {"a": 1}, ttl=FAR, mark=mark),)


def test_an_update_sets_what_is_missing_and_leaves_what_is_there(table: Table, pk: str) -> None:
    key, odd = Key(pk, "a"), {"since": 1, "odd.[name]": {"of": [1]}}
    written(table, Update(key, {"last": 1}, missing=odd))
    written(table, Update(key, {"last": 2}, missing={"since": 2, "odd.[name]": {}, "new": "x"}))
    assert body(table, key) == {**odd, "last": 2, "new": "x"}


def test_what_an_update_removes_is_missing_to_the_next(table: Table, pk: str) -> None:
    key = Key(pk, "a")
    written(table, Put(Item(key, {"since": 1})), Update(Key(pk, "b"), {}))
    written(table, Update(key, {"since": None}))
    written(table, Update(key, {}, missing={"since": 3}))
    assert body(table, key) == {"since": 3}


def test_an_update_of_no_fields_still_creates_the_item(table: Table, pk: str) -> None:
    written(table, Update(Key(pk, "a"), {}))
    assert body(table, Key(pk, "a")) == {}


def test_field_names_may_be_any_words(table: Table, pk: str) -> None:
    key = Key(pk, "a")
    fields = {"pk": 1, "sk": 2, "ttl": 3, "name": 4, "a.b": 5, "#x": 6, ":y": 7, "at": 8}
    written(table, Put(Item(key, fields)))
    refusal = written(table, Update(key, dict.fromkeys(fields, 9), only_if=Is("a.b", 5)))
    assert refusal is None
    assert body(table, key) == dict.fromkeys(fields, 9)


def test_an_update_keeps_moves_and_removes_mark_and_ttl(table: Table, pk: str) -> None:
    key, bucket = Key(pk, "a"), f"bucket-{pk}"
    written(table, Put(Item(key, {}, ttl=FAR, mark=Mark(bucket, 5))))
    written(table, Update(key, {"x": 1}))
    assert page(table, Get(key)).items == (Item(key, {"x": 1}, FAR, Mark(bucket, 5)),)
    written(table, Update(key, {}, mark=Mark(bucket, 50), ttl=FAR + 1_000))
    assert page(table, Get(key)).items == (Item(key, {"x": 1}, FAR + 1_000, Mark(bucket, 50)),)
    assert page(table, Marked(bucket, until=49)) == Page()
    written(table, Update(key, {}, mark=None, ttl=None))
    assert page(table, Get(key)).items == (Item(key, {"x": 1}),)
    assert page(table, Marked(bucket, until=FAR)) == Page()


# --- conditions ---------------------------------------------------------------------------

ABOUT = {"name": "ann", "n": 5, "yes": True, "zero": 0, "empty": "", "list": [5]}

HOLDING: list[Condition] = [
    Present(),
    Is("name", "ann"),
    Is("n", 5),
    Is("yes", True),
    Is("zero", 0),
    Is("empty", ""),
    Is("missing", None),
    Below("n", 6),
    AtLeast("n", 5),
    AtLeast("zero", -1),
    AnyOf((Absent(), Is("n", 5))),
    AllOf((Present(), Is("n", 5), Below("n", 10))),
    AllOf((AnyOf((Is("n", 1), Is("n", 5))), AnyOf((Is("name", "bob"), Is("name", "ann"))))),
]
FAILING: list[Condition] = [
    Absent(),
    Is("name", "Ann"),
    Is("n", 6),
    Is("n", "5"),
    Is("n", None),
    Is("yes", False),
    Is("yes", 1),
    Is("zero", False),
    Is("empty", None),
    Is("missing", ""),
    Is("list", 5),
    Below("n", 5),
    Below("missing", 5),
    Below("name", 5),
    AtLeast("n", 6),
    AtLeast("missing", 0),
    AtLeast("yes", 0),
    AnyOf((Absent(), Is("n", 6))),
    AllOf((Present(), Is("n", 6))),
]


@pytest.mark.parametrize("condition", HOLDING, ids=repr)
def test_a_commit_stands_where_its_condition_holds(
    table: Table, pk: str, condition: Condition
) -> None:
    key, witness = Key(pk, "a"), Key(pk, "witness")
    written(table, Put(Item(key, ABOUT)))
    assert written(table, Check(key, condition), Put(Item(witness, {}))) is None
    assert page(table, Get(witness)).first is not None


@pytest.mark.parametrize("condition", FAILING, ids=repr)
def test_a_commit_is_refused_where_its_condition_fails(
    table: Table, pk: str, condition: Condition
) -> None:
    key, witness = Key(pk, "a"), Key(pk, "witness")
    written(table, Put(Item(key, ABOUT)))
    refusal = written(table, Put(Item(witness, {})), Check(key, condition))
    assert refusal == Refusal(1, Item(key, ABOUT))
    assert page(table, Get(witness)).first is None


@pytest.mark.parametrize(
    ("condition", "stands"),
    [
        (Absent(), True),
        (Present(), False),
        (Is("n", None), False),
        (Is("n", 1), False),
        (Below("n", 1), False),
        (AtLeast("n", 0), False),
        (AnyOf((Present(), Absent())), True),
        (AllOf((Absent(), Absent())), True),
    ],
    ids=repr,
)
def test_of_an_absent_item_only_its_absence_holds(
    table: Table, pk: str, condition: Condition, stands: bool
) -> None:
    refusal = written(table, Check(Key(pk, "nothing"), condition), Put(Item(Key(pk, "a"), {})))
    assert refusal == (None if stands else Refusal(0, None))
    assert (page(table, Get(Key(pk, "a"))).first is not None) is stands


@pytest.mark.parametrize("kind", ["put", "update", "delete"])
def test_every_write_obeys_its_condition(table: Table, pk: str, kind: str) -> None:
    key = Key(pk, "a")

    def write(only_if: Condition) -> Operation:
        if kind == "put":
            return Put(Item(key, {"n": 2}), only_if)
        return Update(key, {"n": 2}, only_if) if kind == "update" else Delete(key, only_if)

    written(table, Put(Item(key, {"n": 1})))
    assert written(table, write(Is("n", 7))) == Refusal(0, Item(key, {"n": 1}))
    assert body(table, key) == {"n": 1}
    assert written(table, write(Is("n", 1))) is None
    assert body(table, key) == (None if kind == "delete" else {"n": 2})


# --- commits ------------------------------------------------------------------------------


def test_a_refused_commit_changes_nothing_and_tells_the_first_failure(
    table: Table, pk: str
) -> None:
    held = Item(Key(pk, "held"), {"by": "ann"}, ttl=FAR, mark=Mark(f"bucket-{pk}", 1))
    doomed = Item(Key(pk, "doomed"), {})
    written(table, Put(held), Put(doomed))
    refusal = written(
        table,
        Put(Item(Key(pk, "new"), {})),
        Delete(doomed.key),
        Put(Item(held.key, {"by": "bob"}), only_if=Absent()),
        Check(Key(pk, "nothing"), Present()),
    )
    assert refusal == Refusal(2, held)
    assert sks(page(table, Query(pk))) == ["doomed", "held"]
    assert body(table, held.key) == {"by": "ann"}


def test_commits_of_one_round_stand_or_fall_alone(table: Table, pk: str) -> None:
    written(table, Put(Item(Key(pk, "taken"), {})))
    refusals = table.write(
        [
            (Put(Item(Key(pk, "one"), {}), Absent()),),
            (Put(Item(Key(pk, "two"), {})), Put(Item(Key(pk, "taken"), {}), Absent())),
            (Put(Item(Key(pk, "three"), {}), Absent()),),
        ]
    )
    assert refusals == [None, Refusal(1, Item(Key(pk, "taken"), {})), None]
    assert sks(page(table, Query(pk))) == ["one", "taken", "three"]


def test_a_round_may_be_empty(table: Table) -> None:
    assert table.write([]) == []
    assert table.read([]) == []


def test_a_commit_reaches_over_partitions(table: Table, fresh: Callable[[str], str]) -> None:
    here, there = Key(fresh("here"), "a"), Key(fresh("there"), "a")
    written(table, Put(Item(here, {"n": 1})))
    assert written(table, Put(Item(there, {})), Check(here, Is("n", 2))) is not None
    assert page(table, Get(there)).first is None
    assert written(table, Put(Item(there, {})), Check(here, Is("n", 1))) is None
    assert page(table, Get(there)).first is not None


def test_a_commit_of_a_hundred_operations_stands(table: Table, pk: str) -> None:
    commit = tuple(Put(Item(Key(pk, f"{n:03}"), {"n": n})) for n in range(100))
    assert table.write([commit]) == [None]
    assert len(page(table, Query(pk)).items) == 100


@pytest.mark.parametrize(
    ("operations", "error"),
    [
        (lambda pk: tuple(Delete(Key(pk, str(n))) for n in range(101)), TooLarge),
        (lambda pk: (Put(Item(Key(pk, "b"), {"text": "x" * 400_001})),), TooLarge),
        (lambda pk: (Update(Key(pk, "b"), {"text": "é" * 200_001}),), TooLarge),
        (
            lambda pk: tuple(
                Put(Item(Key(pk, str(n)), {"text": "x" * 390_000})) for n in range(11)
            ),
            TooLarge,
        ),
        (lambda pk: (Put(Item(Key(pk, "b"), {})), Delete(Key(pk, "b"))), Invalid),
        (lambda pk: (Put(Item(Key(pk, ""), {})),), Invalid),
        (lambda pk: (Put(Item(Key("", "b"), {})),), Invalid),
        (lambda pk: (), Invalid),
    ],
    ids=["operations", "item", "bytes", "commit", "same key", "no sk", "no pk", "empty"],
)
def test_what_exceeds_a_limit_is_refused_before_anything_is_written(
    table: Table,
    pk: str,
    operations: Callable[[str], tuple[Operation, ...]],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        table.write([(Put(Item(Key(pk, "first"), {})),), operations(pk)])
    assert page(table, Query(pk)) == Page()


def test_an_update_may_not_grow_an_item_beyond_the_limit(table: Table, pk: str) -> None:
    key = Key(pk, "a")
    written(table, Put(Item(key, {"one": "x" * 250_000})))
    with pytest.raises(TooLarge):
        written(table, Put(Item(Key(pk, "b"), {})), Update(key, {"two": "x" * 250_000}))
    assert sks(page(table, Query(pk))) == ["a"]
    assert body(table, key) == {"one": "x" * 250_000}


def test_of_many_who_count_at_once_each_is_counted_once(table: Table, pk: str) -> None:
    key, rounds, callers = Key(pk, "counter"), 8, 4
    written(table, Put(Item(key, {"n": 0})))

    def count() -> None:
        done = 0
        while done < rounds:
            seen = page(table, Get(key)).items[0].body["n"]
            if written(table, Update(key, {"n": seen + 1}, only_if=Is("n", seen))) is None:
                done += 1

    threads = [threading.Thread(target=count) for _ in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert body(table, key) == {"n": rounds * callers}


def test_of_many_who_claim_at_once_one_wins(table: Table, pk: str) -> None:
    won: list[int] = []

    def claim(name: int) -> None:
        commit = (
            Put(Item(Key(pk, "claim"), {"by": name}), only_if=Absent()),
            Put(Item(Key(pk, f"proof-{name}"), {})),
        )
        if table.write([commit]) == [None]:
            won.append(name)

    threads = [threading.Thread(target=claim, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert sks(page(table, Query(pk))) == ["claim", f"proof-{won[0]}"]


# --- queries ------------------------------------------------------------------------------


def test_a_query_answers_in_order_of_sk_either_way(table: Table, pk: str) -> None:
    names = ["~2#X", "~1#A", "M#2", "M#1", "a", "Z", "é", "☃", "𝄞", "M#10"]
    put_many(table, pk, names)
    assert sks(page(table, Query(pk))) == sorted(names)
    assert sks(page(table, Query(pk, newest_first=True))) == sorted(names, reverse=True)


def test_a_prefix_is_taken_literally(table: Table, pk: str) -> None:
    put_many(table, pk, ["M#1", "M#2", "M%", "M_x", "MX", "m#3", "N#1", "M"])
    assert sks(page(table, Query(pk, "M#"))) == ["M#1", "M#2"]
    assert sks(page(table, Query(pk, "M%"))) == ["M%"]
    assert sks(page(table, Query(pk, "M_"))) == ["M_x"]
    assert sks(page(table, Query(pk, "M"))) == ["M", "M#1", "M#2", "M%", "MX", "M_x"]
    assert sks(page(table, Query(pk, "M#", newest_first=True))) == ["M#2", "M#1"]


def test_a_prefix_of_the_last_character_there_is_still_works(table: Table, pk: str) -> None:
    last = "\U0010ffff"
    put_many(table, pk, ["~1", f"{last}", f"{last}{last}", f"{last}a"])
    assert sks(page(table, Query(pk, last))) == [last, f"{last}a", f"{last}{last}"]


def test_a_query_never_leaves_its_partition(table: Table, fresh: Callable[[str], str]) -> None:
    one = fresh("one")
    put_many(table, one, ["a"])
    put_many(table, f"{one}0", ["b"])
    put_many(table, one.upper(), ["c"])
    assert sks(page(table, Query(one))) == ["a"]


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_query_resumes_after_where_it_stopped(table: Table, pk: str, newest_first: bool) -> None:
    names = [f"M#{n:02}" for n in range(7)]
    put_many(table, pk, [*names, "A#", "Z#"])
    seen: list[str] = []
    after, more = None, True
    while more:
        found = page(table, Query(pk, "M#", newest_first, after, limit=3))
        seen += sks(found)
        after, more = found.items[-1].key.sk, found.more
    assert seen == sorted(names, reverse=newest_first)


def test_after_need_not_exist(table: Table, pk: str) -> None:
    put_many(table, pk, ["M#1", "M#3"])
    assert sks(page(table, Query(pk, "M#", after="M#2"))) == ["M#3"]
    assert sks(page(table, Query(pk, "M#", newest_first=True, after="M#2"))) == ["M#1"]


def test_a_limit_says_whether_it_cut_anything_off(table: Table, pk: str) -> None:
    put_many(table, pk, ["1", "2", "3"])
    assert (sks(cut := page(table, Query(pk, limit=2))), cut.more) == (["1", "2"], True)
    assert (sks(whole := page(table, Query(pk, limit=3))), whole.more) == (["1", "2", "3"], False)


def test_a_query_goes_on_past_one_megabyte(table: Table, pk: str) -> None:
    for n in range(8):
        written(table, Put(Item(Key(pk, f"{n}"), {"text": "x" * 300_000})))
    found = page(table, Query(pk))
    assert (sks(found), found.more) == ([f"{n}" for n in range(8)], False)


def test_a_round_of_reads_answers_each_in_its_place(table: Table, pk: str) -> None:
    put_many(table, pk, ["a", "b"])
    one, two, three = table.read([Get(Key(pk, "b")), Query(pk), Marked(f"bucket-{pk}", until=FAR)])
    assert (sks(one), sks(two), sks(three)) == (["b"], ["a", "b"], [])


# --- marks --------------------------------------------------------------------------------


def test_marked_items_come_oldest_first_within_their_times(
    table: Table, fresh: Callable[[str], str]
) -> None:
    bucket = fresh("bucket")
    for at in (30, 10, 20, 40):
        key = Key(fresh("partition"), str(at))
        written(table, Put(Item(key, {"at": at}, mark=Mark(bucket, at))))
    written(table, Put(Item(Key(fresh("x"), "other"), {}, mark=Mark(fresh("other"), 20))))
    assert sks(page(table, Marked(bucket, until=30))) == ["10", "20", "30"]
    assert sks(page(table, Marked(bucket, until=30, since=20))) == ["20", "30"]
    assert sks(page(table, Marked(bucket, until=9))) == []
    first = page(table, Marked(bucket, until=40, limit=2))
    assert (sks(first), first.more) == (["10", "20"], True)
    assert first.items[0].body == {"at": 10}
    assert first.items[0].mark == Mark(bucket, 10)


def test_items_marked_at_one_time_are_all_found(table: Table, fresh: Callable[[str], str]) -> None:
    bucket, pk = fresh("bucket"), fresh("partition")
    for n in range(5):
        written(table, Put(Item(Key(pk, str(n)), {}, mark=Mark(bucket, 7))))
    assert sorted(sks(page(table, Marked(bucket, since=7, until=7)))) == list("01234")


# --- scans --------------------------------------------------------------------------------


def test_a_scan_finds_items_of_every_partition_by_how_they_begin(
    table: Table, fresh: Callable[[str], str]
) -> None:
    mine = fresh("mine#")
    pks = [fresh("partition") for _ in range(5)]
    for pk in pks:
        put_many(table, pk, [f"{mine}{n}" for n in range(7)])
        put_many(table, pk, [mine[:-1], f"other#{mine}"])
    found: list[Key] = []
    after: Key | None = None
    more = True
    while more:
        shown = page(table, Scan(mine, after, limit=4))
        assert len(shown.items) <= 4
        found += [item.key for item in shown.items]
        after, more = found[-1], shown.more
    assert len(found) == 35
    assert set(found) == {Key(pk, f"{mine}{n}") for pk in pks for n in range(7)}


def test_a_scan_goes_on_after_an_item_that_has_gone(
    table: Table, pk: str, fresh: Callable[[str], str]
) -> None:
    mine = fresh("mine#")
    put_many(table, pk, [f"{mine}{n}" for n in range(4)])
    [first, second] = page(table, Scan(mine, limit=2)).items
    written(table, Delete(second.key))
    rest = page(table, Scan(mine, after=second.key))
    assert not rest.more
    assert {first.key, second.key, *(item.key for item in rest.items)} == {
        Key(pk, f"{mine}{n}") for n in range(4)
    }


def test_a_scan_that_finds_nothing_has_no_more(table: Table, fresh: Callable[[str], str]) -> None:
    assert page(table, Scan(fresh("nobody#"))) == Page()


# --- time ---------------------------------------------------------------------------------


def test_what_ttl_has_not_ended_stays(table: Table, pk: str) -> None:
    item = Item(Key(pk, "a"), {}, ttl=FAR)
    written(table, Put(item), Put(Item(Key(pk, "b"), {})))
    table.tidy(FAR - 1)
    assert sks(page(table, Query(pk))) == ["a", "b"]


def test_what_ttl_has_ended_may_go_and_takes_nothing_with_it(table: Table, pk: str) -> None:
    put_many(table, pk, ["stays"])
    written(table, Put(Item(Key(pk, "ended"), {}, ttl=1_000, mark=Mark(f"bucket-{pk}", 1))))
    assert table.tidy(2_000) >= 0
    assert "stays" in sks(page(table, Query(pk)))
    assert written(table, Put(Item(Key(pk, "ended"), {"n": 2}))) is None
    assert body(table, Key(pk, "ended")) == {"n": 2}
    table.tidy(3_000)
    assert body(table, Key(pk, "ended")) == {"n": 2}
