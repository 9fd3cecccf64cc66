"""Callers with an API key of their own, straight at the `Api`; they keep every answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from world import World

from lamella.api import Api, Request, Response
from lamella.requests import KeyRequest

SCOPES = ("read", "write", "govern", "org:write")


class Caller:
    """One organization's agent. `answers` are all it was ever answered, as one text each."""

    def __init__(self, world: World, org: str, scopes: tuple[str, ...] = SCOPES) -> None:
        asked = KeyRequest.parse({"scopes": list(scopes)})
        self.key = str(world.service.access.create(org, asked)["key"])
        self._api = Api(world.service)
        self.answers: list[str] = []
        self.statuses: list[int] = []

    def call(
        self, method: str, path: str, body: Any = None, query: dict[str, str] | None = None
    ) -> Response:
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"authorization": f"Token {self.key}"}
        pairs = tuple((query or {}).items())
        answer = self._api.handle(Request(method, path, pairs, headers, raw))
        self.answers.append(
            f"{method} {path} {answer.status} {json.dumps(answer.body)} {dict(answer.headers)}"
        )
        self.statuses.append(answer.status)
        return answer


def at(*segments: str) -> str:
    """A path of percent-encoded segments."""
    return "/" + "".join(f"{quote(segment, safe='')}/" for segment in segments)
