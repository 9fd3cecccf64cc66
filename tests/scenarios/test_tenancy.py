"""Promise 6: one tenant never sees, nor feels, another's."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fakes import HashingEmbedder
from scenarios.callers import Caller, at
from world import World, on_file

from lamella.local.server import address, listen, serving
from lamella.models import Record
from lamella.ports import Upsert
from lamella.requests import FlushRequest
from lamella.routes import PROJECT, ROUTES
from lamella.text import tokens
from lamella.vectors import pack

OURS, THEIRS = "zebrafish", "axolotl"
SAME = {"user_id": "alex", "session_id": "trip"}


@dataclass
class Tenant:
    """An organization that says the same as the other, but for its canary word."""

    caller: Caller
    canary: str
    memory: str = ""
    org_memory: str = ""
    event: str = ""
    key: str = ""


def settled(world: World, org: str, canary: str) -> Tenant:
    """Fills every layer under the same user, session, agent, working key and idempotency key."""
    caller = Caller(world, org)
    tenant = Tenant(caller, canary)
    said = [f"I prefer {canary} hotels.", f"My sister Mara lives in {canary.title()}."]
    body = {"messages": said, "idempotency_key": "once", "agent_id": "concierge", **SAME}
    tenant.event = caller.call("POST", "/v3/memories/add/", body).body["event_id"]
    for text, fields in (
        (f"I keep a {canary}.", {}),
        (f"The {canary} is late.", {"metadata": {"layer": "session"}}),
    ):
        body = {"messages": text, "infer": False, **SAME, **fields}
        results = caller.call("POST", "/v3/memories/add/", body).body["results"]
        tenant.memory = tenant.memory or results[0]["id"]
    caller.call("PUT", at("v1", "sessions", "trip", "working", "fish"),
                {"value": canary, "user_id": "alex"})  # fmt: skip
    caller.call("PUT", at("v1", "sessions", "trip", "attention"),
                {"text": f"the {canary}", "user_id": "alex"})  # fmt: skip
    agreed = {"granted": True, "evidence": f"the {canary} form", "user_id": "alex"}
    caller.call("PUT", "/v1/consent/", agreed)
    stated = {"text": f"We sell {canary} food.", "owner": "ops"}
    tenant.org_memory = caller.call("POST", "/v1/org/memories/", stated).body["id"]
    tenant.key = caller.call("POST", "/v1/keys/", {"name": canary}).body["id"]
    world.service.flush.run(org, FlushRequest.parse({}))
    body = {"messages": f"A pending {canary}.", **SAME}
    caller.call("POST", "/v3/memories/add/", body)
    return tenant


@pytest.fixture
def tenants(world: World) -> tuple[Tenant, Tenant]:
    return settled(world, "acme", OURS), settled(world, "globex", THEIRS)


def calls(query: str) -> Iterator[tuple[str, str, Any, dict[str, str]]]:
    """Every call that needs no id of a stored thing: what a curious tenant may send."""
    asked: list[dict[str, Any]] = [
        {"user_id": "alex"},
        SAME,
        {"session_id": "trip"},
        {"agent_id": "concierge"},
        {"filters": {"user_id": "*"}},
        {"filters": {"OR": [{"user_id": "alex"}, {"run_id": "trip"}]}},
        {"filters": {"NOT": [{"user_id": "nobody"}]}},
    ]
    for ids in asked:
        wide = {"threshold": 0, "top_k": 200, "show_expired": True, "superseded": True}
        for path in ("/v3/memories/search/", "/v2/memories/search/", "/v1/memories/search/"):
            yield "POST", path, {"query": query, **wide, **ids}, {}
        yield "POST", "/v1/context/", {"query": query, "threshold": 0, **ids}, {}
        yield "POST", "/v3/memories/", {"superseded": True, **ids}, {}
        yield "POST", "/v2/memories/", ids, {}
    for path in ("/v1/memories/", "/v1/relations/", "/v1/sessions/", "/v1/consent/"):
        yield "GET", path, None, {"user_id": "alex"}
    yield "GET", at("v1", "sessions", "trip"), None, {"user_id": "alex"}
    for path in ("/v1/ping/", "/v1/health/", "/v1/events/", "/v1/org/memories/", "/v1/keys/"):
        yield "GET", path, None, {}
    for path in ("/v1/entities/", "/v1/parked/"):
        yield "GET", path, None, {}
    yield "POST", "/v1/parked/redrive/", {"all": True}, {}
    yield "POST", "/v1/flush/", {}, {}


def test_every_question_is_answered_out_of_ones_own(
    tenants: tuple[Tenant, Tenant], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    us, them = tenants
    for tenant, other in ((us, them), (them, us)):
        for method, path, body, query in calls(f"{us.canary} {them.canary} hotels"):
            assert tenant.caller.call(method, path, body, query).status == 200, path
        seen = "\n".join(tenant.caller.answers).casefold()
        assert seen.count(tenant.canary) > 50
        assert without_question(seen, us, them).count(other.canary) == 0
    assert THEIRS not in caplog.text
    assert OURS not in caplog.text


def without_question(seen: str, us: Tenant, them: Tenant) -> str:
    return seen.replace(f"{us.canary} {them.canary} hotels", "")


def test_the_ids_of_another_organization_are_not_found(tenants: tuple[Tenant, Tenant]) -> None:
    us, them = tenants
    strange = {"id": them.memory}
    for method, path, body in (
        ("GET", at("v1", "memories", them.memory), None),
        ("PUT", at("v1", "memories", them.memory), {"text": "Mine now."}),
        ("DELETE", at("v1", "memories", them.memory), None),
        ("GET", at("v1", "memories", them.memory, "history"), None),
        ("POST", at("v1", "memories", them.memory, "restore"), None),
        ("GET", at("v1", "memories", them.org_memory), None),
        ("POST", "/v1/feedback/", {"memory_id": them.memory, "feedback": "POSITIVE"}),
        ("GET", PROJECT.format(org="globex", id="globex"), None),
        ("PATCH", PROJECT.format(org="globex", id="globex"), {"excludes": "hotels"}),
        ("PUT", at("v1", "org", "memories", them.org_memory), {"text": "Mine now."}),
        ("DELETE", at("v1", "org", "memories", them.org_memory), None),
        ("POST", at("v1", "org", "memories", them.org_memory, "restore"), None),
        ("POST", at("v1", "memories", them.memory, "reveal"), None),
        ("DELETE", at("v1", "keys", them.key), None),
    ):
        answer = us.caller.call(method, path, body)
        assert answer.status == 404, (path, answer.body)
        assert isinstance(answer.body["detail"], str)
    for method, entry in (("PUT", {"memory_id": them.memory, "text": "Mine now."}),
                          ("DELETE", {"memory_id": them.memory})):  # fmt: skip
        batch = us.caller.call(method, "/v1/batch/", {"memories": [entry]})
        assert batch.body["results"][0]["error"] == "NotFound"
    listed = us.caller.call("POST", "/v3/memories/", {"filters": {"user_id": "alex", **strange}})
    assert listed.body["results"] == []
    assert THEIRS not in "\n".join(us.caller.answers).casefold()
    assert them.caller.call("GET", at("v1", "memories", them.memory)).status == 200


def test_an_export_holds_ones_own_and_is_handed_out_to_nobody_else(
    tenants: tuple[Tenant, Tenant],
) -> None:
    us, them = tenants
    for whose in ({"user_id": "alex"}, {"filters": {"user_id": "alex"}}):
        created = them.caller.call("POST", "/v1/exports/", whose)
        assert created.status == 201
        by_id = at("v1", "exports", created.body["id"])
        assert THEIRS in str(them.caller.call("GET", by_id).body).casefold()
        strange = us.caller.call("GET", by_id)
        assert (strange.status, "no export" in strange.body["detail"]) == (404, True)
    by_filters = {"filters": {"user_id": "alex"}}
    assert us.caller.call("POST", "/v1/exports/get/", by_filters).status == 404
    mine = us.caller.call("POST", "/v1/exports/", {"user_id": "alex"}).body["id"]
    held = str(us.caller.call("GET", at("v1", "exports", mine)).body).casefold()
    assert (OURS in held, THEIRS in held) == (True, False)


def test_the_same_idempotency_key_is_another_event(tenants: tuple[Tenant, Tenant]) -> None:
    us, them = tenants
    assert us.event != them.event
    assert us.caller.call("GET", at("v1", "event", them.event)).status == 404
    body = us.caller.call("GET", at("v1", "event", us.event)).body
    assert OURS in str(body)


def test_what_one_deletes_forgets_or_closes_the_other_keeps(
    tenants: tuple[Tenant, Tenant],
) -> None:
    us, them = tenants
    before = view(them)
    for method, path, body in (
        ("DELETE", at("v1", "memories", us.memory), None),
        ("POST", at("v1", "sessions", "trip", "close"), {"user_id": "alex"}),
        ("DELETE", "/v1/memories/", {"agent_id": "concierge"}),
        ("DELETE", "/v1/memories/", {"run_id": "trip"}),
        ("DELETE", "/v1/memories/", {"user_id": "*"}),
        ("DELETE", at("v2", "entities", "user", "alex"), None),
        ("POST", "/v1/forget/", {"user_id": "alex"}),
        ("DELETE", at("v1", "org", "memories", us.org_memory), None),
        ("DELETE", at("v1", "keys", us.key), None),
        ("PUT", "/v1/consent/", {"granted": False, "user_id": "alex"}),
        ("POST", "/v1/flush/", {}),
    ):
        assert us.caller.call(method, path, body).status == 200, path
    assert us.caller.call("POST", "/v3/memories/", {"user_id": "alex"}).body["count"] == 0
    assert view(them) == before


def view(tenant: Tenant) -> dict[str, Any]:
    """All that a tenant sees of Alex, without ages."""
    ask = {"query": tenant.canary, "threshold": 0, "top_k": 100, **SAME}
    found = tenant.caller.call("POST", "/v3/memories/search/", ask).body["results"]
    listed = tenant.caller.call("POST", "/v3/memories/", {"user_id": "alex"}).body["results"]
    session = tenant.caller.call("GET", at("v1", "sessions", "trip"), None, {"user_id": "alex"})
    return {
        "hits": [(hit["id"], hit["memory"], hit["layer"]) for hit in found],
        "listed": [(memory["id"], memory["version"]) for memory in listed],
        "session": [turn["memory"] for turn in session.body["turns"]],
        "working": sorted(session.body["working"]),
        "org": tenant.caller.call("GET", "/v1/org/memories/").body["count"],
        "consent": tenant.caller.call("GET", "/v1/consent/", None, {"user_id": "alex"}).body,
        "keys": len(tenant.caller.call("GET", "/v1/keys/").body["results"]),
    }


def test_no_organization_is_taken_from_a_body_or_a_header(tenants: tuple[Tenant, Tenant]) -> None:
    us, _ = tenants
    for extra in ({"org_id": "globex"}, {"project_id": "globex"}):
        body = {"query": "hotels", "threshold": 0, **SAME, **extra}
        assert us.caller.call("POST", "/v3/memories/search/", body).status == 200
    for extra in ({"org": "globex"}, {"organization": "globex"}):
        body = {"query": "hotels", **SAME, **extra}
        assert us.caller.call("POST", "/v3/memories/search/", body).status == 400
    assert THEIRS not in "\n".join(us.caller.answers).casefold()


def test_a_key_hands_on_no_more_than_it_may_do_itself(world: World) -> None:
    warden = Caller(world, "acme", ("read", "govern"))
    assert warden.call("POST", "/v1/keys/", {"scopes": ["read"]}).status == 200
    refused = warden.call("POST", "/v1/keys/", {"scopes": ["read", "org:write"]})
    assert refused.status == 403
    assert "org:write" in refused.body["detail"]


def test_every_route_was_asked_by_a_stranger() -> None:
    """A route added later has to be added to these stories, too."""
    asked = {(method, path) for method, path, _, _ in calls("hotels")}
    routes = {route.name for route in ROUTES for m, p in asked if _answers(route, m, p)}
    by_id = {"get", "update", "delete", "history", "restore", "org_update", "org_retire",
        "org_restore",
             "revoke_key", "event", "feedback", "reveal", "project", "update_project",
             "export"}  # fmt: skip
    writing = {"batch_update", "batch_delete", "delete_entity", "import", "add",
               "working", "attention", "close", "delete_all", "forget", "org_add",
               "create_key", "create_export", "record_consent"}  # fmt: skip
    assert routes | by_id | writing == {route.name for route in ROUTES}


def _answers(route: Any, method: str, path: str) -> bool:
    given = path.strip("/").split("/")
    expected = route.path.strip("/").split("/")
    return method in route.methods and len(given) == len(expected) and all(
        part.startswith("{") or part == value for part, value in zip(expected, given, strict=True)
    )  # fmt: skip


def test_over_the_real_server_too(tmp_path: Any) -> None:
    world = on_file(tmp_path / "lamella.db")
    us, them = settled(world, "acme", OURS), settled(world, "globex", THEIRS)
    listening = listen("127.0.0.1", 0)
    url = address(listening)
    with serving(world.service, listening):
        with httpx.Client(base_url=url, headers={"Authorization": f"Token {us.caller.key}"}) as web:
            seen = [
                web.request(method, path, json=body, params=query)
                for method, path, body, query in calls("hotels")
            ]
            strange = [
                web.get(at("v1", "memories", them.memory)),
                web.get(at("v1", "event", them.event)),
                web.get("/v1/memories/" + "%2e%2e%2f" * 3 + "globex/"),
            ]
        assert httpx.get(f"{url}/v1/ping/").status_code == 401
    world.close()
    assert {answer.status_code for answer in seen} == {200}
    assert {answer.status_code for answer in strange} == {404}
    heard = "\n".join(f"{answer.headers} {answer.text}" for answer in [*seen, *strange]).casefold()
    assert heard.count(OURS) > 20
    assert THEIRS not in heard


# --- nor feels ----------------------------------------------------------------------------

NEIGHBOURS = 10_000


def test_ten_thousand_documents_of_a_neighbour_change_neither_hits_nor_scores(
    build: Any,
) -> None:
    world = build()
    us = Caller(world, "acme")
    for text in ("I prefer boutique hotels.", "I live in Oslo.", "My room has a view of the sea."):
        body = {"messages": text, "infer": False, "user_id": "alex"}
        us.call("POST", "/v3/memories/add/", body)
    us.call("POST", "/v1/flush/", {})
    world.clock.advance(world.service.settings.done_grace + 1_000)
    before = [scores(us, ids) for ids in WHOSE]
    assert all(before)
    world.index.apply(neighbours(world, [id for id, *_ in before[0]]))
    assert [scores(us, ids) for ids in WHOSE] == before


WHOSE: tuple[dict[str, Any], ...] = (
    {"user_id": "alex"},
    {"filters": {"user_id": "alex"}},
    {"filters": {"user_id": "*"}},
)


def scores(caller: Caller, ids: dict[str, Any]) -> list[tuple[str, float, Any]]:
    ask = {"query": "Which hotels with a sea view in Oslo?", "explain": True, **ids}
    found = caller.call("POST", "/v3/memories/search/", ask).body
    assert found["degraded"] is None
    return [(hit["id"], hit["score"], hit["score_breakdown"]) for hit in found["results"]]


def neighbours(world: World, ids: list[str]) -> list[Upsert]:
    """Another organization's memories of a user of the same name, full of the question's words.

    The first of them have the very `ids` of ours.
    """
    embedder, now = HashingEmbedder(), world.clock()
    text = "Which hotels in Oslo have a view of the sea? Boutique hotels with rooms in Oslo."
    packed = pack(embedder.embed_query(text))
    one = Record(
        id="", owner="u:alex", layer="user", kind="factual", text=text, created_at=now,
        updated_at=now, said_at=now, captured_at=now, version=now, user_id="alex",
        words=tuple(tokens(text)), embedding=packed, model=embedder.model,
    )  # fmt: skip
    numbered = [*ids, *(f"N{number:025d}" for number in range(NEIGHBOURS))]
    return [Upsert("globex", replace(one, id=id)) for id in numbered]
