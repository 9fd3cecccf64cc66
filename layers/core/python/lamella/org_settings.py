"""What an organization has set of its project, as it lies in the table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella import keys
from lamella.guidance import Guidance
from lamella.inflight import InFlight
from lamella.ports import Get, Page, Table, Update
from lamella.scopes import ORG_OWNER

_FIELD = "project"


def settings_of(table: Table, org: str) -> dict[str, Any]:
    """The settings that are not left at their defaults, by name."""
    [page] = table.read([read(org)])
    return told(page)


def read(org: str) -> Get:
    """The read that finds them, for whoever reads more in one round."""
    return Get(keys.settings(org, ORG_OWNER))


def told(page: Page) -> dict[str, Any]:
    """The settings in what that read has found."""
    return dict(page.first.body.get(_FIELD) or {}) if page.first else {}


def guidance_of(settings: Mapping[str, Any], call: InFlight) -> Guidance:
    """The settings as promotion follows them: what the call itself asks for takes its place."""
    asked = {**settings, **call.guidance}
    return Guidance.of(asked, to_an_agent=bool(call.agent_id and not call.user_id))


def changed(org: str, kept: Mapping[str, Any]) -> Update:
    """The settings from now on; what is None or empty returns to its default."""
    set_ = {name: value for name, value in kept.items() if value}
    return Update(keys.settings(org, ORG_OWNER), {_FIELD: set_})
