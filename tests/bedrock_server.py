"""Bedrock at the wire: InvokeModel answers vectors, Converse what the test scripted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import unquote

from scripted_server import Answer, Asked, ScriptedServer, refusal

USAGE = {"inputTokens": 900, "outputTokens": 100, "totalTokens": 1_000}


class BedrockServer(ScriptedServer):
    """Embeds by hashing; a conversation beyond the script is refused."""

    def __init__(self) -> None:
        super().__init__(_otherwise)

    @property
    def models(self) -> list[str]:
        """Which model each request asked for."""
        return [unquote(asked.path.split("/")[2]) for asked in self.asked]


def calling(tool: str, *inputs: Mapping[str, Any]) -> Answer:
    """The model's answer that calls `tool`, once for each of `inputs`."""
    calls = [
        {"toolUse": {"toolUseId": f"call-{n}", "name": tool, "input": given}}
        for n, given in enumerate(inputs)
    ]
    return spoken(calls, "tool_use")


def prose(text: str) -> Answer:
    """The model's answer in words where a tool was asked for."""
    return spoken([{"text": text}], "end_turn")


def spoken(content: Sequence[Mapping[str, Any]], stopped: str) -> Answer:
    """Any answer of a model."""
    message = {"role": "assistant", "content": list(content)}
    return Answer({"output": {"message": message}, "stopReason": stopped, "usage": USAGE})


def numbers(text: str, dimensions: int) -> list[float]:
    """A vector that only this text has; its length is not one."""
    seed = blake2b(text.encode(), digest_size=64).digest()
    return [seed[place % 64] / 16 - 8 + place % 7 for place in range(dimensions)]


def _otherwise(asked: Asked) -> Answer:
    if not asked.path.endswith("/invoke"):
        return refusal("ValidationException", message=json.dumps(asked.body))
    text = asked.body["inputText"]
    if not text:
        return refusal("ValidationException", message="expected minLength: 1, actual: 0")
    return Answer({"embedding": numbers(text, asked.body["dimensions"]), "inputTextTokenCount": 1})
