"""From a raw request to an answer, over a service that records what it was asked."""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recording import RecordingService

from lamella.api import Api, Request, Response
from lamella.errors import Conflict, NotFound, Throttled
from lamella.models import Principal
from lamella.requests import AddRequest, ListRequest, SearchRequest
from lamella.results import Captured, Page
from lamella.scopes import Scope

SECRET = "my-words-must-not-come-back"


def ask(
    service: RecordingService,
    method: str,
    path: str,
    body: Any = None,
    query: tuple[tuple[str, str], ...] = (),
    key: str | None = "lm_all",
    **headers: str,
) -> Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if key is not None:
        sent["authorization"] = f"Token {key}"
    raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    return Api(service, lambda: "ref-1").handle(Request(method, path, query, sent, raw))


# --- keys ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Token lm_all"},
        {"authorization": "bearer  lm_all"},
        {"x-api-key": "lm_all"},
        {"authorization": "Basic abc", "x-api-key": "lm_all"},
    ],
)
def test_a_key_may_come_in_each_of_the_usual_headers(headers: dict[str, str]) -> None:
    answer = Api(RecordingService()).handle(Request("GET", "/v1/ping/", headers=headers))
    assert answer.status == 200
    assert answer.body["org_id"] == answer.body["project_id"] == "acme"


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Token"}, {"authorization": "lm_all"}, {"x-api-key": "lm_no"}]
)
def test_without_a_good_key_the_answer_is_401_with_a_string(headers: dict[str, str]) -> None:
    answer = Api(RecordingService()).handle(Request("GET", "/v1/ping/", headers=headers))
    assert answer.status == 401
    assert isinstance(answer.body["detail"], str)
    assert answer.body["error"] == "Unauthenticated"


def test_health_needs_no_key() -> None:
    assert ask(RecordingService(), "GET", "/v1/health", key=None).body == {"status": "ok"}


def test_a_key_without_the_scope_may_not_write() -> None:
    service = RecordingService()
    body = {"messages": "hi", "user_id": "alex"}
    answer = ask(service, "POST", "/v3/memories/add/", body, key="lm_read")
    assert (answer.status, service.calls) == (403, [])
    assert "'write'" in answer.body["detail"]


def test_a_caller_in_this_process_brings_its_principal_and_its_fields() -> None:
    service = RecordingService()
    me = Principal("mine", frozenset({"write"}))
    body = {"messages": "hi", "user_id": "alex"}
    answer = Api(service).handle(Request("POST", "/v3/memories/add/", body=body, principal=me))
    assert answer.status == 200
    assert service.last[:3] == ("capture", "add", "mine")


# --- paths --------------------------------------------------------------------------------

ODD = ["a#b", "50%", "a/b", "a b", "größe", "日本", "a%2Fb", "?x=1", "..", ".", "~", "a\nb", "🐘"]


@pytest.mark.parametrize("odd", ODD)
def test_an_id_in_the_path_arrives_as_it_was(odd: str) -> None:
    service = RecordingService()
    assert ask(service, "GET", f"/v1/memories/{quote(odd, safe='')}/").status == 200
    assert service.last == ("govern", "get", "acme", odd)


@given(st.text(min_size=1, max_size=60).filter(str.strip))
def test_a_session_in_the_path_arrives_as_it_was(session: str) -> None:
    service = RecordingService()
    encoded = quote(session, safe="", errors="surrogatepass")
    answer = ask(service, "POST", f"/v1/sessions/{encoded}/close/", {"user_id": "alex"})
    if "\x00" in session or session == "*":
        assert answer.status == 400
    else:
        assert service.last[3].scope == Scope(user_id="alex", session_id=session)


@pytest.mark.parametrize(
    "path", ["/v1/memories/m1", "/v1/memories/m1/", "//v1//memories/m1//", "/v1/memories//m1"]
)
def test_slashes_do_not_matter(path: str) -> None:
    service = RecordingService()
    assert ask(service, "GET", path).status == 200
    assert service.last == ("govern", "get", "acme", "m1")


def test_a_key_of_working_memory_is_one_segment_even_with_a_slash() -> None:
    service = RecordingService()
    ask(service, "PUT", "/v1/sessions/s%2F1/working/a%2Fb/", {"value": [1]})
    asked = service.last[3]
    assert (asked.session_id, asked.key, asked.value) == ("s/1", "a/b", [1])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/v9/memories/", 404),
        ("GET", "/v1/memories/%FF/", 400),
        ("GET", "/v1/memories/%2A/", 400),
        ("GET", "/v1/memories/%00/", 400),
        ("GET", "/v1/memories/" + "x" * 300, 400),
        ("PATCH", "/v1/memories/m1/", 405),
        ("GET", "/v3/memories/add/", 405),
        ("POST", "/v1/batch/", 405),
        ("GET", "/v2/entities/user/a%2Fb/profile/", 501),
        ("POST", "/v1/summary/", 501),
        ("DELETE", "/api/v1/orgs/organizations/o/projects/p/", 501),
        ("GET", "/api/v1/webhooks/w/", 501),
    ],
)
def test_a_path_that_has_no_answer_gets_a_clear_no(method: str, path: str, status: int) -> None:
    answer = ask(RecordingService(), method, path)
    assert answer.status == status
    assert isinstance(answer.body["detail"], str)
    assert answer.body["detail"]


# --- bodies -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"{", 400, "not valid JSON"),
        (b'{"query": NaN}', 400, "not valid JSON"),
        (b"[1]", 400, "JSON object"),
        (b'"x"', 400, "JSON object"),
        (b"null", 400, "JSON object"),
        (b"\xff\xfe{", 400, "UTF-8"),
        ('{"query": "q"}'.encode("utf-16"), 400, "UTF-8"),
        (b"[" * 100_000, 400, "not valid JSON"),
        (b'{"query": ' + b"9" * 5_000 + b"}", 400, "not valid JSON"),
        (b" " * (3 * 1024 * 1024 + 1), 413, "larger than"),
        (b"", 400, "query"),
        (b'{"query": "my-words-must-not-come-back", "quer": 1}', 400, "quer"),
        (b'{"query": "q", "user_id": {"my-words-must-not-come-back": 1}}', 400, "user_id"),
        (b'{"query": "q", "user_id": "a", "threshold": "my-words-must-not-come-back"}', 400, "thr"),
    ],
)
def test_a_body_that_can_not_be_read_is_refused_without_repeating_it(
    body: bytes, status: int, says: str
) -> None:
    service = RecordingService()
    answer = ask(service, "POST", "/v3/memories/search/", body)
    assert (answer.status, service.calls) == (status, [])
    assert says in answer.body["detail"]
    assert SECRET not in json.dumps(answer.body)


def test_a_compressed_body_is_refused() -> None:
    answer = ask(RecordingService(), "POST", "/v1/context/", b"x", content_encoding="gzip")
    assert answer.status == 400


def test_the_page_in_the_query_wins_over_the_body() -> None:
    service = RecordingService(list=Page((), 0, 0))
    ask(service, "POST", "/v3/memories/", {"user_id": "a", "page": 1}, (("page", "3"),))
    assert service.last[3] == ListRequest(user_id="a", page=3)


def test_an_idempotency_key_may_be_a_header() -> None:
    service = RecordingService()
    body = {"messages": "hi", "user_id": "alex"}
    ask(service, "POST", "/v3/memories/add/", body, idempotency_key="once")
    assert isinstance(service.last[3], AddRequest)
    assert service.last[3].idempotency_key == "once"
    again = ask(
        service, "POST", "/v3/memories/add/", body | {"idempotency_key": "x"}, idempotency_key="y"
    )
    assert again.status == 400


def test_a_session_named_differently_in_path_and_body_is_refused() -> None:
    body = {"session_id": "other", "user_id": "a"}
    assert ask(RecordingService(), "POST", "/v1/sessions/s/close/", body).status == 400


def test_delete_all_reads_a_python_clients_filters_out_of_the_query() -> None:
    service = RecordingService()
    ask(service, "DELETE", "/v1/memories/", query=(("filters", "{'user_id': 'alex'}"),))
    assert service.last[3].scope == Scope(user_id="alex")
    refused = ask(service, "DELETE", "/v1/memories/", query=(("filters", "[object Object]"),))
    assert (refused.status, len(service.calls)) == (400, 1)


def test_a_field_nobody_knows_is_refused_where_no_field_is_expected() -> None:
    assert ask(RecordingService(), "DELETE", "/v1/memories/m1/", query=(("al", "1"),)).status == 400


# --- answers ------------------------------------------------------------------------------


def test_a_page_links_to_its_neighbours() -> None:
    service = RecordingService(list=Page((), 25, 0, "m20"))
    answer = Api(service).handle(
        Request(
            "POST",
            "/v3/memories/",
            (("page", "2"), ("page_size", "10")),
            body={"user_id": "a"},
            principal=Principal("acme", frozenset({"read"})),
            base_url="https://x",
        )
    )
    assert answer.body["count"] == 25
    assert answer.body["next"] == "https://x/v3/memories/?page_size=10&page=3"
    assert answer.body["previous"] == "https://x/v3/memories/?page_size=10&page=1"


def test_warnings_reach_the_answer_of_any_call() -> None:
    service = RecordingService(update={"id": "m1"})
    answer = ask(service, "PUT", "/v1/memories/m1/", {"text": "new", "version": "v2"})
    assert [warning.split()[0] for warning in answer.body["warnings"]] == ["version"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/memories/", {"messages": "hi", "user_id": "a"}),
        ("POST", "/v1/memories/search/", {"query": "q", "user_id": "a"}),
        ("POST", "/v2/memories/search/", {"query": "q", "filters": {"user_id": "a"}}),
        ("POST", "/v2/memories/", {"filters": {"user_id": "a"}}),
    ],
)
def test_mem0s_older_clients_get_bare_arrays_or_results_as_they_ask(
    method: str, path: str, body: dict[str, Any]
) -> None:
    found = {"results": [{"id": "m1"}], "count": 1}
    service = RecordingService(add=found, search=found, list=found)
    assert ask(service, method, path, body).body == [{"id": "m1"}]
    wrapped = ask(service, method, path, body | {"output_format": "v1.1"}).body
    assert wrapped["results"] == [{"id": "m1"}]


def test_ids_of_mem0s_older_clients_are_strict_wherever_they_stand() -> None:
    service = RecordingService()
    body = {"query": "q", "user_id": "a", "run_id": "s", "filters": {"categories": "food"}}
    ask(service, "POST", "/v2/memories/search/", body)
    asked = service.last[3]
    assert isinstance(asked, SearchRequest)
    assert (asked.strict, asked.scope) == (True, Scope(user_id="a", session_id="s"))


def test_an_object_with_a_wire_form_is_answered_in_it() -> None:
    service = RecordingService(add=Captured("e1", "PENDING"))
    answer = ask(service, "POST", "/v3/memories/add/", {"messages": "hi", "user_id": "a"})
    assert answer.body["event_id"] == "e1"


def test_every_named_error_has_its_status_and_a_string() -> None:
    service = RecordingService(
        get=NotFound("no memory m1"),
        update=Conflict("m2 says the same", holder="m2"),
        delete=Throttled("slow down"),
    )
    assert ask(service, "GET", "/v1/memories/m1/").body["detail"] == "no memory m1"
    clash = ask(service, "PUT", "/v1/memories/m1/", {"text": "x"})
    assert (clash.status, clash.body["holder"]) == (409, "m2")
    slow = ask(service, "DELETE", "/v1/memories/m1/")
    assert (slow.status, slow.headers["Retry-After"]) == (429, "1")


def test_what_nobody_foresaw_is_a_reference_and_nothing_else(
    caplog: pytest.LogCaptureFixture,
) -> None:
    service = RecordingService(search=ValueError(SECRET))
    with caplog.at_level(logging.DEBUG):
        answer = ask(service, "POST", "/v3/memories/search/", {"query": SECRET, "user_id": "a"})
    assert answer.status == 500
    assert answer.body["detail"] == "internal error, reference ref-1"
    assert caplog.messages == ["internal error ref-1: ValueError"]
    assert caplog.records[0].exc_info is None


CALLED = [
    ("GET", "/v1/memories/m/history/", {}, ("govern", "history")),
    ("POST", "/v1/memories/m/restore/", {}, ("govern", "restore")),
    ("GET", "/v1/event/e/", {}, ("govern", "event")),
    ("GET", "/v1/events/", {}, ("govern", "events")),
    ("GET", "/v1/relations/", {"user_id": "a"}, ("retrieve", "relations")),
    ("GET", "/v1/sessions/", {"user_id": "a"}, ("retrieve", "sessions")),
    ("GET", "/v1/sessions/s/", {}, ("retrieve", "session")),
    ("PUT", "/v1/sessions/s/attention/", {"text": "x"}, ("capture", "attention")),
    ("POST", "/v1/context/", {"query": "q", "user_id": "a"}, ("retrieve", "context")),
    ("POST", "/v1/flush/", {}, ("flush", "run")),
    ("POST", "/v1/forget/", {"user_id": "a"}, ("govern", "forget")),
    ("POST", "/v1/org/memories/", {"text": "t", "owner": "o"}, ("govern", "org_add")),
    ("GET", "/v1/org/memories/", {}, ("govern", "org_list")),
    ("PUT", "/v1/org/memories/m/", {"text": "t"}, ("govern", "org_update")),
    ("DELETE", "/v1/org/memories/m/", {}, ("govern", "org_retire")),
    ("POST", "/v1/org/memories/m/restore/", {}, ("govern", "org_restore")),
    ("POST", "/v1/keys/", {}, ("govern", "create_key")),
    ("GET", "/v1/keys/", {}, ("govern", "list_keys")),
    ("DELETE", "/v1/keys/k/", {}, ("govern", "revoke_key")),
]


@pytest.mark.parametrize(("method", "path", "body", "use_case"), CALLED, ids=lambda v: str(v)[:40])
def test_each_path_reaches_its_use_case_with_the_keys_organization(
    method: str, path: str, body: dict[str, Any], use_case: tuple[str, str]
) -> None:
    service = RecordingService()
    assert ask(service, method, path, body).status == 200
    assert service.last[:3] == (*use_case, "acme")
