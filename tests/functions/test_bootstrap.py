"""The functions under Lambda's own bootstrap, on DynamoDB Local and OpenSearch, end to end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_events import event
from functions_stack import Stack, measured

from benchmarks.runtime import runtime
from lamella.clock import system_clock
from lamella.inflight import InFlight

HOTELS = "I'm Alex and I prefer boutique hotels."
EVERYTHING = ["read", "write", "govern", "org:write"]


@pytest.fixture(scope="module")
def key(deployed: Stack) -> str:
    """The first API key: made by govern's direct invocation."""
    made: str = deployed.direct("govern", "create_key", scopes=EVERYTHING, name="first")["key"]
    return made


@pytest.fixture(scope="module", autouse=True)
def _which_python() -> None:
    if runtime().remark:
        print(runtime().remark)


def texts(body: Any, layer: str) -> list[str]:
    return [hit["memory"] for hit in body["results"] if hit["layer"] == layer]


def test_a_call_becomes_a_memory_by_way_of_an_event_a_batch_and_a_promotion(
    deployed: Stack, key: str
) -> None:
    said = {"messages": [HOTELS], "user_id": "alex", "run_id": "trip"}
    captured = deployed.call("capture", "POST", "/v3/memories/add/", key, said)
    assert captured.told["statusCode"] == 200, captured.told
    asked = {"query": "Any hotel preferences?", "user_id": "alex"}
    early = deployed.call("retrieve", "POST", "/v3/memories/search/", key, asked)
    assert texts(early.told["body"], "conversation") == [HOTELS]
    assert deployed.deliver().told == {"batchItemFailures": []}
    found = deployed.call("retrieve", "POST", "/v3/memories/search/", key, asked)
    assert "I prefer boutique hotels." in texts(found.told["body"], "user")
    assert found.told["body"]["degraded"] is None
    event_id = captured.told["body"]["event_id"]
    told = deployed.call("govern", "GET", f"/v1/event/{event_id}/", key)
    assert told.told["body"]["status"] == "SUCCEEDED"


def test_a_stranger_and_a_disguise_are_turned_away(deployed: Stack, key: str) -> None:
    asked = {"query": "hotels", "user_id": "alex"}
    stranger = deployed.call("retrieve", "POST", "/v3/memories/search/", "lm_no_one", asked)
    assert (stranger.failed, stranger.told["errorMessage"]) == (True, "Unauthorized")
    forged = event("apigateway_search") | {"headers": {}, "body": json.dumps(asked)}
    answer = deployed.function("retrieve").invoke(forged, alias="direct")
    assert answer.told["statusCode"] == 401


def test_a_direct_caller_and_a_producer_on_the_bus_are_served(deployed: Stack) -> None:
    sent = event("eventbridge_memory_submitted")
    for _ in range(2):
        answer = deployed.function("capture").invoke(sent, alias="direct")
        assert answer.told["status"] == 200, answer.told
    user = sent["detail"]["user_id"]
    assert deployed.direct("promote", "flush", user_id=user)["pending"] == 0
    found = deployed.direct("retrieve", "search", query="Lisbon", user_id=user)
    assert texts(found, "user").count("I moved to Lisbon.") == 1
    refused = sent | {"detail": sent["detail"] | {"organization": "globex"}}
    assert deployed.function("capture").invoke(refused).told["status"] == 403


def test_poison_ends_parked_and_never_stops_its_batch(deployed: Stack) -> None:
    """Work that can't be read fails as often as it may; a message that can't be comes back."""
    now = system_clock()
    rotten = InFlight(
        id="01ROTTEN", org="acme", owner="u:eve", captured_at=now, turns=({},), due_at=now
    )
    deployed.put(rotten)
    deployed.direct("capture", "add", messages="I like tea.", user_id="bea")
    eve = json.dumps({"org": "acme", "owner": "u:eve"})
    bea = json.dumps({"org": "acme", "owner": "u:bea"})
    answer = deployed.deliver("not a nudge", eve, eve, bea)
    [failure] = answer.told["batchItemFailures"]
    assert deployed.batch[failure["itemIdentifier"]] == "not a nudge"
    assert texts(deployed.direct("retrieve", "search", query="tea", user_id="bea"), "user")
    [parked] = deployed.direct("govern", "parked")["results"]
    assert (parked["id"], parked["owner"]) == ("01ROTTEN", "eve")
    line = measured(deployed.function("promote"), "Failed")
    assert (line["ParkedItems"], line["Failed"]) == ([1], [1])


def test_the_sweep_finds_what_no_event_brought_and_tells_its_age(deployed: Stack) -> None:
    answer = deployed.function("promote").invoke(event("eventbridge_schedule"))
    assert answer.told == {"swept": 0}
    line = measured(deployed.function("promote"), "OldestInFlightAge")
    assert (line["OldestInFlightAge"], line["ParkedItems"]) == ([0], [0])


def test_no_function_has_logged_what_was_said(deployed: Stack) -> None:
    logs = "".join(one.log for one in deployed._functions.values())
    measured(deployed.function("retrieve"), "Retrieved")
    for text in ("boutique", "tea", "Lisbon", "hotel"):
        assert text not in logs


def test_a_snapshot_is_taken_of_an_open_service_and_each_copy_starts_afresh(
    deployed: Stack,
) -> None:
    """The bootstrap's own hooks: before the snapshot, `restore/next`, then after the restore."""
    snapped = deployed.started("govern", AWS_LAMBDA_INITIALIZATION_TYPE="snap-start")
    with snapped:
        answer = snapped.invoke({"action": "list_keys"}, alias="direct")
        assert (answer.told["status"], snapped.restored) == (200, 1)
