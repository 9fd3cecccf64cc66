"""The REST API is the route table, each route behind the authorizer, each refusal with a detail."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from assemblies import Assembly

from lamella.routes import ROUTES

METHOD = "AWS::ApiGateway::Method"


def test_the_stack_takes_the_routes_and_nothing_else_of_the_library() -> None:
    taken = {
        name
        for path in (Path(__file__).parents[2] / "infra").glob("*.py")
        for name in re.findall(r"^ *(?:from|import) (lamella[.\w]*)", path.read_text(), re.M)
    }
    assert taken == {"lamella.routes"}


def test_every_route_is_there_and_reaches_its_function(development: Assembly) -> None:
    methods = _methods(development)
    for route in ROUTES:
        for method in route.methods:
            told = methods[route.path.rstrip("/"), method]
            assert _function(told) == route.function.capitalize(), route
            assert "Api" in _alias(told), route


def test_every_route_asks_the_authorizer_but_the_public_ones(assembly: Assembly) -> None:
    [authorizer] = assembly.of("AWS::ApiGateway::Authorizer")
    public = {
        (route.path.rstrip("/"), method)
        for route in ROUTES
        for method in route.methods
        if route.public
    }
    for place, method in _methods(assembly).items():
        if place in public:
            assert method["AuthorizationType"] == "NONE"
        else:
            assert method["AuthorizationType"] == "CUSTOM"
            assert method["AuthorizerId"] == {"Ref": authorizer}


def test_the_authorizer_is_asked_each_time_whatever_is_missing(development: Assembly) -> None:
    authorizer = development.one("AWS::ApiGateway::Authorizer")
    assert authorizer["Type"] == "REQUEST"
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert not authorizer.get("IdentitySource")


def test_what_no_route_names_goes_to_the_function_with_the_least_rights(
    development: Assembly,
) -> None:
    methods = _methods(development)
    fallbacks = {place: told for place, told in methods.items() if place[1] == "ANY"}
    assert {path for path, _ in fallbacks} == {r.path.rstrip("/") for r in ROUTES} | {"/{proxy+}"}
    assert {_function(told) for told in fallbacks.values()} == {"Retrieve"}


def test_every_refusal_of_the_gateway_says_why_in_detail(development: Assembly) -> None:
    answers = development.of("AWS::ApiGateway::GatewayResponse").values()
    told = {answer["ResponseType"]: answer for answer in answers}
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "ACCESS_DENIED", "THROTTLED"} <= set(told)
    for kind, answer in told.items():
        template = answer["ResponseTemplates"]["application/json"]
        filled = template.replace("$context.error.messageString", '"why"')
        detail = json.loads(filled)["detail"]
        assert isinstance(detail, str)
        assert detail, kind
    assert told["UNAUTHORIZED"]["StatusCode"] == "401"
    assert told["MISSING_AUTHENTICATION_TOKEN"]["StatusCode"] == "404"
    assert told["REQUEST_TOO_LARGE"]["StatusCode"] == "413"


def test_calls_are_throttled_and_logged_without_paths_queries_or_bodies(
    assembly: Assembly,
) -> None:
    stage = assembly.one("AWS::ApiGateway::Stage")
    [settings] = stage["MethodSettings"]
    assert settings["ThrottlingRateLimit"] > 0
    assert settings["ThrottlingBurstLimit"] > 0
    assert settings["LoggingLevel"] == "OFF"
    assert settings["DataTraceEnabled"] is False
    logged = set(json.loads(stage["AccessLogSetting"]["Format"]).values())
    assert "$context.resourcePath" in logged
    assert not {"$context.path", "$context.requestOverride.querystring"} & logged
    assert all(value.startswith("$context.") for value in logged)


def _methods(assembly: Assembly) -> dict[tuple[str, str], Any]:
    return {
        (_path(assembly, method["ResourceId"]), method["HttpMethod"]): method
        for method in assembly.of(METHOD).values()
    }


def _path(assembly: Assembly, reference: Any) -> str:
    if "Fn::GetAtt" in reference:
        return ""
    resource = assembly.of("AWS::ApiGateway::Resource")[reference["Ref"]]
    return f"{_path(assembly, resource['ParentId'])}/{resource['PathPart']}"


def _alias(method: Any) -> str:
    [alias] = [
        part["Ref"]
        for part in method["Integration"]["Uri"]["Fn::Join"][1]
        if isinstance(part, dict) and part.get("Ref", "").startswith("Functions")
    ]
    return str(alias)


def _function(method: Any) -> str:
    names = ("Capture", "Promote", "Retrieve", "Govern")
    return next(name for name in names if _alias(method).startswith(f"Functions{name}"))
