"""Which layer a fact goes to, how long it lives, and what may not enter. Pure rules."""

from __future__ import annotations

import hmac
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from lamella.clock import MINUTE, iso
from lamella.errors import Invalid
from lamella.scopes import Layer, Scope
from lamella.settings import Settings

FUTURE_TOLERANCE = 5 * MINUTE


def asked_layer(metadata: Mapping[str, Any], scope: Scope) -> Layer | None:
    """The layer `metadata.layer` asks for, or None. Raises Invalid where the ids can't bear it."""
    asked = metadata.get("layer")
    if asked is None:
        return None
    if asked == Layer.ORG:
        raise Invalid(
            "metadata.layer 'org' can't be captured: write org memories with POST /v1/org/memories/"
        )
    if asked == Layer.SESSION and not scope.session_id:
        raise Invalid("metadata.layer 'session' needs a session_id (run_id)")
    if asked == Layer.USER and scope.owner.startswith("s:"):
        raise Invalid("metadata.layer 'user' needs a user_id, agent_id or app_id")
    if asked not in (Layer.SESSION, Layer.USER):
        raise Invalid("metadata.layer must be 'session' or 'user'")
    return Layer(asked)


def layer_for(durable: bool, scope: Scope, asked: str | None, consented: bool) -> Layer | None:
    """Where a fact belongs; None when nothing here may keep it.

    An explicit layer wins; a call with only a session keeps to it; one without a session goes to
    the user; with both, what lasts goes to the user. Without consent nothing reaches the user.
    """
    if scope.owner.startswith("s:"):
        return Layer.SESSION
    wanted = asked or (Layer.USER if durable or not scope.session_id else Layer.SESSION)
    if wanted == Layer.USER and not consented:
        return Layer.SESSION if scope.session_id and asked is None else None
    return Layer(wanted)


def refuse_future(said_at: int, now: int) -> None:
    """Raises Invalid for a timestamp more than five minutes ahead of the clock."""
    if said_at > now + FUTURE_TOLERANCE:
        raise Invalid(f"timestamp lies in the future: {iso(said_at)} is after now, {iso(now)}")


def expiry(
    now: int,
    default: int | None,
    at_most: int | None,
    expires_at: int | None = None,
    lifetime: int | None = None,
) -> int | None:
    """When something received at `now` ends: the call's own wish, else the layer's default.

    Counted from receipt, never from the timestamp, and cut to the organization's maximum.
    Raises Invalid when the wished moment has already passed.
    """
    wished = expires_at if expires_at is not None else (now + lifetime if lifetime else None)
    if wished is not None and wished <= now:
        raise Invalid(f"expiration_date has already passed: {iso(wished)}")
    ends = wished if wished is not None else (now + default if default else None)
    latest = now + at_most if at_most else None
    return min((end for end in (ends, latest) if end is not None), default=None)


def turn_expiry(now: int, settings: Settings, wished: int | None) -> int:
    """When a raw turn leaves sight: the conversation's lifetime, or sooner if the call says so."""
    ends = now + settings.conversation_lifetime
    return min(ends, wished) if wished is not None else ends


def normal_form(text: str) -> str:
    """What makes two wordings the same content: case, width and spacing don't matter."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(folded.split()).rstrip(".!。")


def content_guard(secret: bytes, layer: str, text: str, within: tuple[str, ...] = ()) -> str:
    """The digest that keeps one content unique per owner and layer (and per `within`, if given)."""
    material = json.dumps([str(layer), *within, normal_form(text)], ensure_ascii=False)
    return _keyed(secret, material)


def body_digest(secret: bytes, request: Mapping[str, Any]) -> str:
    """A call's body as an HMAC, so that a retry is recognised and no text is kept."""
    material = json.dumps(request, sort_keys=True, ensure_ascii=False, default=str)
    return _keyed(secret, material)


def _keyed(secret: bytes, material: str) -> str:
    return hmac.digest(secret, material.encode("utf-8", "surrogatepass"), "sha256").hex()
