"""A project's settings, which are its organization's: what promotion keeps and how it sorts."""

from __future__ import annotations

from lamella import keys
from lamella.errors import NotFound
from lamella.guidance import Guidance
from lamella.org_secret import OrgSecrets
from lamella.ports import Get, Table, Update
from lamella.requests import ProjectRequest, ProjectUpdateRequest
from lamella.requests.project import SETTINGS
from lamella.results import Wire
from lamella.scopes import ORG_OWNER

FIELD = "project"


class Projects:
    """Reads and changes the one project that an organization has, named as it is."""

    def __init__(self, table: Table, secrets: OrgSecrets) -> None:
        self._table = table
        self._secrets = secrets

    def get(self, org: str, named: tuple[str, str], call: ProjectRequest) -> Wire:
        """The settings, or those of `call.fields`. Raises NotFound for another's project."""
        _refuse_others(org, named)
        shown: Wire = {"id": org, "project_id": org, "org_id": org, "name": org}
        shown |= dict.fromkeys(SETTINGS) | {"multilingual": False, "decay": False}
        shown |= self._settings(org)
        return {k: v for k, v in shown.items() if k in call.fields} if call.fields else shown

    def update(self, org: str, named: tuple[str, str], call: ProjectUpdateRequest) -> Wire:
        """Change what `call` gives. Raises NotFound for another's project."""
        _refuse_others(org, named)
        self._secrets.of(org)
        kept = self._settings(org) | call.changes
        key = keys.settings(org, ORG_OWNER)
        self._table.write([(Update(key, {FIELD: {k: v for k, v in kept.items() if v}}),)])
        return {"message": "Project settings are changed."}

    def _settings(self, org: str) -> Wire:
        return settings_of(self._table, org)


def settings_of(table: Table, org: str) -> Wire:
    """What an organization has set of its project."""
    [page] = table.read([Get(keys.settings(org, ORG_OWNER))])
    return dict(page.first.body.get(FIELD) or {}) if page.first else {}


def guidance_of(table: Table, org: str) -> Guidance:
    """The same as promotion follows it."""
    told = settings_of(table, org)
    return Guidance.of(told.get("includes"), told.get("excludes"), told.get("custom_categories"))


def _refuse_others(org: str, named: tuple[str, str]) -> None:
    if named != (org, org):
        raise NotFound("this key's organization and project have other names: ping tells them")
