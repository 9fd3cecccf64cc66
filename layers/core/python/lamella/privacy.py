"""What must not be stored as it was said: secrets nowhere, personal data not beyond the session.

Deterministic and offline: fixed patterns, checksums and named values; no entropy, no network.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, Self

from lamella import credentials, pii
from lamella.findings import replaced
from lamella.values import dataclass

TYPES = ("email", "phone", "iban", "ssn", "id number", "address", "ip address")
"""The sorts of personal data that are found."""

DIGEST_LETTERS = 10


class Treatment(StrEnum):
    """What becomes of a piece of personal data.

    `redact` leaves its type. `hash` adds letters that are the same for the same value, and tell
    nothing to who lacks the organization's secret. `encrypt` does too, and keeps the value sealed
    beside the memory. `drop` keeps nothing of a text that holds one.
    """

    REDACT = "redact"
    HASH = "hash"
    ENCRYPT = "encrypt"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Treatments:
    """A treatment for some types, and one for all others."""

    otherwise: Treatment = Treatment.REDACT
    by_type: Mapping[str, Treatment] = field(default_factory=dict)

    @classmethod
    def parse(cls, told: str) -> Self:
        """Out of "redact, email: hash, phone: encrypt". Raises ValueError, saying what is wrong."""
        otherwise, by_type = Treatment.REDACT, {}
        for part in filter(None, (part.strip() for part in told.split(","))):
            label, _, name = (word.strip() for word in part.rpartition(":"))
            if name not in {*Treatment}:
                raise ValueError(f"use {', '.join(Treatment)} for personal data")
            if label and label not in TYPES:
                raise ValueError(f"sorts of personal data are {', '.join(TYPES)}")
            if label:
                by_type[label] = Treatment(name)
            else:
                otherwise = Treatment(name)
        return cls(otherwise, by_type)

    def of(self, label: str) -> Treatment:
        """What becomes of the type `label`."""
        return self.by_type.get(label, self.otherwise)

    @property
    def seals(self) -> bool:
        """Whether any of it is encrypted."""
        return Treatment.ENCRYPT in (self.otherwise, *self.by_type.values())


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text or JSON without personal data; `values` are those to be sealed, by their marks.

    `refused` is a type found in it that is to be dropped with all of the text.
    """

    told: Any
    values: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None


def drop_secrets(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with every secret replaced by "[<type> removed]", and the types found.

    Types are "AWS key", "password", "PIN", "card number" and the like. Applied to its own
    answer it changes nothing.
    """
    return replaced(text, credentials.find(text), "[{} removed]".format)


def redact_pii(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with personal data replaced by "[<type>]", and the types found.

    Types are "email", "phone", "iban", "ssn", "id number", "address" and "ip address". Dates,
    times, prices and order numbers stay.
    """
    return replaced(text, pii.find(text), "[{}]".format)


def holds_pii(told: Any) -> bool:
    """Whether a text, or any text in plain JSON, holds personal data."""
    if isinstance(told, str):
        return next(iter(pii.find(told)), None) is not None
    parts = told.values() if isinstance(told, Mapping) else told
    return isinstance(told, (Mapping, list, tuple)) and any(map(holds_pii, parts))


def treat(told: Any, treatments: Treatments, secret: bytes) -> Cleaned:
    """A text, or the texts in plain JSON, with each piece of personal data treated as told.

    Applied to its own answer it changes nothing. `secret` keys the letters of a hash.
    """
    values: dict[str, str] = {}
    refused: list[str] = []

    def marker(label: str, found: str) -> str:
        treatment = treatments.of(label)
        if treatment is Treatment.DROP:
            refused.append(label)
        if treatment in (Treatment.DROP, Treatment.REDACT):
            return f"[{label}]"
        mark = f"{label} {_letters(secret, label, found)}"
        if treatment is Treatment.ENCRYPT:
            values[mark] = found
        return f"[{mark}]"

    clean = _each_text(told, lambda text: replaced(text, pii.find(text), marker)[0])
    return Cleaned(clean, values, refused[0] if refused else None)


def _each_text(told: Any, change: Callable[[str], str]) -> Any:
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: _each_text(part, change) for name, part in told.items()}
    if isinstance(told, (list, tuple)):
        return [_each_text(part, change) for part in told]
    return told


def _letters(secret: bytes, label: str, found: str) -> str:
    """Letters alone, for digits would look like a number to who reads the text again."""
    plain = "".join(char for char in found.casefold() if char.isalnum() or char in "@.+")
    digest = hmac.digest(secret, f"{label}:{plain}".encode("utf-8", "surrogatepass"), "sha256")
    return "".join(chr(ord("a") + byte % 16) for byte in digest[:DIGEST_LETTERS])
