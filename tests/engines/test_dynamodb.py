"""What only DynamoDB can get wrong, watched and disturbed at the wire."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from conftest import CREDENTIALS, REGION
from dynamodb_wire import Wire, canceled
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scripted_server import JSON, Answer, Asked, ScriptedServer, refusal

from lamella.conditions import holds
from lamella.engines.dynamodb import DynamoTable
from lamella.errors import SetupError, Throttled, TooLarge, Unavailable
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
    Refusal,
    Table,
    Update,
)

ATTEMPTS = 4
TABLE = "scripted"


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def wire(dynamodb_url: str) -> Iterator[Wire]:
    with Wire(dynamodb_url) as server:
        yield server


@pytest.fixture
def table(wire: Wire, dynamo_table_name: str, pauses: list[float]) -> Iterator[DynamoTable]:
    opened = _open(dynamo_table_name, wire.url, pauses)
    yield opened
    opened.close()


@pytest.fixture
def alone(pauses: list[float]) -> Iterator[tuple[DynamoTable, Wire]]:
    """A table whose every answer is scripted."""
    with Wire() as server:
        opened = _open(TABLE, server.url, pauses)
        yield opened, server
        opened.close()


def _open(name: str, url: str, pauses: list[float]) -> DynamoTable:
    return DynamoTable(
        name,
        endpoint=url,
        region=REGION,
        credentials=CREDENTIALS,
        attempts=ATTEMPTS,
        pause=pauses.append,
    )


def written(table: Table, *operations: Operation) -> Refusal | None:
    [refusal] = table.write([operations])
    return refusal


def item(table: Table, key: Key) -> Item | None:
    [page] = table.read([Get(key)])
    return page.first


# --- reading ------------------------------------------------------------------------------


def test_gets_and_queries_ask_for_consistency(table: DynamoTable, wire: Wire, pk: str) -> None:
    table.read([Get(Key(pk, "a"))])
    table.read([Get(Key(pk, "a")), Get(Key(pk, "b")), Query(pk)])
    asked = dict(zip(wire.operations, wire.bodies, strict=True))
    assert asked["GetItem"]["ConsistentRead"] is True
    assert asked["Query"]["ConsistentRead"] is True
    [batch] = asked["BatchGetItem"]["RequestItems"].values()
    assert batch["ConsistentRead"] is True


def test_the_index_is_read_as_it_is_and_its_items_consistently(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    for sk in "ab":
        written(table, Put(Item(Key(pk, sk), {"text": sk}, mark=Mark(pk, 1))))
    [page] = table.read([Marked(pk, until=1)])
    assert {found.body["text"] for found in page.items} == {"a", "b"}
    *_, index, batch = wire.bodies
    assert index["IndexName"] == "due"
    assert "ConsistentRead" not in index
    assert [part["ConsistentRead"] for part in batch["RequestItems"].values()] == [True]


def test_what_has_left_the_bucket_is_left_out_though_the_index_lags(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    stays, moved, gone = (Key(pk, sk) for sk in ("stays", "moved", "gone"))
    written(table, Put(Item(stays, {}, mark=Mark(pk, 2))))
    written(table, Put(Item(moved, {}, mark=Mark(pk, 20))))
    named = [{"pk": {"S": key.pk}, "sk": {"S": key.sk}} for key in (moved, gone, stays)]
    wire.script.append(Answer({"Items": named, "Count": 3}))
    [page] = table.read([Marked(pk, until=10)])
    assert [found.key for found in page.items] == [stays]


def test_many_gets_go_a_hundred_at_a_time(table: DynamoTable, wire: Wire, pk: str) -> None:
    keys = [Key(pk, f"{n:03}") for n in range(230)]
    table.write([tuple(Put(Item(key, {})) for key in keys[n : n + 100]) for n in (0, 100, 200)])
    wire.asked.clear()
    pages = table.read([*(Get(key) for key in keys), Get(keys[0]), Get(Key(pk, "missing"))])
    assert [page.first.key if page.first else None for page in pages] == [*keys, keys[0], None]
    counts = [len(part["Keys"]) for body in wire.bodies for part in body["RequestItems"].values()]
    assert sorted(counts) == [31, 100, 100]


def test_gets_that_were_left_undone_are_asked_for_again(
    table: DynamoTable, wire: Wire, dynamo_table_name: str, pk: str
) -> None:
    one, two = Key(pk, "one"), Key(pk, "two")
    written(table, Put(Item(one, {"n": 1})), Put(Item(two, {"n": 2})))
    first = {"pk": {"S": pk}, "sk": {"S": "one"}, "n": {"N": "1"}}
    left = {"pk": {"S": pk}, "sk": {"S": "two"}}
    wire.script.append(
        Answer(
            {
                "Responses": {dynamo_table_name: [first]},
                "UnprocessedKeys": {dynamo_table_name: {"Keys": [left]}},
            }
        )
    )
    pages = table.read([Get(two), Get(one)])
    assert [page.items[0].body["n"] for page in pages] == [2, 1]


def test_gets_that_are_never_done_are_throttled(alone: tuple[DynamoTable, Wire]) -> None:
    table, wire = alone
    keys = [{"pk": {"S": "p"}, "sk": {"S": sk}} for sk in "ab"]
    nothing = Answer({"Responses": {}, "UnprocessedKeys": {TABLE: {"Keys": keys}}})
    wire.script.extend([nothing] * ATTEMPTS)
    with pytest.raises(Throttled):
        table.read([Get(Key("p", "a")), Get(Key("p", "b"))])
    assert len(wire.asked) == ATTEMPTS


def test_a_query_takes_as_many_pages_as_its_limit_needs_and_no_more(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    for n in range(7):
        written(table, Put(Item(Key(pk, str(n)), {"text": "x" * 300_000})))
    wire.asked.clear()
    [cut] = table.read([Query(pk, limit=5)])
    assert ([found.key.sk for found in cut.items], cut.more) == (list("01234"), True)
    assert [body["Limit"] for body in wire.bodies] == [6, 2]
    [whole] = table.read([Query(pk, limit=7)])
    assert (len(whole.items), whole.more) == (7, False)


@pytest.mark.parametrize(
    ("after", "newest_first", "found"),
    [
        ("A", False, ["M#1", "M#2"]),
        ("Z", False, []),
        ("A", True, []),
        ("Z", True, ["M#2", "M#1"]),
        ("M", False, ["M#1", "M#2"]),
    ],
)
def test_a_query_may_resume_outside_of_its_prefix(
    table: DynamoTable, pk: str, after: str, newest_first: bool, found: list[str]
) -> None:
    written(table, Put(Item(Key(pk, "M#1"), {})), Put(Item(Key(pk, "M#2"), {})))
    [page] = table.read([Query(pk, "M#", newest_first, after=after)])
    assert [item.key.sk for item in page.items] == found


def test_the_reads_of_a_round_are_under_way_together() -> None:
    here = threading.Barrier(3)

    def when_all_are_here(asked: Asked) -> Answer:
        here.wait(timeout=10)
        return Answer({"Items": [], "Count": 0})

    with ScriptedServer(when_all_are_here) as server:
        table = _open(TABLE, server.url, [])
        assert table.read([Query("a"), Query("b"), Query("c")]) == [Page()] * 3
        table.close()


# --- writing ------------------------------------------------------------------------------


def test_names_and_values_travel_as_placeholders_only(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    update = Update(
        Key(pk, "a"),
        {"secretly": "spoken", "gone": None},
        only_if=AnyOf((Absent(), Is("holder", "ann"), Below("until", 77))),
    )
    written(table, update)
    [body] = wire.bodies
    expressions = body["UpdateExpression"] + body["ConditionExpression"]
    for word in ("secretly", "spoken", "gone", "holder", "ann", "until", "77", "pk"):
        assert word not in expressions
    assert body["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"


def test_ttl_is_in_whole_seconds_at_the_store_and_never_early(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    given = Item(Key(pk, "a"), {}, ttl=9_000_000_000_001)
    written(table, Put(given))
    written(table, Update(given.key, {}, ttl=9_000_000_001_000))
    put, update = wire.bodies
    assert put["Item"]["ttl"] == {"N": "9000000001"}
    assert {"N": "9000000001"} in update["ExpressionAttributeValues"].values()
    written(table, Put(given))
    assert item(table, given.key) == given


def test_single_operations_travel_alone_and_several_as_a_transaction(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    key = Key(pk, "a")
    table.write([(Put(Item(key, {})),), (Update(key, {"n": 1}),), (Delete(key),)])
    written(table, Check(key, Absent()))
    written(table, Check(key, Absent()), Put(Item(Key(pk, "b"), {})))
    assert wire.operations == [
        "PutItem",
        "UpdateItem",
        "DeleteItem",
        "TransactWriteItems",
        "TransactWriteItems",
    ]


def test_the_commits_of_a_round_that_share_a_key_go_in_their_order(
    table: DynamoTable, fresh: Callable[[str], str]
) -> None:
    one, two = Key(fresh("one"), "n"), Key(fresh("two"), "n")
    table.write([(Put(Item(one, {"n": 0})),), (Put(Item(two, {"n": 0})),)])

    def count(key: Key, seen: int) -> Update:
        return Update(key, {"n": seen + 1}, only_if=Is("n", seen))

    commits = [(count(one, 0),), (count(two, 0),), (count(one, 1), count(two, 1)), (count(two, 2),)]
    assert table.write(commits) == [None] * 4
    assert [page.items[0].body for page in table.read([Get(one), Get(two)])] == [
        {"n": 2},
        {"n": 3},
    ]


def test_a_commit_as_large_as_they_come_stands(table: DynamoTable, pk: str) -> None:
    commit = tuple(Put(Item(Key(pk, f"{n:03}"), {"text": "x" * 39_000})) for n in range(100))
    assert table.write([commit]) == [None]
    [page] = table.read([Query(pk)])
    assert len(page.items) == 100


def test_an_update_that_only_removes_still_creates_the_item_in_a_transaction(
    table: DynamoTable, pk: str
) -> None:
    written(table, Update(Key(pk, "a"), {"gone": None}), Update(Key(pk, "b"), {}))
    assert item(table, Key(pk, "a")) == Item(Key(pk, "a"), {})
    assert item(table, Key(pk, "b")) == Item(Key(pk, "b"), {})


def test_an_item_grown_too_large_says_so_and_repeats_no_word_of_it(
    table: DynamoTable, pk: str
) -> None:
    key, text = Key(pk, "a"), "private " * 30_000
    written(table, Put(Item(key, {"one": text})))
    for others in ((), (Put(Item(Key(pk, "b"), {})),)):
        with pytest.raises(TooLarge) as raised:
            written(table, *others, Update(key, {"two": text}))
        assert "private" not in str(raised.value)
        assert raised.value.__cause__ is None
        assert raised.value.__context__ is None


# --- conditions ---------------------------------------------------------------------------

FIELDS = st.sampled_from(["a", "b", "c", "missing", "pk", "x[0]", "~"])
VALUES = st.sampled_from([None, True, False, 0, 1, -7, 10**20, "", "1", "x"])
SIMPLE = st.one_of(
    st.just(Absent()),
    st.just(Present()),
    st.builds(Is, FIELDS, VALUES),
    st.builds(Below, FIELDS, st.integers(-2, 2)),
    st.builds(AtLeast, FIELDS, st.integers(-2, 2)),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    SIMPLE,
    lambda inner: (
        st.lists(inner, max_size=3)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([AnyOf(parts), AllOf(parts)]))
    ),
    max_leaves=5,
)
BODIES = st.dictionaries(FIELDS, st.one_of(VALUES, st.just(0.5), st.just([1]), st.just({"a": 1})))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.none() | BODIES, condition=CONDITIONS)
def test_dynamodb_means_by_a_condition_what_the_definition_says(
    dynamo_table: DynamoTable,
    fresh: Callable[[str], str],
    body: dict[str, JSON] | None,
    condition: Condition,
) -> None:
    key = Key(fresh("partition"), "a")
    lying = None if body is None else Item(key, body)
    if lying is not None:
        written(dynamo_table, Put(lying))
    refused = written(dynamo_table, Check(key, condition))
    assert refused == (None if holds(condition, lying) else Refusal(0, lying))


# --- trouble ------------------------------------------------------------------------------

THROTTLING = [
    refusal("ProvisionedThroughputExceededException"),
    refusal("ThrottlingException"),
    refusal("RequestLimitExceeded"),
    refusal("TransactionConflictException"),
    refusal("TransactionInProgressException"),
    refusal("InternalServerError", 500),
    refusal("ServiceUnavailable", 503),
]


@pytest.mark.parametrize("answer", THROTTLING, ids=lambda answer: answer.error)
def test_what_passes_is_tried_again_after_a_pause(
    table: DynamoTable, wire: Wire, pauses: list[float], pk: str, answer: Answer
) -> None:
    wire.script.extend([answer, answer])
    assert written(table, Put(Item(Key(pk, "a"), {"n": 1}))) is None
    assert len(wire.asked) == 3
    assert len(pauses) == 2
    assert all(0 <= pause <= 1 for pause in pauses)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (refusal("ThrottlingException"), Throttled),
        (refusal("TransactionConflictException"), Throttled),
        (refusal("InternalServerError", 500), Unavailable),
    ],
    ids=["throttled", "contended", "down"],
)
def test_what_does_not_pass_has_its_own_error(
    alone: tuple[DynamoTable, Wire], answer: Answer, error: type[Exception]
) -> None:
    table, wire = alone
    wire.script.extend([answer] * ATTEMPTS)
    with pytest.raises(error):
        table.read([Query("p")])
    assert len(wire.asked) == ATTEMPTS


def test_a_canceled_transaction_is_sent_again_with_its_token(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    wire.script.extend(
        [canceled("None", "TransactionConflict"), canceled("ThrottlingError", "None")]
    )
    commit = (Put(Item(Key(pk, "a"), {})), Put(Item(Key(pk, "b"), {})))
    assert table.write([commit]) == [None]
    first, second, third = wire.bodies
    assert first == second == third


def test_every_commit_has_a_token_of_its_own(table: DynamoTable, wire: Wire, pk: str) -> None:
    commit = (Put(Item(Key(pk, "a"), {})), Put(Item(Key(pk, "b"), {})))
    table.write([commit, commit])
    assert len({body["ClientRequestToken"] for body in wire.bodies}) == 2


def test_a_refused_condition_is_no_trouble_even_beside_some(
    alone: tuple[DynamoTable, Wire], pauses: list[float]
) -> None:
    table, wire = alone
    wire.script.append(canceled("TransactionConflict", "ConditionalCheckFailed"))
    commit = (Put(Item(Key("p", "a"), {})), Check(Key("p", "b"), Present()))
    assert table.write([commit]) == [Refusal(1, None)]
    assert pauses == []


def test_a_transaction_whose_answer_got_lost_happens_once(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    key, other = Key(pk, "counter"), Key(pk, "other")
    written(table, Put(Item(key, {"n": 0})))
    wire.answers_to_lose = 1
    counted = written(table, Update(key, {"n": 1}, only_if=Is("n", 0)), Put(Item(other, {})))
    assert counted is None
    assert item(table, key) == Item(key, {"n": 1})


def test_a_conditional_write_whose_answer_got_lost_is_not_sent_twice(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    key = Key(pk, "claim")
    wire.answers_to_lose = 1
    with pytest.raises(Unavailable):
        written(table, Put(Item(key, {"by": "us"}), only_if=Absent()))
    assert wire.operations == ["PutItem"]
    assert item(table, key) == Item(key, {"by": "us"})


def test_a_write_without_condition_whose_answer_got_lost_is_sent_again(
    table: DynamoTable, wire: Wire, pk: str
) -> None:
    wire.answers_to_lose = 1
    assert written(table, Put(Item(Key(pk, "a"), {}))) is None
    assert wire.operations == ["PutItem", "PutItem"]


def test_what_of_a_round_did_not_fail_stands(table: DynamoTable, pk: str) -> None:
    large, small = Key(pk, "large"), Item(Key(pk, "small"), {})
    written(table, Put(Item(large, {"one": "x" * 300_000})))
    with pytest.raises(TooLarge):
        table.write([(Update(large, {"two": "x" * 300_000}),), (Put(small),)])
    assert item(table, small.key) == small


def test_a_table_that_is_not_there_is_a_matter_of_setting_up(wire: Wire) -> None:
    table = _open("never-made", wire.url, [])
    with pytest.raises(SetupError, match="ResourceNotFound"):
        table.read([Get(Key("p", "a"))])
    table.close()


def test_without_a_region_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    table = DynamoTable(TABLE)
    with pytest.raises(SetupError, match="NoRegion"):
        table.read([Query("p")])
    table.close()


def test_a_store_nobody_answers_for_is_unavailable(pauses: list[float]) -> None:
    with Wire() as server:
        url = server.url
    table = _open(TABLE, url, pauses)
    with pytest.raises(Unavailable):
        table.write([(Put(Item(Key("p", "a"), {}), only_if=Absent()),)])
    assert len(pauses) == ATTEMPTS - 1
    table.close()


def test_nobody_elses_log_hears_what_is_stored(
    table: DynamoTable, pk: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        written(table, Put(Item(Key(pk, "a"), {"text": "private"})))
        table.read([Get(Key(pk, "a")), Query(pk)])
        written(table, Put(Item(Key(pk, "a"), {}), only_if=Absent()))
    assert caplog.records
    assert "private" not in caplog.text
