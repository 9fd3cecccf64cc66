"""The parts of one message's content, in the forms of OpenAI, Anthropic, Bedrock and Mem0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lamella.errors import Invalid

_TEXT = {"text", "input_text", "output_text", "refusal"}
_REASONING = {"reasoning", "thinking", "redacted_thinking", "reasoningContent"}
_CALLS = {"tool_use", "tool_call", "function_call", "server_tool_use", "toolUse", "function"}
_RESULTS = {"tool_result", "function_call_output", "web_search_tool_result", "toolResult"}
_MEDIA = {
    "image": "image",
    "image_url": "image",
    "input_image": "image",
    "pdf": "document",
    "pdf_url": "document",
    "mdx_url": "document",
    "document": "document",
    "file": "document",
    "input_file": "document",
    "audio": "audio",
    "input_audio": "audio",
    "audio_url": "audio",
    "video": "video",
    "video_url": "video",
}
_IDLE = {"cachePoint", "cache_point"}
_KNOWN = _TEXT | _REASONING | _CALLS | _RESULTS | set(_MEDIA) | _IDLE
_CAPTIONS = ("caption", "alt", "alt_text", "text", "title")


@dataclass
class Parts:
    """What one content holds: what was said, what was thought, what tools did."""

    spoken: list[str] = field(default_factory=list)
    reasoning: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)


def read_parts(where: str, content: object) -> Parts:
    """The parts of `content`: a string, a part, a list of both, or nothing. Raises Invalid."""
    parts = Parts()
    if content is None:
        return parts
    for part in content if isinstance(content, list | tuple) else [content]:
        _sort(where, part, parts)
    return parts


def tool_call(where: str, call: object) -> str:
    """A tool call as one line: its name and what it was given."""
    if not isinstance(call, Mapping):
        raise Invalid(f"{where} must hold objects")
    told = call.get("function", call)
    told = told if isinstance(told, Mapping) else call
    arguments = _first_of(told, "arguments", "input", "args")
    return f"{told.get('name') or 'tool'}({'' if arguments is None else _flat(arguments)})"


def _sort(where: str, part: object, parts: Parts) -> None:
    if isinstance(part, str):
        parts.spoken.append(part)
        return
    if not isinstance(part, Mapping):
        raise Invalid(f"{where} must be a string, or a list of strings and parts")
    kind = _kind(where, part)
    inner = part[kind] if isinstance(part.get(kind), Mapping) else part
    if kind in _TEXT:
        parts.spoken.append(_text(where, part, "text", "refusal"))
    elif kind in _REASONING:
        parts.reasoning.append(_thought(part))
    elif kind in _CALLS:
        parts.tools.append(tool_call(where, inner))
    elif kind in _RESULTS:
        parts.tools.append(_flat(_first_of(inner, "content", "output", "result") or ""))
    elif kind in _MEDIA:
        parts.spoken.append(_marker(_MEDIA[kind], part, inner))


def _kind(where: str, part: Mapping[str, Any]) -> str:
    kind = part.get("type")
    if kind is None:  # Bedrock's parts name their kind by their only key
        kind = next((key for key in part if key in _KNOWN), None)
    if not isinstance(kind, str) or kind not in _KNOWN:
        raise Invalid(f"{where} has a part of an unknown type: use text, image_url, pdf_url, …")
    return kind


def _text(where: str, part: Mapping[str, Any], *names: str) -> str:
    text = _first_of(part, *names)
    if not isinstance(text, str):
        raise Invalid(f"{where} has a text part without text")
    return text


def _thought(part: Mapping[str, Any]) -> str:
    names = ("thinking", "reasoning", "summary", "text", "reasoningContent")
    return _flat(_first_of(part, *names) or "")


def _marker(what: str, *places: Mapping[str, Any]) -> str:
    for place in places:
        for name in _CAPTIONS:
            caption = place.get(name)
            if isinstance(caption, str) and caption.strip():
                return f"[{what}: {caption.strip()}]"
    return f"[{what}]"


def _first_of(place: Mapping[str, Any], *names: str) -> Any:
    return next((place[name] for name in names if place.get(name) is not None), None)


def _flat(value: object) -> str:
    """The text inside nested parts, else the value's JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "\n".join(_flat(one) for one in value)
    if isinstance(value, Mapping):
        for name in ("text", "reasoningText", "json"):
            if name in value:
                return _flat(value[name])
        if value.get("type") in _MEDIA:
            return _marker(_MEDIA[value["type"]], value)
    return json.dumps(value, ensure_ascii=False, default=str)
