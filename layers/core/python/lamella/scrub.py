"""Secrets out of everything a caller sends, before any layer sees it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lamella.privacy import drop_secrets

NUMBERS = {"PIN", "card number", "card code"}
"""Secrets that may come as a JSON number."""


def scrub(value: Any, name: str = "") -> tuple[Any, tuple[str, ...]]:
    """`value` (any JSON) without its secrets, and the types of what was removed.

    The names in an object are cleaned too, and tell what their values are: under "password",
    any word is one. `name` is such a name, of `value` itself.
    """
    if isinstance(value, str):
        return _told(name, value)
    if isinstance(value, dict):
        names = {key: drop_secrets(str(key)) for key in value}
        cleaned = {key: scrub(part, str(key)) for key, part in value.items()}
        shown = {names[key][0]: part for key, (part, _) in cleaned.items()}
        return shown, _types([*names.values(), *cleaned.values()])
    if isinstance(value, (list, tuple)):
        parts = [scrub(part, name) for part in value]
        return [part for part, _ in parts], _types(parts)
    if isinstance(value, int) and not isinstance(value, bool):
        told, found = _told(name, str(value))
        return (told, found) if NUMBERS.intersection(found) else (value, ())
    return value, ()


def _told(name: str, text: str) -> tuple[str, tuple[str, ...]]:
    clean, found = drop_secrets(text)
    prefix = f"{drop_secrets(name)[0]}: "
    named, also = drop_secrets(prefix + clean) if name else ("", ())
    if also and named.startswith(prefix):
        return f"[{also[0]} removed]", _types([("", found), ("", also)])
    return clean, found


def _types(scrubbed: Iterable[tuple[Any, tuple[str, ...]]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(type_ for _, found in scrubbed for type_ in found))
