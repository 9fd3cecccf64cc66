"""What callers send as messages (a string, strings, objects with role and content), made one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lamella.errors import Invalid, TooLarge
from lamella.models import Role
from lamella.requests.base import text_size
from lamella.requests.given import shown
from lamella.requests.parts import Parts, read_parts, tool_call
from lamella.scopes import checked_id
from lamella.values import dataclass

MAX_MESSAGES = 1_000
MAX_MESSAGE_BYTES = 256 * 1024
MAX_CALL_BYTES = 3 * 1024 * 1024

_ROLES = {role.value: role for role in Role} | {"function": Role.TOOL, "developer": Role.SYSTEM}
_FIELDS = {
    "role",
    "content",
    "name",
    "tool_calls",
    "tool_call_id",
    "function_call",
    "reasoning_content",
    "id",
    "type",
    "refusal",
    "annotations",
    "audio",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One message: plain text and who said it. `fleeting` ones fade and are never promoted."""

    role: str
    text: str
    name: str | None = None
    fleeting: bool = False


def normalised(raw: object) -> tuple[Message, ...]:
    """Every message in `raw`, in order, without blank ones. Raises Invalid or TooLarge.

    Reasoning, tool calls and tool results become fleeting messages of their own, before the
    words they led to. Images and files become a marker with their caption.
    """
    given = raw if isinstance(raw, list | tuple) else [raw]
    if len(given) > MAX_MESSAGES:
        raise TooLarge(f"messages holds more than {MAX_MESSAGES}: split the call")
    found = [
        message
        for place, one in enumerate(given)
        for message in _read(f"messages[{place}]", one)
        if message.text.strip()
    ]
    if not found:
        raise Invalid("messages is empty: give at least one with text")
    _check_size(found)
    return tuple(found)


def _read(where: str, raw: object) -> Iterator[Message]:
    if isinstance(raw, str):
        yield Message(Role.USER, raw)
        return
    if not isinstance(raw, Mapping):
        raise Invalid(f"{where} must be a string or an object with role and content")
    _check_fields(where, raw)
    role = _role(where, raw.get("role"))
    name = None if raw.get("name") is None else checked_id(f"{where}.name", raw["name"])
    parts = _content(where, raw)
    for aside in parts.reasoning:
        yield Message(Role.ASSISTANT, aside, name, fleeting=True)
    for aside in parts.tools:
        yield Message(Role.TOOL, aside, fleeting=True)
    yield Message(role, "\n".join(parts.spoken), name, fleeting=role is Role.TOOL)


def _content(where: str, raw: Mapping[str, object]) -> Parts:
    parts = read_parts(f"{where}.content", raw.get("content"))
    thought = raw.get("reasoning_content")
    if isinstance(thought, str):
        parts.reasoning.append(thought)
    calls = raw.get("tool_calls") or ([raw["function_call"]] if raw.get("function_call") else [])
    if not isinstance(calls, list):
        raise Invalid(f"{where}.tool_calls must be a list")
    parts.tools.extend(tool_call(f"{where}.tool_calls", call) for call in calls)
    return parts


def _check_fields(where: str, raw: Mapping[str, object]) -> None:
    unknown = sorted(set(map(str, raw)) - _FIELDS)
    if unknown:
        raise Invalid(f"{where} has an unknown field: {', '.join(map(shown, unknown[:10]))}")


def _role(where: str, raw: object) -> Role:
    role = _ROLES.get(raw) if isinstance(raw, str) else None
    if role is None:
        raise Invalid(f"{where}.role must be one of {', '.join(sorted(_ROLES))}")
    return role


def _check_size(messages: list[Message]) -> None:
    sizes = [text_size("messages", message.text) for message in messages]
    if max(sizes) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"a message is longer than {MAX_MESSAGE_BYTES} bytes")
    if sum(sizes) > MAX_CALL_BYTES:
        raise TooLarge(f"messages are longer than {MAX_CALL_BYTES} bytes together: split the call")
