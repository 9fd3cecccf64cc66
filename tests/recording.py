"""A service that remembers what it was asked, and answers what the test told it to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.errors import Unauthenticated
from lamella.models import Principal

EVERYTHING = frozenset({"read", "write", "govern", "org:write"})
KEYS = {
    "lm_all": Principal("acme", EVERYTHING, "k1"),
    "lm_read": Principal("acme", frozenset({"read"}), "k2"),
}


class UseCase:
    """Any call is recorded as (use case, method, arguments); the answer is looked up by method."""

    def __init__(self, name: str, service: RecordingService) -> None:
        self._name = name
        self._service = service

    def __getattr__(self, method: str) -> Any:
        def call(*args: Any) -> Any:
            self._service.calls.append((self._name, method, *args))
            answer = self._service.answers.get(method, {"message": "ok"})
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


class RecordingService:
    """Stands in for `lamella.service.Service`."""

    def __init__(self, **answers: Any) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.answers = answers
        self.capture = UseCase("capture", self)
        self.promote = UseCase("promote", self)
        self.sweep = UseCase("sweep", self)
        self.flush = UseCase("flush", self)
        self.retrieve = UseCase("retrieve", self)
        self.govern = UseCase("govern", self)

    def authorize(self, key: str) -> Principal:
        if key not in KEYS:
            raise Unauthenticated("this key is not one of ours")
        return KEYS[key]

    def ping(self, principal: Principal) -> Mapping[str, Any]:
        return {
            "status": "ok",
            "org_id": principal.org,
            "project_id": principal.org,
            "user_email": f"{principal.key_id}@{principal.org}",
        }

    def health(self) -> Mapping[str, Any]:
        return {"status": "ok"}

    @property
    def last(self) -> tuple[Any, ...]:
        """The latest call."""
        return self.calls[-1]
