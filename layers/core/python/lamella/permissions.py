"""What must hold when a memory is committed: its owner isn't forgotten since, and has agreed."""

from __future__ import annotations

from lamella import keys
from lamella.consent import PURPOSE, agrees, condition
from lamella.ports import Absent, AnyOf, Below, Check, Get, Item
from lamella.scopes import Layer

FORGOTTEN, CONSENT = "forgotten", "consent"


def checks(org: str, owner: str, layer: str, captured_at: int, needs_consent: bool) -> list[Check]:
    """The conditions of a commit that adds what was captured at that time."""
    conditions = [unforgotten(org, owner, captured_at)]
    if layer == Layer.USER:
        conditions.append(Check(keys.consent(org, owner, PURPOSE), condition(needs_consent)))
    return conditions


def unforgotten(org: str, owner: str, captured_at: int) -> Check:
    """Its owner wasn't forgotten after what was captured at that time."""
    earlier = AnyOf((Absent(), Below("cutoff", captured_at)))
    return Check(keys.tombstone(org, owner), earlier)


def reads(org: str, owner: str) -> tuple[Get, Get]:
    """What tells whether those conditions hold: the tombstone, and the consent."""
    return Get(keys.tombstone(org, owner)), Get(keys.consent(org, owner, PURPOSE))


def missing(
    layer: str,
    captured_at: int,
    needs_consent: bool,
    tombstone: Item | None,
    consent: Item | None,
) -> str | None:
    """Why a memory may not be added, out of what `reads` found; None if it may."""
    if tombstone is not None and captured_at <= tombstone.body["cutoff"]:
        return FORGOTTEN
    if layer == Layer.USER and not agrees(consent, needs_consent):
        return CONSENT
    return None
