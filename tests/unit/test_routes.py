"""The route table holds together: every name in it exists, and no two routes collide."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import lamella
from lamella import requests
from lamella.api.calls import CALLS
from lamella.api.paths import MethodNotAllowed, find
from lamella.errors import NotFound, Unsupported
from lamella.requests import Asked
from lamella.routes import LEGACY, ROUTES, UNANSWERED, Route


def filled(path: str) -> str:
    return path.replace("{", "some-").replace("}", "")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods[0]} {route.path}")
def test_each_route_is_found_and_has_a_model_and_a_call(route: Route) -> None:
    assert issubclass(getattr(requests, route.request), Asked)
    assert route.name in CALLS
    for method in route.methods:
        found = find(method, filled(route.path))
        assert found.route == route
        assert set(found.ids) == set(re.findall(r"{(\w+)}", route.path))


def test_every_call_has_a_route() -> None:
    assert {route.name for route in ROUTES} == set(CALLS)


def test_no_method_and_path_is_told_twice() -> None:
    told = [(method, route.path) for route in ROUTES for method in route.methods]
    assert len(told) == len(set(told))


def test_only_ping_and_health_do_without_a_scope_and_only_health_without_a_key() -> None:
    assert {route.name for route in ROUTES if route.scope is None} == {"ping", "health"}
    assert {route.name for route in ROUTES if route.public} == {"health"}


def test_what_changes_the_org_layer_or_forgets_lies_with_govern() -> None:
    for route in ROUTES:
        if route.scope in ("govern", "org:write"):
            assert route.function == "govern"


def test_the_older_surface_repeats_calls_of_the_newer_one() -> None:
    assert {r.name for r in LEGACY} <= {r.name for r in ROUTES if r not in LEGACY}


@pytest.mark.parametrize("path", UNANSWERED)
def test_what_only_mem0_has_is_named_in_a_501(path: str) -> None:
    with pytest.raises(Unsupported, match="not part of Lamella"):
        find("POST", path.replace("{type}", "user").replace("{org}", "o").replace("{id}", "x"))


@pytest.mark.parametrize("path", ["/", "/v3/", "/v3/memories/nothing/here/", "/v4/memories/"])
def test_an_unknown_path_is_not_found(path: str) -> None:
    with pytest.raises(NotFound):
        find("GET", path)


def test_a_wrong_method_says_which_ones_are_right() -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        find("PATCH", "/v1/memories/x/")
    assert refused.value.allowed == "DELETE, GET, PUT"


def test_the_table_loads_without_the_library_behind_it() -> None:
    heavy = "{'pydantic', 'httpx'} & set(sys.modules)"
    program = f"import sys, lamella.routes; print(len({heavy}))"
    home = str(Path(lamella.__file__).parents[1])
    shown = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": home},
    )
    assert shown.stdout.strip() == "0"
