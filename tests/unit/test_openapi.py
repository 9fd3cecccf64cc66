"""The OpenAPI document says what there is, and what the server answers is what it says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest
import schemathesis
from fakes import HashingEmbedder, RecordingBus
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lamella import Memory
from lamella.api import Api
from lamella.api.openapi import document
from lamella.api.shapes import ANSWERS
from lamella.client import InProcess
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.engines.rules import Rules
from lamella.local.server import create_app
from lamella.models import Principal
from lamella.routes import ROUTES, SCOPES, Route
from lamella.service import Engines, Service
from lamella.settings import Settings

KEY = "lm_schema_0123456789abcdef"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def opened() -> Service:
    engines = Engines(
        ReferenceTable(), ReferenceIndex(), HashingEmbedder(), Rules(), RecordingBus()
    )
    return Service(engines, Settings(settle=0, wait=0), keys={KEY: "acme"})


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with closing(opened()) as service:
        yield service


@pytest.fixture(scope="module")
def schema(service: Service) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(service))


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods[0]} {route.path}")
def test_whatever_is_asked_the_answer_is_as_the_document_says(schema: Any, route: Route) -> None:
    [method] = route.methods

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=schema[route.path][method].as_strategy())
    def answered(case: Any) -> None:
        case.call_and_validate(headers={"X-API-Key": KEY}, checks=CHECKS)

    answered()


ALEX = {"user_id": "alex"}
TRIP = {"user_id": "alex", "session_id": "trip"}
STATED = {"text": "Refunds take five days.", "owner": "support"}
GOOD: dict[str, tuple[Any, ...]] = {
    "add": ({"messages": "I prefer boutique hotels.", **TRIP, "infer": False},),
    "search": ({"query": "hotels", "explain": True, **TRIP},),
    "context": ({"query": "hotels", **TRIP},),
    "relations": (ALEX,),
    "list": (ALEX,),
    "update": ({"text": "I prefer inns."},),
    "delete_all": (ALEX,),
    "events": ({"limit": 5},),
    "flush": ({}, ALEX),
    "batch_update": ({"memories": [{"memory_id": "m", "text": "x"}]},),
    "batch_delete": ({"memories": [{"memory_id": "m"}]},),
    "feedback": ({"memory_id": "{memory}", "feedback": "POSITIVE"},),
    "forget": (ALEX,),
    "create_export": (ALEX, {"filters": ALEX}),
    "export": ({"memory_export_id": "{export}"},),
    "consent": (ALEX,),
    "record_consent": ({"granted": True, "evidence": "form 12", **ALEX},),
    "redrive": ({"all": True},),
    "import": ({"memories": [{"id": "1", "memory": "I ski.", "user_id": "ira"}]},),
    "sessions": (ALEX,),
    "session": (ALEX,),
    "close": (ALEX,),
    "working": ({"value": {"cheapest": 129}, **ALEX},),
    "attention": ({"text": "choosing a flight", **ALEX},),
    "org_add": ({**STATED, "text": "We open at nine."},),
    "org_update": ({"text": "Refunds take six days."},),
    "project": ({"fields": "includes"},),
    "update_project": ({"includes": "travel"},),
    "create_key": ({"scopes": ["read"]},),
}
"""By the name of a route: what it is asked so that it answers well; nothing, if it isn't here."""


def laid_out(service: Service) -> dict[str, str]:
    """Something that each id of a path can name."""
    with Memory(transport=InProcess(Api(service), Principal("acme", SCOPES))) as memory:
        added = memory.add("I prefer boutique hotels.", infer=False, **ALEX)
        [kept] = added["results"]
        [gone] = memory.add("I sold a boat.", infer=False, **ALEX)["results"]
        memory.delete(gone["id"])
        memory.add("Hello.", **TRIP)
        stated = memory.org_add(**STATED)["id"]
        retired = memory.org_add("No refunds.", owner="support")["id"]
        memory.org_retire(retired)
        return {
            **{"memory": kept["id"], "gone": gone["id"], "event": added["event_id"]},
            **{"stated": stated, "retired": retired, "key": memory.create_key(["read"])["id"]},
            "export": memory.create_memory_export(**ALEX)["id"],
        }


def _named(value: Any, known: dict[str, str]) -> Any:
    return value.format(**known) if isinstance(value, str) else value


NAMED = {
    **dict.fromkeys(("get", "update", "delete", "history", "reveal"), "memory"),
    **{"restore": "gone", "event": "event", "export": "export", "revoke_key": "key"},
    **{"org_update": "stated", "org_retire": "stated", "org_restore": "retired"},
}
FIXED = {"type": "user", "key": "flights", "org": "acme"}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods[0]} {route.path}")
def test_every_route_has_a_good_answer_and_it_is_as_the_document_says(route: Route) -> None:
    [method] = route.methods
    with closing(opened()) as service:
        known = laid_out(service)
        schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(service))
        own = known.get(NAMED.get(route.name, ""), "trip" if route.in_session else "acme")
        path = {name: FIXED.get(name, own) for name in re.findall(r"{(\w+)}", route.path)}
        for asked in GOOD.get(route.name, ({},)):
            told = {name: _named(value, known) for name, value in asked.items()}
            if path:
                told.pop("memory_export_id", None)
            in_body = method not in ("GET", "DELETE") or route.name == "batch_delete"
            given = {"body": told} if in_body and told else {"query": told}
            case = schema[route.path][method].Case(path_parameters=path, **given)
            answer = case.call_and_validate(headers={"X-API-Key": KEY}, checks=CHECKS)
            assert answer.status_code == route.answers, answer.text


def test_every_route_and_nothing_else_is_in_the_document() -> None:
    told = {
        (method.upper(), path) for path, calls in document()["paths"].items() for method in calls
    }
    assert told == {(method, route.path) for route in ROUTES for method in route.methods}


def test_answers_are_described_for_routes_that_exist() -> None:
    assert set(ANSWERS) <= {route.name for route in ROUTES}


def test_every_reference_leads_to_a_schema() -> None:
    told = document()
    named = set(re.findall(r"#/components/schemas/(\w+)", str(told)))
    assert named == set(told["components"]["schemas"])


async def _got(service: Service, path: str) -> httpx.Response:
    carrier = httpx.ASGITransport(create_app(service))
    async with httpx.AsyncClient(transport=carrier, base_url="http://here") as client:
        return await client.get(path)


def test_the_page_that_shows_it_loads_nothing_from_elsewhere(service: Service) -> None:
    page = asyncio.run(_got(service, "/docs"))
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "//" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
