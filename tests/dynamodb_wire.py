"""A wire between Lamella and DynamoDB Local: it writes down what passes, and can be rough."""

from __future__ import annotations

import json
import threading
from collections import Counter
from random import Random
from typing import Any

import httpx
from scripted_server import Answer, Asked, ScriptedServer, refusal

_PASSED = {"x-amz-target", "authorization", "x-amz-date", "content-type"}


def canceled(*codes: str) -> Answer:
    """How DynamoDB cancels a transaction: a reason for each of its operations."""
    reasons = [{"Code": code, "Message": "no"} for code in codes]
    body = {"__type": "TransactionCanceledException", "message": "", "CancellationReasons": reasons}
    return Answer(body, 400, "TransactionCanceledException")


def operation(asked: Asked) -> str:
    """What the request asks for: `PutItem`, `Query` …"""
    named = {name.lower(): value for name, value in asked.headers.items()}
    return named["x-amz-target"].partition(".")[2]


class Wire(ScriptedServer):
    """Writes down what passes, answers what was scripted, and can lose answers."""

    def __init__(self, url: str = "") -> None:
        super().__init__(self._pass_on)
        self._client = httpx.Client(base_url=url, timeout=30)
        self.answers_to_lose = 0

    @property
    def operations(self) -> list[str]:
        return [operation(asked) for asked in self.asked]

    def __exit__(self, *why: object) -> None:
        super().__exit__(*why)
        self._client.close()

    def _pass_on(self, asked: Asked) -> Answer:
        kept = {name: value for name, value in asked.headers.items() if name.lower() in _PASSED}
        told = self._client.post("/", content=json.dumps(asked.body), headers=kept)
        if self.answers_to_lose:
            self.answers_to_lose -= 1
            return refusal("InternalServerError", 500)
        return Answer(told.json(), told.status_code)


class RoughWire(Wire):
    """Each kind of grief that DynamoDB knows under load once, then a share of all requests.

    `met` counts them.

    A request is throttled, contended or fails before it is done; it is done, and its answer lost;
    it is canceled because somebody was just taking a memory's content (and then gave up).
    """

    def __init__(self, url: str, seed: int = 1, share: float = 0.25) -> None:
        super().__init__(url)
        self._dice, self._share, self._lock = Random(seed), share, threading.Lock()
        self.met: Counter[str] = Counter()

    def _pass_on(self, asked: Asked) -> Answer:
        with self._lock:
            grief = self._grief(asked)
            self.met[grief] += 1
        match grief:
            case "":
                return super()._pass_on(asked)
            case "lost":
                super()._pass_on(asked)
                return refusal("InternalServerError", 500)
            case "InternalServerError":
                return refusal(grief, 500)
            case "TransactionConflict" | "ConditionalCheckFailed" | "ThrottlingError":
                return canceled(*_reasons(asked.body["TransactItems"], grief))
            case _:
                return refusal(grief)

    def _grief(self, asked: Asked) -> str:
        kinds = ["ThrottlingException", "ProvisionedThroughputExceededException",
                 "InternalServerError", "lost"]  # fmt: skip
        if operation(asked) == "TransactWriteItems":
            kinds += ["TransactionConflict", "ThrottlingError", "TransactionInProgressException"]
            kinds += ["ConditionalCheckFailed"] * any(map(_guards, asked.body["TransactItems"]))
        unmet = [kind for kind in kinds if kind not in self.met]
        if unmet:
            return unmet[0]
        return self._dice.choice(kinds) if self._dice.random() < self._share else ""


def _reasons(parts: list[dict[str, Any]], code: str) -> list[str]:
    hit = next((n for n, part in enumerate(parts) if _guards(part)), 0)
    return [code if place == hit else "None" for place in range(len(parts))]


def _guards(part: dict[str, Any]) -> bool:
    """Whether the operation takes hold of a memory's content."""
    return "Put" in part and part["Put"]["Item"]["sk"]["S"].startswith("H#")
