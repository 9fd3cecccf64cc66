"""Secrets out of everything a caller sends, before any layer sees it."""

from __future__ import annotations

from typing import Any

from lamella.privacy import drop_secrets


def scrub(value: Any) -> tuple[Any, tuple[str, ...]]:
    """`value` (any JSON) without its secrets, and the types of what was removed."""
    if isinstance(value, str):
        return drop_secrets(value)
    if isinstance(value, dict):
        cleaned = {key: scrub(part) for key, part in value.items()}
        return {k: part for k, (part, _) in cleaned.items()}, _types(cleaned.values())
    if isinstance(value, (list, tuple)):
        parts = [scrub(part) for part in value]
        return [part for part, _ in parts], _types(parts)
    return value, ()


def _types(scrubbed: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found for _, types in scrubbed for found in types))
