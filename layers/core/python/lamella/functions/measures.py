"""What an answer tells a metric: how many hits of which layer, whether something was away."""

from __future__ import annotations

from collections.abc import Mapping

from lamella.functions.door import Answer
from lamella.tallies import Tallies


def outcome(answer: Answer) -> str:
    """The name of the metric that counts `answer`, by its class of status."""
    return f"Answered{answer.status // 100}xx"


def told_by(answer: Answer) -> Tallies:
    """Of a search, `Retrieved` by layer and `Degraded`; of an add, `Captured`, `SecretsDropped`."""
    told, body = Tallies(), answer.body
    if answer.status >= 300 or not isinstance(body, Mapping):
        return told
    if "degraded" in body:
        told["Degraded", ""] = int(body["degraded"] is not None)
        for hit in body["results"]:
            told["Retrieved", str(hit["layer"])] += 1
    if "event_id" in body:
        told["Captured", ""] = 1
        told["SecretsDropped", ""] = len(body.get("dropped", ()))
    return told
