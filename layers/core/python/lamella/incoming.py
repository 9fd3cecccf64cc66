"""Events that reach a function, read: submitted memories, nudges in a queue, the schedule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lamella.errors import Invalid
from lamella.ports import Nudge

MEMORY_SUBMITTED = "Memory Submitted"
SCHEDULED = "Scheduled Event"


def is_submitted(event: Mapping[str, Any]) -> bool:
    """Whether `event` is a producer's "Memory Submitted" of EventBridge."""
    return event.get("detail-type") == MEMORY_SUBMITTED


def is_scheduled(event: Mapping[str, Any]) -> bool:
    """Whether `event` is the schedule's tick."""
    return event.get("detail-type") == SCHEDULED


def submission(event: Mapping[str, Any]) -> dict[str, Any]:
    """The direct call that a "Memory Submitted" stands for. Raises Invalid.

    Its idempotency key is the producer's own, else the event's id: delivered twice, it changes
    nothing.
    """
    detail = event.get("detail")
    if not isinstance(detail, Mapping):
        raise Invalid("detail must be an object with messages and an id such as user_id")
    return {"idempotency_key": event.get("id"), **detail, "action": "add"}


def nudges(body: str) -> list[Nudge]:
    """The nudges in a queued message: one `{"org", "owner"}`, or a list of them.

    It may stand for itself, or be the `detail` of an EventBridge event (a list there under
    "nudges"). Raises Invalid.
    """
    try:
        told = json.loads(body)
    except ValueError:
        raise Invalid("the message is not JSON") from None
    if isinstance(told, Mapping) and "detail" in told:
        told = told["detail"]
    if isinstance(told, Mapping) and "nudges" in told:
        told = told["nudges"]
    return [_nudge(one) for one in (told if isinstance(told, list) else [told])]


def _nudge(told: object) -> Nudge:
    if not isinstance(told, Mapping):
        raise Invalid("a nudge must be an object with org and owner")
    org, owner = told.get("org"), told.get("owner")
    if not isinstance(org, str) or not isinstance(owner, str) or not (org and owner):
        raise Invalid("a nudge must name org and owner")
    return Nudge(org, owner)
