"""What can be asked about consent."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, StrictBool

from lamella.errors import TooLarge
from lamella.requests.base import OfOneOwner, text_size

MAX_EVIDENCE_BYTES = 1_024


def _checked_evidence(value: str) -> str:
    if text_size("evidence", value) > MAX_EVIDENCE_BYTES:
        raise TooLarge(f"evidence is longer than {MAX_EVIDENCE_BYTES} bytes: refer to it instead")
    return value


class ConsentOfRequest(OfOneOwner):
    """What somebody said about being remembered."""


class ConsentRequest(ConsentOfRequest):
    """Record that consent is `granted`, or refused and taken back; `evidence` says how it is known.

    Evidence is a reference ("form 12 of 2026-11-26"), not a document: at most 1,024 bytes.
    """

    plain: ClassVar[tuple[str, ...]] = ("granted", "evidence")

    granted: StrictBool
    evidence: Annotated[str, AfterValidator(_checked_evidence)] | None = None
