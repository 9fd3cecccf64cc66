"""Personal data on its way into what lasts, treated as the organization or the deployment asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from lamella.errors import Conflict, Invalid, SetupError
from lamella.models import Record
from lamella.org_secret import OrgSecrets
from lamella.org_settings import settings_of
from lamella.ports import Cipher, Table
from lamella.privacy import Treatments, holds_pii, treat
from lamella.values import dataclass

SETTING = "personal_data"
REFUSED = "personal data"
"""Why a text was not kept, where it held what is to be dropped."""


@dataclass(frozen=True, slots=True)
class Discreet:
    """What may be kept of a text (or plain JSON), and the sealed values that it stands for."""

    told: Any
    sealed: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None


class Personal:
    """Treats personal data; looks up what an organization wishes only where there is some."""

    def __init__(
        self, table: Table, secrets: OrgSecrets, deployment: str, cipher: Cipher | None = None
    ) -> None:
        """`deployment` is what holds where an organization wishes nothing. Raises SetupError."""
        self._table = table
        self._secrets = secrets
        self._cipher = cipher
        try:
            self._deployment = Treatments.parse(deployment)
        except ValueError as wrong:
            raise SetupError(f"LAMELLA_PII: {wrong}") from None
        if self._deployment.seals and cipher is None:
            raise SetupError("LAMELLA_PII: to encrypt needs a key: set LAMELLA_KMS_KEY")

    def discreet(self, org: str, told: Any) -> Discreet:
        """`told`, a text or plain JSON, as it may last in the user and org layers."""
        if not holds_pii(told):
            return Discreet(told)
        clean = treat(told, self._wishes(org), self._secrets.of(org))
        sealed = {mark: self._seal(org, value) for mark, value in clean.values.items()}
        return Discreet(clean.told, sealed, clean.refused)

    def agreed(self, org: str, told: Any) -> Discreet:
        """The same for what is stated on purpose. Raises Invalid for what is to be dropped."""
        clean = self.discreet(org, told)
        if clean.refused:
            raise Invalid(f"this holds personal data ({clean.refused}) that isn't kept here")
        return clean

    def check(self, told: str) -> None:
        """Raises Invalid for wishes that make no sense, or can't be followed here."""
        try:
            wishes = Treatments.parse(told)
        except ValueError as wrong:
            raise Invalid(f"{SETTING}: {wrong}") from None
        if wishes.seals and self._cipher is None:
            raise Invalid(f"{SETTING}: nothing can be encrypted here: the deployment has no key")

    def revealed(self, org: str, record: Record) -> dict[str, str]:
        """The values sealed beside `record`, by their marks. Raises Conflict without the key."""
        if not record.sealed:
            return {}
        if self._cipher is None:
            raise Conflict(f"memory {record.id}: its values are sealed with a key that isn't here")
        context = _context(org)
        return {
            mark: self._cipher.decrypt(value, context).decode()
            for mark, value in record.sealed.items()
        }

    def _wishes(self, org: str) -> Treatments:
        told = settings_of(self._table, org).get(SETTING)
        return Treatments.parse(told) if told else self._deployment

    def _seal(self, org: str, value: str) -> str:
        if self._cipher is None:
            raise SetupError(f"organization {org}: to encrypt needs a key: set LAMELLA_KMS_KEY")
        return self._cipher.encrypt(value.encode(), _context(org))


def _context(org: str) -> dict[str, str]:
    return {"lamella:org": org, "lamella:purpose": "personal-data"}
