"""What a request means, what is refused, and that a refusal never repeats the caller's words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lamella import filters, requests
from lamella.errors import Invalid, LamellaError, TooLarge
from lamella.requests import (
    AddRequest,
    Asked,
    ContextRequest,
    DeleteAllRequest,
    EventsRequest,
    ForgetRequest,
    KeyRequest,
    ListRequest,
    Message,
    OrgAddRequest,
    OrgUpdateRequest,
    SearchRequest,
    UpdateRequest,
    WorkingRequest,
    parse,
)
from lamella.requests.given import WITHOUT_MEANING
from lamella.requests.times import duration, expiry, moment
from lamella.scopes import Kind, Layer, Scope

SECRET = "my-words-must-not-come-back"
NAMED = [getattr(requests, name) for name in requests.__all__]
MODELS = [m for m in NAMED if isinstance(m, type) and issubclass(m, Asked)]


def add(messages: object = "I love hiking", **fields: Any) -> AddRequest:
    return parse(AddRequest, {"messages": messages, "user_id": "alex", **fields})


def search(**fields: Any) -> SearchRequest:
    return parse(SearchRequest, {"query": "hotels?", **fields})


# --- messages -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_messages", "texts"),
    [
        ("hello", [("user", "hello", False)]),
        (["hello", "again"], [("user", "hello", False), ("user", "again", False)]),
        ({"role": "assistant", "content": "hi"}, [("assistant", "hi", False)]),
        ([{"role": "user", "content": "a"}, " "], [("user", "a", False)]),
        ([{"role": "developer", "content": "be kind"}], [("system", "be kind", False)]),
        ([{"role": "function", "content": "42"}], [("tool", "42", True)]),
        ([{"role": "tool", "tool_call_id": "x", "content": "42"}], [("tool", "42", True)]),
        (
            [{"role": "user", "content": [{"type": "text", "text": "look"}, "there"]}],
            [("user", "look\nthere", False)],
        ),
        (
            [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}],
            [("user", "[image]", False)],
        ),
        (
            [{"role": "user", "content": {"type": "image", "source": {}, "alt": "a dog"}}],
            [("user", "[image: a dog]", False)],
        ),
        (
            [{"role": "user", "content": [{"type": "pdf_url", "pdf_url": {"title": "Rent"}}]}],
            [("user", "[document: Rent]", False)],
        ),
        (
            [
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "hm"},
                        {"type": "tool_use", "id": "1", "name": "add", "input": {"a": 1}},
                        {"type": "text", "text": "done"},
                    ],
                }
            ],
            [
                ("assistant", "hm", True),
                ("tool", 'add({"a": 1})', True),
                ("assistant", "done", False),
            ],
        ),
        (
            [
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{}"}}],
                }
            ],
            [("tool", "f({})", True)],
        ),
        (
            [
                {
                    "role": "user",
                    "content": [
                        {"type": "tool_result", "content": [{"type": "text", "text": "7"}]}
                    ],
                }
            ],
            [("tool", "7", True)],
        ),
        (
            [
                {
                    "role": "assistant",
                    "content": [
                        {"reasoningContent": {"reasoningText": {"text": "so"}}},
                        {"toolUse": {"name": "f", "input": {}}},
                        {"text": "Bedrock's own"},
                        {"cachePoint": {"type": "default"}},
                    ],
                }
            ],
            [
                ("assistant", "so", True),
                ("tool", "f({})", True),
                ("assistant", "Bedrock's own", False),
            ],
        ),
    ],
)
def test_every_form_of_messages_becomes_plain_text_with_a_role(
    given_messages: object, texts: list[tuple[str, str, bool]]
) -> None:
    messages = add(given_messages).messages
    assert [(m.role, m.text, m.fleeting) for m in messages] == texts


def test_a_speaker_keeps_the_name_that_was_told() -> None:
    assert add([{"role": "user", "content": "hi", "name": "Ana"}]).messages == (
        Message("user", "hi", "Ana"),
    )


@pytest.mark.parametrize(
    ("bad", "names"),
    [
        ([], "messages is empty"),
        ("  \n", "messages is empty"),
        ([{"role": "user", "content": ""}], "messages is empty"),
        (7, "messages[0] must be"),
        ([["nested"]], "messages[0] must be"),
        ([{"content": SECRET}], "messages[0].role"),
        ([{"role": SECRET, "content": "x"}], "messages[0].role"),
        ([{"role": "user", "content": 5}], "messages[0].content"),
        ([{"role": "user", "content": [{"type": SECRET}]}], "unknown type"),
        ([{"role": "user", "content": [{"type": "text"}]}], "without text"),
        ([{"role": "user", "content": "x", "name": ""}], "messages[0].name"),
        ([{"role": "user", "content": "x", "mood": SECRET}], "unknown field: mood"),
        ([{"role": "user", "content": "x", SECRET + "!": 1}], "unknown field: (…)"),
        ([{"role": "assistant", "tool_calls": "f"}], "tool_calls must be a list"),
        (["half a pair: \ud83d"], "can't be stored"),
    ],
)
def test_messages_that_can_not_be_read_are_refused_by_name(bad: object, names: str) -> None:
    with pytest.raises(Invalid) as refused:
        add(bad)
    assert names in refused.value.detail
    assert SECRET not in refused.value.detail


@pytest.mark.parametrize(
    "much", [["x"] * 1_001, "x" * (256 * 1024 + 1), ["x" * 250_000] * 13], ids=len
)
def test_more_than_fits_is_too_large(much: object) -> None:
    with pytest.raises(TooLarge):
        add(much)


# --- add ----------------------------------------------------------------------------------


def test_an_add_names_its_scope_in_either_place_and_by_either_name() -> None:
    scope = Scope(user_id="alex", session_id="trip")
    assert add(session_id="trip").scope == scope
    assert add(run_id="trip", session_id="trip").scope == scope
    assert add(filters={"run_id": "trip"}).scope == scope
    assert add(filters={"AND": [{"user_id": "alex"}, {"sessionId": "trip"}]}).scope == scope


def test_an_add_without_messages_needs_working_items_or_attention() -> None:
    raw = {"session_id": "s", "working": {"cart": [1]}, "attention": "checkout"}
    asked = parse(AddRequest, raw)
    assert (asked.messages, asked.working, asked.attention) == ((), {"cart": [1]}, "checkout")


def test_fields_of_mem0_without_meaning_are_answered_by_a_warning_each() -> None:
    asked = add(rerank=True, org_id="o", prompt="food", version=None)
    assert [warning.split()[0] for warning in asked.warnings] == ["org_id", "prompt", "rerank"]


@pytest.mark.parametrize("name", sorted(WITHOUT_MEANING))
def test_every_named_mem0_field_is_accepted(name: str) -> None:
    assert len(add(**{name: "x"}).warnings) == 1


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({"user": "alex"}, "unknown field: user"),
        ({SECRET + " ": 1}, "unknown field: (…)"),
        ({"user_id": ""}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"user_id": "*"}, "user_id"),
        ({"user_id": "x" * 257}, "user_id"),
        ({"user_id": None}, "user_id, agent_id, app_id or session_id"),
        ({"run_id": "a", "session_id": "b"}, "session_id and run_id"),
        ({"filters": {"user_id": "other"}}, "user_id is given twice"),
        ({"filters": {"user_id": {"ne": "x"}}}, "user_id as a plain string"),
        ({"filters": {"OR": [{"user_id": "x"}]}}, "unknown field: OR"),
        ({"filters": SECRET}, "filters must be an object"),
        ({"metadata": [SECRET]}, "metadata"),
        ({"metadata": {"k": SECRET * 400}}, "metadata is larger"),
        ({"metadata": {"k": {1, 2}}}, "metadata must be plain JSON"),
        ({"metadata": {"k": float("nan")}}, "metadata must be plain JSON"),
        ({"infer": SECRET}, "infer"),
        ({"timestamp": SECRET}, "timestamp"),
        ({"timestamp": -1}, "timestamp"),
        ({"timestamp": 1_700_000_000_000}, "seconds"),
        ({"timestamp": True}, "timestamp"),
        ({"timestamp": float("inf")}, "timestamp"),
        ({"timestamp": "2026-02-30"}, "timestamp"),
        ({"expiration_date": SECRET}, "expiration_date"),
        ({"expiration_date": 5}, "expiration_date"),
        ({"expiration_date": "0d"}, "expiration_date"),
        ({"expiration_date": "9999-12-31"}, "expiration_date"),
        ({"expiration_date": "90d", "lifetime": "1h"}, "not both"),
        ({"lifetime": "soon"}, "lifetime"),
        ({"idempotency_key": ""}, "idempotency_key"),
        ({"attention": " "}, "attention"),
        ({"working": {"": 1}}, "working"),
        ({"working": {"k": "x" * 300_000}}, "working"),
        ({"warnings": ["x"]}, "unknown field: warnings"),
        ({"said_at": 5}, "unknown field: said_at"),
    ],
)
def test_an_add_that_can_not_be_is_refused_by_the_name_of_its_field(
    fields: dict[str, Any], names: str
) -> None:
    with pytest.raises(Invalid) as refused:
        add(**fields)
    assert names in refused.value.detail
    assert SECRET not in refused.value.detail


def test_nesting_without_end_is_refused() -> None:
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    with pytest.raises(Invalid):
        add([{"role": "user", "content": [{"type": "tool_result", "content": deep}]}])


# --- times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "at"),
    [
        (0, 0),
        (1_700_000_000, 1_700_000_000_000),
        (1.5, 1_500),
        ("1970-01-02", 86_400_000),
        ("1970-01-01T00:00:01Z", 1_000),
        ("1970-01-01 01:00:00.25+01:00", 250),
        (datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC), 2_000),
    ],
)
def test_a_moment_is_seconds_or_iso_8601(written: object, at: int) -> None:
    assert moment("timestamp", written) == at


@pytest.mark.parametrize(
    ("written", "length"),
    [("30m", 1_800_000), ("12h", 43_200_000), ("90d", 7_776_000_000), ("PT1H", 3_600_000)],
)
def test_a_duration_is_short_or_iso_8601(written: str, length: int) -> None:
    assert duration("lifetime", written) == length


def test_an_expiry_is_the_end_of_a_day_a_moment_or_a_lifetime() -> None:
    assert expiry("e", "1970-01-01") == {"expires_at": 86_400_000}
    assert expiry("e", date(1970, 1, 1)) == {"expires_at": 86_400_000}
    assert expiry("e", "1970-01-01T00:00:01Z") == {"expires_at": 1_000}
    assert expiry("e", "90d") == {"lifetime_ms": 7_776_000_000}
    assert expiry("e", timedelta(hours=1)) == {"lifetime_ms": 3_600_000}


@given(st.datetimes(datetime(1970, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)))
def test_iso_8601_and_seconds_name_the_same_moment(at: datetime) -> None:
    assert abs(moment("t", at.isoformat()) - moment("t", at.timestamp())) <= 1


# --- search, context and list -------------------------------------------------------------


def test_ids_at_the_top_level_are_our_form_and_inside_filters_mem0s() -> None:
    ours = search(user_id="alex", run_id="trip")
    theirs = search(filters={"user_id": "alex", "run_id": "trip"})
    assert (ours.strict, ours.union, theirs.strict, theirs.union) == (False, True, True, False)
    assert ours.scope == theirs.scope == Scope(user_id="alex", session_id="trip")


def test_a_session_beside_mem0s_filters_is_a_union_too() -> None:
    asked = search(filters={"user_id": "alex"}, session_id="trip")
    assert (asked.union, asked.scope) == (True, Scope(user_id="alex", session_id="trip"))


def test_a_search_has_mem0s_defaults_and_takes_its_old_names() -> None:
    assert search(user_id="a").top_k == 10
    asked = search(user_id="a", limit="5", latest_only=False, reference_date=1, threshold=0)
    assert (asked.top_k, asked.superseded, asked.as_of, asked.threshold) == (5, True, 1_000, 0)
    assert parse(ContextRequest, {"query": "q", "user_id": "a"}).top_k == 100


def test_metadata_is_one_more_filter() -> None:
    asked = search(filters={"user_id": "a"}, metadata={"topic": "food"})
    assert asked.filters is not None
    assert filters.mentions(asked.filters) >= {"user_id", "metadata"}


def test_layers_and_kinds_may_be_written_as_a_list_or_with_commas() -> None:
    asked = search(user_id="a", layers="user, org", kinds=["note"])
    assert (asked.layers, asked.kinds) == ((Layer.USER, Layer.ORG), (Kind.NOTE,))


@pytest.mark.parametrize("whose", [{"user_id": "*"}, {"OR": [{"user_id": "a"}, {"runId": "b"}]}])
def test_filters_that_mention_an_id_say_whose_memories(whose: dict[str, Any]) -> None:
    assert search(filters=whose).strict


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, "add user_id, agent_id, app_id or session_id"),
        ({"filters": {"categories": "food"}}, "add user_id"),
        ({"user_id": "a", "query": " "}, "query"),
        ({"user_id": "a", "query": None}, "query"),
        ({"user_id": "a", "query": [SECRET]}, "query"),
        ({"user_id": "a", "top_k": 0}, "top_k"),
        ({"user_id": "a", "top_k": 1_001}, "top_k"),
        ({"user_id": "a", "top_k": True}, "top_k"),
        ({"user_id": "a", "top_k": SECRET}, "top_k"),
        ({"user_id": "a", "top_k": 5, "limit": 6}, "top_k and limit"),
        ({"user_id": "a", "threshold": 1.1}, "threshold"),
        ({"user_id": "a", "threshold": float("nan")}, "threshold"),
        ({"user_id": "a", "layers": [SECRET]}, "layers.0"),
        ({"user_id": "a", "rank": SECRET}, "rank"),
        ({"user_id": "a", "latest_only": SECRET}, "latest_only"),
        ({"user_id": "a", "filters": {SECRET: 1}}, "filter"),
        ({"user_id": "a", "filters": {"user_id": "b"}}, "user_id is one value"),
    ],
)
def test_a_search_that_can_not_be_is_refused_by_name(fields: dict[str, Any], names: str) -> None:
    with pytest.raises(Invalid) as refused:
        search(**fields)
    assert names in refused.value.detail


def test_a_page_is_never_longer_than_200() -> None:
    asked = parse(ListRequest, {"user_id": "a", "page": "2", "page_size": "500"})
    assert (asked.page, asked.page_size, len(asked.warnings)) == (2, 200, 1)
    with pytest.raises(Invalid):
        parse(ListRequest, {"user_id": "a", "page_size": 1_001})


def test_an_end_date_includes_its_day() -> None:
    asked = parse(ListRequest, {"start_date": "2026-01-01", "end_date": "2026-01-02"})
    assert asked.filters == filters.parse(
        {"created_at": {"gte": "2026-01-01T00:00:00Z", "lt": "2026-01-03T00:00:00Z"}}
    )


# --- change and delete --------------------------------------------------------------------


def test_an_update_may_clear_the_expiry_by_a_null() -> None:
    assert parse(UpdateRequest, {"expiration_date": None}).clears_expiry
    kept = parse(UpdateRequest, {"data": "new", "metadata": None})
    assert (kept.text, kept.clears_expiry, kept.metadata) == ("new", False, None)
    assert parse(UpdateRequest, {"expiration_date": "1h"}).lifetime_ms == 3_600_000


@pytest.mark.parametrize("fields", [{}, {"text": None}, {"text": " "}, {"rerank": True}])
def test_an_update_changes_something(fields: dict[str, Any]) -> None:
    for model in (UpdateRequest, OrgUpdateRequest):
        with pytest.raises(Invalid):
            parse(model, fields)


@pytest.mark.parametrize(
    ("fields", "scope", "everyone"),
    [
        ({"user_id": "alex"}, Scope(user_id="alex"), frozenset()),
        ({"filters": "{'user_id': 'alex'}"}, Scope(user_id="alex"), frozenset()),
        ({"filters": '{"user_id": "alex"}'}, Scope(user_id="alex"), frozenset()),
        ({"user_id": "*"}, Scope(), frozenset({"user_id"})),
        ({"user_id": "a", "run_id": "*"}, Scope(user_id="a"), frozenset({"session_id"})),
    ],
)
def test_delete_all_reads_its_scope_from_every_form(
    fields: dict[str, Any], scope: Scope, everyone: frozenset[str]
) -> None:
    asked = parse(DeleteAllRequest, fields)
    assert (asked.scope, asked.all) == (scope, everyone)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"metadata": "{'topic': 'x'}"},
        {"filters": "[object Object]"},
        {"filters": "{}"},
        {"filters": "[1]"},
        {"filters": "user_id"},
        {"filters": "(" * 5_000},
        {"user_id": "a", "metadata": "[object Object]"},
        {"user_id": "a", "filters": {"NOT": {"user_id": "a"}}},
        {"user_id": ""},
    ],
)
def test_delete_all_without_a_clear_scope_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse(DeleteAllRequest, fields)


@pytest.mark.parametrize(
    "fields",
    [{}, {"session_id": "s"}, {"user_id": "a", "agent_id": "b"}, {"user_id": "a", "run_id": "s"}],
)
def test_forget_names_exactly_one_owner(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        parse(ForgetRequest, fields)


def test_an_org_memory_has_an_owner_and_its_messages_are_joined() -> None:
    asked = parse(OrgAddRequest, {"messages": ["one", "two"], "owner": "legal", "audience": "a,b"})
    assert (asked.text, asked.owner, asked.audience) == ("one\ntwo", "legal", ("a", "b"))
    with pytest.raises(Invalid, match="owner"):
        parse(OrgAddRequest, {"text": "policy"})


def test_a_key_may_only_have_scopes_that_exist() -> None:
    assert parse(KeyRequest, {"scopes": ["org:write"]}).scopes == {"org:write"}
    for scopes in ([], ["all"], "root"):
        with pytest.raises(Invalid):
            parse(KeyRequest, {"scopes": scopes})


def test_a_working_value_may_be_null_but_not_missing() -> None:
    raw = {"session_id": "s", "key": "k", "value": None, "lifetime": "1h"}
    assert parse(WorkingRequest, raw).value is None
    with pytest.raises(Invalid, match="value is missing"):
        parse(WorkingRequest, {"session_id": "s", "key": "k"})


def test_events_are_asked_for_by_number() -> None:
    assert parse(EventsRequest, {"page_size": "5"}).limit == 5


def test_requests_are_frozen() -> None:
    with pytest.raises(Exception, match="frozen"):
        add().user_id = "eve"  # type: ignore[misc]


# --- whatever arrives ---------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


def wire_names() -> Iterator[str]:
    yield from ("messages", "user_id", "run_id", "filters", "metadata", "timestamp", "query")
    yield from ("expiration_date", "lifetime", "working", "top_k", "layers", "start_date", "text")
    yield from ("latest_only", "scopes", "review_by", "owner", "page_size", "session_id", "value")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(MODELS), st.dictionaries(st.sampled_from(list(wire_names())), JSON))
def test_whatever_arrives_is_read_or_refused_in_one_sentence(
    model: type[Asked], raw: dict[str, Any]
) -> None:
    outcome = read_or_refused(model, raw)
    if isinstance(outcome, LamellaError):
        assert outcome.status in (400, 413)
        assert outcome.detail
        assert "\n" not in outcome.detail
    else:
        assert isinstance(outcome, model)


def read_or_refused(model: type[Asked], raw: dict[str, Any]) -> Asked | LamellaError:
    try:
        return parse(model, raw)
    except LamellaError as refused:
        return refused
