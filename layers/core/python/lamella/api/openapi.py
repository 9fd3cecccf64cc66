"""The OpenAPI document, generated from the routes and the models of the requests."""

from __future__ import annotations

import re
from typing import Any

from lamella import __version__, errors, requests
from lamella.api.fields import ID, fields_of, needed_by
from lamella.api.shapes import ANSWERS, SCHEMAS
from lamella.requests import Asked
from lamella.requests.base import Owned
from lamella.requests.given import IDS
from lamella.routes import BARE, LEGACY, ROUTES, Route

_REFUSED = {
    "description": "What is wrong, and what to do",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
}


def document() -> dict[str, Any]:
    """Every path with its calls, for `/openapi.json`."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        for method in route.methods:
            paths.setdefault(route.path, {})[method.lower()] = _operation(route, method)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lamella",
            "version": __version__,
            "description": "Layered memory for AI agents. Any client of Mem0's works unchanged.",
        },
        "security": [{"key": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
                "token": {"type": "apiKey", "in": "header", "name": "Authorization"},
            },
        },
    }


def _operation(route: Route, method: str) -> dict[str, Any]:
    model: type[Asked] = getattr(requests, route.request)
    in_body = method not in ("GET", "DELETE") or route.name == "batch_delete"
    told: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "_", f"{route.name} {method} {route.path}").strip("_"),
        "summary": route.name,
        "description": (model.__doc__ or "") if model is not Asked else "",
        "tags": ["mem0, older clients" if route in LEGACY else route.function],
        "parameters": _in_path(route) + ([] if in_body else _in_query(model)),
        "responses": _responses(route),
    }
    if in_body:
        told["requestBody"] = _body(route, model)
    return told | ({"security": []} if route.public else {})


def _in_path(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": ID} for name in names]


def _in_query(model: type[Asked]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "schema": _written(schema)}
        for name, schema in fields_of(model).items()
    ]


def _written(schema: dict[str, Any]) -> dict[str, Any]:
    """A field as a query string can carry it: objects as JSON text, lists as "a,b"."""
    if schema.get("type") in ("object", "array"):
        return {"type": "string", "description": "JSON, or names between commas"}
    return schema


def _body(route: Route, model: type[Asked]) -> dict[str, Any]:
    in_path = re.findall(r"{(\w+)}", route.path)
    named = {"key", "session_id", "run_id"} if route.in_session else set(in_path)
    properties = {k: v for k, v in fields_of(model).items() if k not in named}
    schema: dict[str, Any] = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    if issubclass(model, Owned) and not route.in_session:
        schema["anyOf"] = [{"required": [name]} for name in IDS]
    needed = [name for name in needed_by(model) if name in properties]
    if needed:
        schema["required"] = needed
    return {"required": bool(needed), "content": {"application/json": {"schema": schema}}}


def _responses(route: Route) -> dict[str, Any]:
    answer = ANSWERS.get(route.name, {"type": "object"})
    if route in BARE:
        answer = {"anyOf": [{"type": "array"}, answer]}
    good = {"description": "Done", "content": {"application/json": {"schema": answer}}}
    tree = [error for error in vars(errors).values() if isinstance(error, type)]
    statuses = sorted({error.status for error in tree if issubclass(error, errors.LamellaError)})
    return {str(route.answers): good} | {str(status): _REFUSED for status in statuses}
