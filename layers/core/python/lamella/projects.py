"""A project's settings, which are its organization's: what promotion keeps and how it sorts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lamella.errors import Invalid, NotFound
from lamella.guidance import INSTRUCTIONS, Guidance
from lamella.inflight import InFlight
from lamella.org_secret import OrgSecrets
from lamella.org_settings import changed, settings_of
from lamella.personal import Personal
from lamella.ports import Table
from lamella.requests import ProjectRequest, ProjectUpdateRequest
from lamella.requests.project import PERSONAL, SETTINGS
from lamella.results import Wire

NO_MODEL = (
    "no model reads them here. Say what to keep with includes, what not with excludes, and sort "
    "with custom_categories"
)


class Projects:
    """Reads and changes the one project that an organization has, named as it is."""

    def __init__(
        self, table: Table, secrets: OrgSecrets, personal: Personal, reads_instructions: bool
    ) -> None:
        self._table = table
        self._secrets = secrets
        self._personal = personal
        self._reads_instructions = reads_instructions

    def get(self, org: str, named: tuple[str, str], call: ProjectRequest) -> Wire:
        """The settings, or those of `call.fields`. Raises NotFound for another's project."""
        _refuse_others(org, named)
        shown: Wire = {"id": org, "project_id": org, "org_id": org, "name": org}
        shown |= dict.fromkeys((*SETTINGS, PERSONAL)) | {"multilingual": False, "decay": False}
        shown |= settings_of(self._table, org)
        return {k: v for k, v in shown.items() if k in call.fields} if call.fields else shown

    def update(self, org: str, named: tuple[str, str], call: ProjectUpdateRequest) -> Wire:
        """Change what `call` gives. Raises NotFound for another's project.

        Instructions that nobody would read are Invalid, and wishes for personal data that nobody
        here can follow.
        """
        _refuse_others(org, named)
        unread = [name for name in INSTRUCTIONS if call.changes.get(name)]
        if unread and not self._reads_instructions:
            raise Invalid(f"{unread[0]} can't be followed: {NO_MODEL}")
        if call.changes.get(PERSONAL):
            self._personal.check(call.changes[PERSONAL])
        self._secrets.of(org)
        kept = settings_of(self._table, org) | call.changes
        self._table.write([(changed(org, kept),)])
        return {"message": "Project settings are changed."}


def guidance_of(settings: Mapping[str, Any], call: InFlight) -> Guidance:
    """The same as promotion follows it: what the call itself asks for takes its place."""
    told = {**settings, **call.guidance}
    return Guidance.of(told, to_an_agent=bool(call.agent_id and not call.user_id))


def _refuse_others(org: str, named: tuple[str, str]) -> None:
    if named != (org, org):
        raise NotFound("this key's organization and project have other names: ping tells them")
