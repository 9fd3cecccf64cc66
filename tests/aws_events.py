"""The events of tests/events, and a Lambda context."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:lamella"
FOLDER = Path(__file__).parent / "events"


def event(name: str) -> dict[str, Any]:
    """A fresh copy of an event in the shape AWS sends."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return read


@dataclass
class Context:
    """What Lambda tells a handler about its invocation."""

    function_name: str = "lamella"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = f"{ARN}:api"
    aws_request_id: str = "52fdfc07-2182-154f-163f-5f0f9a621d72"
