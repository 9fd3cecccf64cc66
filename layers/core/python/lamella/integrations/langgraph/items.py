"""One item of LangGraph's as a memory, and back.

The memory belongs to a user whose id is the namespace. Its metadata hold the value, the key, and
a digest of the key that finds it: no key is mistaken for a pattern, or for a secret to remove. Its
text is what a search reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote

from lamella.errors import Invalid
from lamella.extras import extra
from lamella.integrations.langgraph.matching import Namespace

with extra("langgraph"):
    from langgraph.store.base import SearchItem, get_text_at_path

Json = Mapping[str, Any]

_DIGITS, _LETTERS = "0123456789abcdef", "abcdefghijklmnop"
_TO_LETTERS, _TO_DIGITS = str.maketrans(_DIGITS, _LETTERS), str.maketrans(_LETTERS, _DIGITS)


@dataclass(frozen=True, slots=True)
class Written:
    """What `put` writes: metadata, the text of a memory, and a lifetime from now on."""

    key: str
    text: str
    metadata: dict[str, Any]
    lifetime: timedelta | None

    @property
    def own_text(self) -> str:
        """The text with a word that only this key has: two keys may hold the same value."""
        return f"{self.text}\n{word(self.key)}"


def written(
    key: str,
    value: Mapping[str, Any],
    fields: Sequence[str] | bool | None,
    ttl: float | None,
    now: datetime,
) -> Written:
    """An item to write. `fields` are paths to index, None every string, False nothing.

    `ttl` is in minutes. Raises Invalid for what is no JSON.
    """
    plain = _plain(value)
    found = _texts(plain, fields)
    kept = {
        "at": word(key),
        "key": encoded(key),
        "updated_at": now.isoformat(),
        "indexed": bool(found),
        "ttl": ttl,
    }
    lifetime = None if ttl is None else timedelta(minutes=ttl)
    text = "\n".join(found) or (key if key.strip() else word(key))
    return Written(key, text, {"store": kept, "value": plain}, lifetime)


def item(namespace: Namespace, memory: Json) -> SearchItem:
    """The item that `memory` holds; scored where a search scored it and its text was indexed."""
    kept = memory["metadata"]["store"]
    created = datetime.fromisoformat(memory["created_at"])
    return SearchItem(
        namespace=namespace,
        key=key_of(memory),
        value=dict(memory["metadata"].get("value") or {}),
        created_at=created,
        updated_at=max(created, datetime.fromisoformat(kept["updated_at"])),
        score=memory.get("score") if kept["indexed"] else None,
    )


def key_of(memory: Json) -> str:
    """The key under which `memory` was put, less what is secret in it."""
    return unquote(memory["metadata"]["store"]["key"])


def place_of(memory: Json) -> str:
    """The `word` of the key under which `memory` was put, or "" if it is no item."""
    return str(((memory["metadata"] or {}).get("store") or {}).get("at", ""))


def ttl_of(memory: Json) -> float | None:
    """The minutes that `memory` lasts after each access, or None."""
    ttl: float | None = memory["metadata"]["store"]["ttl"]
    return ttl


def encoded(label: str) -> str:
    """A key or a label in letters that neither filters nor ids give a meaning to."""
    try:
        return quote(label, safe="")
    except UnicodeEncodeError:
        raise Invalid("a key or namespace holds a character that can't be stored") from None


def word(text: str) -> str:
    """A digest in letters alone, which nothing takes for a number of anybody's."""
    return hashlib.sha256(encoded(text).encode()).hexdigest()[:32].translate(_TO_LETTERS)


def spelled(label: str) -> str:
    """`label` in letters that nothing takes for anything; `read` reads it."""
    return label.encode().hex().translate(_TO_LETTERS)


def read(spelling: str) -> str:
    """The label that was `spelled` so."""
    return bytes.fromhex(spelling.translate(_TO_DIGITS)).decode()


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(value), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as exc:
        raise Invalid(f"the value holds something JSON can't: {type(exc).__name__}") from None
    return plain


def _texts(value: dict[str, Any], fields: Sequence[str] | bool | None) -> list[str]:
    if isinstance(fields, bool):
        return []
    if fields is None:
        found = list(_strings(value))
    else:
        found = [text for path in fields for text in get_text_at_path(value, path)]
    return [text for text in found if text.strip()]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
