"""Each function answers each event that reaches it on AWS, in the shape AWS expects."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from authorize.handler import Unauthorized
from authorize.handler import build as build_authorize
from aws_events import ARN, Context, event
from capture.handler import build as build_capture
from govern.handler import build as build_govern
from promote.handler import build as build_promote
from recording import RecordingService
from retrieve.handler import build as build_retrieve

from lamella.errors import Invalid, LamellaError, NotFound, Unavailable
from lamella.models import Record
from lamella.ports import Nudge
from lamella.promote import Promoted
from lamella.results import Captured, Hit, Hits
from lamella.scopes import Scope
from lamella.tallies import tally

SECRET = "I moved to Lisbon."
Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def invoke(handler: Handler, sent: dict[str, Any], arn: str = f"{ARN}:api") -> dict[str, Any]:
    return handler(sent, Context(invoked_function_arn=arn))


# --- API Gateway --------------------------------------------------------------------------


def test_a_call_through_the_gateway_is_answered_as_a_proxy_response() -> None:
    service = RecordingService(add=Captured("e1", "PENDING"))
    answer = invoke(build_capture(lambda: service), event("apigateway_add"))
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "application/json"
    assert json.loads(answer["body"])["event_id"] == "e1"
    assert service.last[:3] == ("capture", "add", "acme")
    assert service.last[3].scope == Scope(user_id="alex", session_id="trip-planning-2025")


def test_an_id_is_decoded_once_from_the_raw_path() -> None:
    service = RecordingService()
    invoke(build_govern(lambda: service), event("apigateway_get"))
    assert service.last == ("govern", "get", "acme", "a/b 50%")


def test_a_query_string_is_read_as_the_gateway_decoded_it() -> None:
    service = RecordingService()
    invoke(build_govern(lambda: service), event("apigateway_delete_all"))
    assert service.last[3].scope == Scope(user_id="alex")


def test_a_key_without_the_scope_is_refused_by_the_function() -> None:
    service = RecordingService()
    sent = event("apigateway_add")
    sent["requestContext"]["authorizer"]["scopes"] = "read"
    assert invoke(build_capture(lambda: service), sent)["statusCode"] == 403
    assert service.calls == []


def test_without_the_authorizers_word_the_key_itself_is_asked() -> None:
    service = RecordingService(search=Hits((), 0))
    sent = event("apigateway_search")
    del sent["requestContext"]["authorizer"]
    assert invoke(build_retrieve(lambda: service), sent)["statusCode"] == 200
    sent["headers"] = {}
    assert invoke(build_retrieve(lambda: service), sent)["statusCode"] == 401


@pytest.mark.parametrize(
    ("body", "encoded", "status"),
    [
        ("not json", False, 400),
        ("%%%", True, 400),
        ("eyJxdWVyeSI6ICJxIiwgInVzZXJfaWQiOiAiYSJ9", True, 200),
        (None, False, 400),
    ],
)
def test_a_body_may_be_base64_and_must_be_json(
    body: str | None, encoded: bool, status: int
) -> None:
    sent = event("apigateway_search") | {"body": body, "isBase64Encoded": encoded}
    answer = invoke(build_retrieve(lambda: RecordingService()), sent)
    assert answer["statusCode"] == status


def test_an_answer_too_large_for_lambda_says_so() -> None:
    service = RecordingService(search={"results": ["x" * 6_000_000]})
    answer = invoke(build_retrieve(lambda: service), event("apigateway_search"))
    assert answer["statusCode"] == 413


def test_the_service_is_opened_once_at_the_first_call() -> None:
    opened: list[RecordingService] = []

    def open_service() -> RecordingService:
        opened.append(RecordingService())
        return opened[-1]

    handler = build_retrieve(open_service)
    assert opened == []
    invoke(handler, event("apigateway_search"))
    invoke(handler, event("apigateway_search"))
    assert len(opened) == 1


@pytest.mark.parametrize("arn", [f"{ARN}:direct", f"{ARN}:7", ARN, f"{ARN}:apis"])
def test_a_caller_who_dresses_up_as_the_gateway_is_not_believed(arn: str) -> None:
    service = RecordingService(search=Hits((), 0))
    forged = event("apigateway_search") | {"headers": {}}
    answer = invoke(build_retrieve(lambda: service, ("acme",)), forged, arn)
    assert (answer["statusCode"], service.calls) == (401, [])


def test_below_another_alias_the_key_that_was_sent_decides() -> None:
    service = RecordingService(add=Captured("e1", "PENDING"))
    sent = event("apigateway_add")
    sent["headers"]["Authorization"] = "Token lm_read"
    answer = invoke(build_capture(lambda: service), sent, f"{ARN}:direct")
    assert (answer["statusCode"], service.calls) == (403, [])


# --- the authorizer -----------------------------------------------------------------------


def test_a_good_key_lets_one_call_through_and_names_its_organization() -> None:
    answer = invoke(build_authorize(RecordingService), event("apigateway_authorizer"))
    assert answer["context"] == {
        "org": "acme",
        "scopes": "govern org:write read write",
        "key_id": "k1",
    }
    statement = answer["policyDocument"]["Statement"][0]
    assert statement["Effect"] == "Allow"
    assert statement["Resource"].endswith("/prod/GET/v1/ping/")


@pytest.mark.parametrize("headers", [{}, None, {"authorization": "Token lm_wrong"}])
def test_any_other_key_is_unauthorized_in_the_gateways_own_word(headers: Any) -> None:
    sent = event("apigateway_authorizer") | {"headers": headers}
    with pytest.raises(Unauthorized, match=r"^Unauthorized$"):
        invoke(build_authorize(RecordingService), sent)


# --- direct invocation --------------------------------------------------------------------


def test_a_direct_call_is_answered_for_an_organization_the_function_serves() -> None:
    service = RecordingService(search=Hits((), 0))
    handler = build_retrieve(lambda: service, ("acme", "globex"))
    answer = invoke(handler, event("direct_search"))
    assert (answer["status"], answer["body"]["results"]) == (200, [])
    assert service.last[:3] == ("retrieve", "search", "acme")


@pytest.mark.parametrize(
    ("serves", "named", "status"),
    [
        (("acme",), None, 200),
        (("acme",), "acme", 200),
        (("acme",), "globex", 403),
        (("acme", "globex"), None, 400),
        ((), None, 403),
        ((), "acme", 403),
        (("acme",), ["acme"], 403),
    ],
)
def test_the_organization_comes_from_the_functions_list(
    serves: tuple[str, ...], named: Any, status: int
) -> None:
    service = RecordingService()
    sent = event("direct_search") | {"organization": named}
    answer = invoke(build_retrieve(lambda: service, serves), sent)
    assert answer["status"] == status
    assert (len(service.calls) == 1) == (status == 200)


@pytest.mark.parametrize(
    ("fields", "call"),
    [
        ({"action": "get", "id": "a/b"}, ("govern", "get", "acme", "a/b")),
        ({"action": "history", "id": "m"}, ("govern", "history", "acme", "m")),
        ({"action": "list_keys"}, ("govern", "list_keys", "acme")),
    ],
)
def test_a_direct_call_names_what_it_is_about_by_id(
    fields: dict[str, Any], call: tuple[Any, ...]
) -> None:
    service = RecordingService()
    assert invoke(build_govern(lambda: service, ("acme",)), fields)["status"] == 200
    assert service.last == call


def test_a_direct_call_about_a_session_names_it_as_everywhere() -> None:
    service = RecordingService()
    sent = {"action": "working", "session_id": "s/1", "key": "k", "value": 1, "user_id": "a"}
    assert invoke(build_capture(lambda: service, ("acme",)), sent)["status"] == 200
    assert service.last[3].scope == Scope(user_id="a", session_id="s/1")


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "explode"},
        {"action": None},
        {"action": ["get"]},
        {"action": "search", "query": "q", "user_id": "a"},
        {"action": "get"},
        {"action": "get", "id": 7},
        {"action": "get", "id": "\ud83d"},
        {"action": "get", "id": "m", "colour": "red"},
    ],
)
def test_a_direct_call_that_can_not_be_is_a_400(fields: dict[str, Any]) -> None:
    service = RecordingService()
    answer = invoke(build_govern(lambda: service, ("acme",)), fields)
    assert (answer["status"], service.calls) == (400, [])


def test_an_event_of_another_shape_is_refused() -> None:
    with pytest.raises(Invalid):
        invoke(build_govern(RecordingService, ("acme",)), {"hello": "world"})


# --- the bus ------------------------------------------------------------------------------


def test_a_submitted_memory_is_captured_once_however_often_it_is_delivered() -> None:
    service = RecordingService(add=Captured("e1", "PENDING"))
    handler = build_capture(lambda: service, ("acme",))
    sent = event("eventbridge_memory_submitted")
    assert invoke(handler, sent)["status"] == 200
    assert service.last[:3] == ("capture", "add", "acme")
    assert service.last[3].idempotency_key == sent["id"]
    sent["detail"]["idempotency_key"] = "their-own"
    invoke(handler, sent)
    assert service.last[3].idempotency_key == "their-own"


def test_a_producer_can_not_act_for_an_organization_that_is_not_listed() -> None:
    service = RecordingService()
    answer = invoke(
        build_capture(lambda: service, ("globex",)), event("eventbridge_memory_submitted")
    )
    assert (answer["status"], service.calls) == (403, [])


def test_a_submission_is_delivered_again_only_if_that_may_help(
    caplog: pytest.LogCaptureFixture,
) -> None:
    sent = event("eventbridge_memory_submitted")
    for error in (Unavailable("the store is away"), LamellaError("odd")):
        away = RecordingService(add=error)
        with pytest.raises(Unavailable) as raised:
            invoke(build_capture(lambda away=away: away, ("acme",)), sent)
        assert SECRET not in raised.value.detail
    refused = RecordingService(add=Invalid("consent is required"))
    assert invoke(build_capture(lambda: refused, ("acme",)), sent)["status"] == 400
    assert "refused with status 400" in caplog.text
    assert SECRET not in caplog.text


def test_a_submission_without_details_is_refused() -> None:
    sent = event("eventbridge_memory_submitted") | {"detail": None}
    with pytest.raises(Invalid):
        invoke(build_capture(RecordingService, ("acme",)), sent)


# --- the queue and the clock --------------------------------------------------------------


def test_nudges_are_promoted_and_only_a_failed_message_comes_back() -> None:
    service = RecordingService(run=Promoted(added=2))
    answer = invoke(build_promote(lambda: service), event("sqs_nudges"))
    assert service.calls == [
        ("promote", "run", "acme", "u:alex"),
        ("promote", "run", "acme", "u:bea"),
        ("promote", "run", "globex", "a:bot"),
    ]
    failed = event("sqs_nudges")["Records"][2]["messageId"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": failed}]}


def test_a_promotion_that_fails_brings_its_message_back_and_logs_no_text(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    service = RecordingService(run=ValueError(SECRET))
    answer = invoke(build_promote(lambda: service), event("sqs_nudges"))
    assert len(answer["batchItemFailures"]) == 3
    shown = capsys.readouterr()
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text + shown.out + shown.err


def test_what_has_yet_to_settle_is_queued_again_for_when_it_has() -> None:
    service = RecordingService(run=Promoted(again_at=12_500))
    queued: list[tuple[Nudge, int]] = []
    sent = event("sqs_nudges")
    del sent["Records"][1:]
    handler = build_promote(
        lambda: service,
        later=lambda nudge, seconds: queued.append((nudge, seconds)),
        clock=lambda: 10_000,
    )
    assert invoke(handler, sent) == {"batchItemFailures": []}
    assert queued == [(Nudge("acme", "u:alex"), 3)]


def test_the_schedule_sweeps() -> None:
    service = RecordingService(run=7)
    assert invoke(build_promote(lambda: service), event("eventbridge_schedule")) == {"swept": 7}
    assert service.last == ("sweep", "run")


def test_what_happened_is_a_metric_by_layer_and_holds_no_text(
    capsys: pytest.CaptureFixture[str],
) -> None:
    record = a_record(SECRET)
    service = RecordingService(search=Hits((Hit(record, 0.9),), 0, degraded="no embedder"))
    invoke(build_retrieve(lambda: service), event("apigateway_search"))
    lines = metrics(capsys.readouterr().out)
    assert {"Retrieved": [1.0], "layer": "user", "service": "retrieve"}.items() <= lines[0].items()
    assert {"Degraded": [1.0], "Answered2xx": [1.0], "Received": [1.0]}.items() <= lines[1].items()
    assert lines[1]["service"] == "retrieve"
    assert SECRET not in str(lines)


def test_the_sweep_tells_how_old_the_oldest_work_is(capsys: pytest.CaptureFixture[str]) -> None:
    def swept() -> int:
        tally("OldestInFlightAge", number=75)
        return 1

    service = RecordingService()
    service.sweep = SimpleNamespace(run=swept)
    invoke(build_promote(lambda: service), event("eventbridge_schedule"))
    [line] = metrics(capsys.readouterr().out)
    assert (line["OldestInFlightAge"], line["ParkedItems"], line["Swept"]) == ([75.0], [0.0], [1.0])
    assert line["service"] == "promote"
    [told] = line["_aws"]["CloudWatchMetrics"]
    assert (told["Namespace"], told["Dimensions"]) == ("Lamella", [["service"]])
    units = {metric["Name"]: metric["Unit"] for metric in told["Metrics"]}
    assert (units["OldestInFlightAge"], units["ParkedItems"]) == ("Seconds", "Count")


def metrics(printed: str) -> list[dict[str, Any]]:
    """What CloudWatch would read out of the log, but for cold starts."""
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    return [line for line in lines if "_aws" in line and "ColdStart" not in line]


def a_record(text: str) -> Record:
    return Record(
        id="m1", owner="u:alex", layer="user", kind="factual", text=text, created_at=1,
        updated_at=1, captured_at=1, said_at=1, version=1, user_id="alex",
    )  # fmt: skip


def test_flush_is_answered_by_promote() -> None:
    service = RecordingService(flush={"message": "Promoted."})
    answer = invoke(build_promote(lambda: service, ("acme",)), {"action": "flush", "user_id": "a"})
    assert (answer["status"], service.last[:3]) == (200, ("flush", "run", "acme"))


def test_a_named_error_of_a_use_case_keeps_its_status() -> None:
    service = RecordingService(get=NotFound("no memory a/b"))
    answer = invoke(build_govern(lambda: service), event("apigateway_get"))
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["detail"] == "no memory a/b"
