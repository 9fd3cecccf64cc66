"""What a deployment may choose: cdk.json's context, read and checked once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

Stage = Literal["development", "production"]
Embedding = Literal["bedrock", "local"]
Extraction = Literal["rules", "bedrock"]
Consent = Literal["assumed", "required"]
Removal = Literal["retain", "destroy"]

UNITS: Mapping[str, int] = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LIFETIMES = ("conversation", "session", "user", "max")


class BadContext(ValueError):
    """A value of the context that can't be used; its text is one line for who wrote it."""


@dataclass(frozen=True, slots=True)
class Existing:
    """What is brought along instead of made: a table's name, a key's ARN, a domain's https
    endpoint, a bus's name. The table needs the keys, the TTL and the index of `make synth`'s.
    """

    table: str = ""
    key: str = ""
    domain: str = ""
    bus: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """The context of cdk.json. `lifetimes` are milliseconds by layer, `max` the longest allowed."""

    stage: Stage = "development"
    embedding: Embedding = "bedrock"
    extractor: Extraction = "rules"
    extraction_model: str = ""
    consent: Consent = "assumed"
    pii: str = "redact"
    lifetimes: Mapping[str, int] | None = None
    organizations: tuple[str, ...] = ()
    alarm_email: str = ""
    removal: Removal = "retain"
    existing: Existing = Existing()

    @property
    def name(self) -> str:
        """The stack's name, and the beginning of each function's."""
        return f"lamella-{self.stage}"

    @property
    def production(self) -> bool:
        """Whether a lost machine or zone must not be felt."""
        return self.stage == "production"

    @property
    def keeps_data(self) -> bool:
        """Whether deleting the stack leaves what it stored."""
        return self.removal == "retain"

    @classmethod
    def read(cls, context: Mapping[str, Any]) -> Choices:
        """From context by name, as cdk.json or `--context name=value` give it. Raises BadContext.

        Unknown names are refused where they begin with "lamella:", as all of ours do.
        """
        given = {name[8:]: value for name, value in context.items() if name.startswith("lamella:")}
        for name in given:
            if name not in READERS:
                raise BadContext(
                    f"lamella:{name} is no setting: use one of {', '.join(sorted(READERS))}"
                )
        values = {FIELDS[name]: READERS[name](f"lamella:{name}", given[name]) for name in given}
        choices = cls(**values)
        if choices.extractor == "bedrock" and not choices.extraction_model:
            raise BadContext(
                "lamella:extractor is 'bedrock': name a model or an inference profile in "
                "lamella:extractionModel"
            )
        return choices


Reader = Callable[[str, Any], Any]


def _one_of(*known: str) -> Reader:
    def read(name: str, given: Any) -> str:
        if given not in known:
            raise BadContext(f"{name} is {given!r}: use {' or '.join(map(repr, known))}")
        return str(given)

    return read


def _matching(pattern: str, meaning: str) -> Reader:
    def read(name: str, given: Any) -> str:
        if not isinstance(given, str) or (given and not re.fullmatch(pattern, given)):
            raise BadContext(f"{name} is {given!r}: {meaning}, or nothing")
        return given

    return read


def _organizations(name: str, given: Any) -> tuple[str, ...]:
    listed = given.split(",") if isinstance(given, str) else given
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise BadContext(f"{name} is {given!r}: a list of names is needed")
    found = tuple(one.strip() for one in listed if one.strip())
    for one in found:
        if "," in one or len(one.encode()) > 256:
            raise BadContext(f"{name} holds {one!r}: a name has no comma and at most 256 bytes")
    return found


def _lifetimes(name: str, given: Any) -> dict[str, int]:
    if isinstance(given, str):
        given = dict(pair.partition("=")[::2] for pair in given.split(",") if pair)
    if not isinstance(given, Mapping):
        raise BadContext(f"{name} is {given!r}: an object such as {{'session': '4h'}} is needed")
    for layer in given:
        if layer not in LIFETIMES:
            raise BadContext(f"{name} names {layer!r}: use {', '.join(LIFETIMES)}")
    return {layer: _duration(f"{name} of {layer}", value) for layer, value in given.items()}


def _duration(name: str, given: Any) -> int:
    found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", given) if isinstance(given, str) else None
    if found is None:
        raise BadContext(f"{name} is {given!r}: write it as '30m', '4h' or '365d'")
    return int(found[1]) * UNITS[found[2]]


_EXISTING: Mapping[str, Reader] = {
    "table": _matching(r"[\w.-]{3,255}", "a table's name is needed"),
    "key": _matching(r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/[\w-]+", "a key's ARN is needed"),
    "domain": _matching(
        r"https://(search|vpc)-[a-z0-9-]+\.[a-z0-9-]+\.es\.amazonaws\.com(\.cn)?",
        "a domain's https endpoint is needed",
    ),
    "bus": _matching(r"[\w./-]{1,256}", "a bus's name is needed"),
}


def _existing(name: str, given: Any) -> Existing:
    if not isinstance(given, Mapping):
        raise BadContext(f"{name} is {given!r}: an object such as {{'table': '…'}} is needed")
    for noun in given:
        if noun not in _EXISTING:
            raise BadContext(f"{name} names {noun!r}: use {', '.join(_EXISTING)}")
    return Existing(
        **{noun: _EXISTING[noun](f"{name} of {noun}", value) for noun, value in given.items()}
    )


READERS: Mapping[str, Reader] = {
    "stage": _one_of(*get_args(Stage)),
    "embedding": _one_of(*get_args(Embedding)),
    "extractor": _one_of(*get_args(Extraction)),
    "extractionModel": _matching(r"[\w.:/-]+", "a model's id or an inference profile is needed"),
    "consent": _one_of(*get_args(Consent)),
    "pii": _matching(
        r"[a-z:, ]+",
        "redact, hash, encrypt or drop is needed ('redact, email: hash')",
    ),
    "lifetimes": _lifetimes,
    "organizations": _organizations,
    "alarmEmail": _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address is needed"),
    "removal": _one_of(*get_args(Removal)),
    "existing": _existing,
}
FIELDS: Mapping[str, str] = {
    name: re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name) for name in READERS
}
"""The field of Choices by its name in the context."""

assert set(FIELDS.values()) == {field.name for field in fields(Choices)}
