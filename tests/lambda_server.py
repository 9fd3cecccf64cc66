"""Speaks the wire of Lambda's Invoke, and lets our own functions answer in this process."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scripted_server import Answer, Asked, ScriptedServer

from lamella.functions.door import Door

_INVOKE = re.compile(
    r"/2015-03-31/functions/(?P<name>[^/]+)/invocations(?:\?Qualifier=(?P<alias>\w+))?$"
)
ARN = "arn:aws:lambda:eu-central-1:123456789012:function"
FUNCTIONS = ("capture", "promote", "retrieve", "govern")


class LambdaServer(ScriptedServer):
    """The functions `{base}-capture` and so on, over one service, for `organizations`."""

    def __init__(
        self, service: Any, base: str = "lamella-test", organizations: Sequence[str] = ("acme",)
    ) -> None:
        super().__init__(self._invoke)
        self._doors: Mapping[str, Door] = {
            f"{base}-{use}": Door(use, _always(service), organizations) for use in FUNCTIONS
        }
        self.invoked: list[tuple[str, str | None]] = []

    def _invoke(self, asked: Asked) -> Answer:
        found = _INVOKE.match(asked.path)
        assert found, asked.path
        self.invoked.append((found["name"], found["alias"]))
        door = self._doors.get(found["name"])
        if door is None:
            return Answer({"Message": "no such function"}, 404, "ResourceNotFoundException")
        return Answer(door.answer(asked.body, f"{ARN}:{found['name']}:{found['alias']}").told)


def _always(service: Any) -> Callable[[], Any]:
    return lambda: service
