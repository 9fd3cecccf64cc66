"""A walk through a deployment: capture, promote, retrieve, forget, as somebody who is nobody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from lamella.client import Memory
from lamella.client.wire import Json
from lamella.errors import LamellaError

SAID = "I prefer rooms under the roof, and I live in Lisbon."
ASKED = "Which rooms are preferred?"
PATIENCE = 60.0


class Astray(LamellaError):
    """The deployment answered, and not what it should have."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the walk: what it found out, in how many seconds, or what failed."""

    name: str
    told: str
    seconds: float
    failed: bool = False


class Smoke:
    """Walks as the user `user`, whom the last step forgets, whatever failed before it."""

    def __init__(
        self, memory: Memory, user: str, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._memory = memory
        self._user = user
        self._clock = clock
        self._event = ""

    def steps(self) -> Iterator[Step]:
        """Each step as it ends; a failed one is followed by `forget` alone."""
        for name in ("health", "consent", "capture", "read your writes", "promote", "retrieve"):
            step = self._taken(name)
            yield step
            if step.failed:
                break
        yield self._taken("forget")

    def _taken(self, name: str) -> Step:
        began = self._clock()
        try:
            told = getattr(self, f"_{name.replace(' ', '_')}")()
        except LamellaError as error:
            told = f"{type(error).__name__}: {error.detail}"
            return Step(name, told, self._clock() - began, failed=True)
        return Step(name, told, self._clock() - began)

    def _health(self) -> str:
        found = self._memory.health()
        return f"embeds with {found['model']}, extracts by {found['extractor']}"

    def _consent(self) -> str:
        found = self._memory.consent(user_id=self._user)
        if not found["remembered"]:
            found = self._memory.record_consent(True, user_id=self._user, evidence="smoke test")
        return f"consent is {found['mode']}"

    def _capture(self) -> str:
        told = self._memory.add(SAID, user_id=self._user, session_id="smoke")
        self._event = told["event_id"]
        return f"event {self._event}"

    def _read_your_writes(self) -> str:
        hit = self._found()
        return f"seen at once, in the layer {hit['layer']}"

    def _promote(self) -> str:
        self._memory.flush(user_id=self._user)
        event = self._memory.wait(self._event, PATIENCE)
        if event["status"] != "SUCCEEDED":
            raise Astray(f"event {self._event} is {event['status']}: {event['error']}")
        added = sum(one["event"] == "ADD" for one in event["results"])
        if not added:
            raise Astray(f"event {self._event} made no memory")
        return f"{added} made"

    def _retrieve(self) -> str:
        hit = self._found(layers=["user"])
        return f"found in the layer {hit['layer']}, score {hit['score']:.2f}"

    def _forget(self) -> str:
        receipt = self._memory.forget(user_id=self._user)["receipt"]
        left = self._searched()["results"]
        if left or receipt["second_pass"]["found"]:
            raise Astray(f"{len(left)} memories of {self._user} are still found")
        return f"receipt {receipt['id']}: {sum(receipt['erased'].values())} erased, none left"

    def _found(self, **narrower: Any) -> Json:
        found = self._searched(**narrower)
        if found["degraded"]:
            raise Astray(f"search is degraded: {found['degraded']}")
        for hit in found["results"]:
            if "under the roof" in hit["memory"]:
                return dict(hit)
        raise Astray("what was captured is not found")

    def _searched(self, **narrower: Any) -> Json:
        return self._memory.search(ASKED, user_id=self._user, threshold=0, **narrower)
