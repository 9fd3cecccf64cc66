"""The OpenAPI document says what there is, and what the server answers is what it says."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
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

from lamella.api.openapi import document
from lamella.api.shapes import ANSWERS
from lamella.engines.reference import ReferenceIndex, ReferenceTable
from lamella.engines.rules import Rules
from lamella.local.server import create_app
from lamella.routes import ROUTES, Route
from lamella.service import Engines, Service
from lamella.settings import Settings

KEY = "lm_schema_0123456789abcdef"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    engines = Engines(
        ReferenceTable(), ReferenceIndex(), HashingEmbedder(), Rules(), RecordingBus()
    )
    opened = Service(engines, Settings(settle=0, wait=0), keys={KEY: "acme"})
    yield opened
    opened.close()


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
