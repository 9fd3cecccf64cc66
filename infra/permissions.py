"""What each function may do, as data: the stack grants exactly this, and docs/architecture.md
shows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from infra.choices import Choices

Function = Literal["capture", "promote", "retrieve", "govern", "authorize"]
FUNCTIONS: tuple[Function, ...] = get_args(Function)

Resource = Literal[
    "table",
    "table/index/due",
    "key",
    "bus",
    "queue",
    "logs",
    "domain/_msearch",
    "domain/_bulk",
    "domain/_index_template/memories",
    "domain/memories*",
    "embedding model",
    "extraction model",
]
Conditions = Mapping[str, Mapping[str, str | list[str]]]


@dataclass(frozen=True, slots=True)
class Grant:
    """Actions on one resource, under conditions; `{region}` in one is the stack's."""

    resource: Resource
    actions: tuple[str, ...]
    conditions: Conditions = field(default_factory=dict)


def _dynamodb(*names: str) -> tuple[str, ...]:
    return tuple(f"dynamodb:{name}" for name in names)


_GET = _dynamodb("GetItem", "BatchGetItem")
_FIND = (*_GET, *_dynamodb("Query"))
_CHANGE = _dynamodb("ConditionCheckItem", "PutItem", "UpdateItem")
_DELETE = _dynamodb("DeleteItem")

_OF_THE_TABLE: Conditions = {
    "StringEquals": {"kms:ViaService": "dynamodb.{region}.amazonaws.com"},
}
_OPEN = Grant("key", ("kms:Decrypt", "kms:DescribeKey"), _OF_THE_TABLE)
_SEAL = Grant(
    "key",
    (
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlaintext",
        "kms:ReEncryptFrom",
        "kms:ReEncryptTo",
    ),
    _OF_THE_TABLE,
)
_SECRETS = Grant(
    "key",
    ("kms:Decrypt", "kms:Encrypt"),
    {"StringEquals": {"kms:EncryptionContext:lamella:purpose": "content-digests"}},
)
_SEALED_VALUES: Conditions = {
    "StringEquals": {"kms:EncryptionContext:lamella:purpose": "personal-data"},
}
_SEAL_VALUES = Grant("key", ("kms:Encrypt",), _SEALED_VALUES)
_REVEAL_VALUES = Grant("key", ("kms:Decrypt", "kms:Encrypt"), _SEALED_VALUES)
_NUDGE = Grant(
    "bus",
    ("events:PutEvents",),
    {
        "StringEquals": {"events:detail-type": "Turns Captured"},
        "ForAllValues:StringEquals": {"events:source": "lamella"},
    },
)
_LOG = Grant("logs", ("logs:CreateLogStream", "logs:PutLogEvents"))
_SEARCH = (
    Grant("domain/_msearch", ("es:ESHttpPost",)),
    Grant("domain/_index_template/memories", ("es:ESHttpGet",)),
    Grant("domain/memories*", ("es:ESHttpGet",)),
)
_PROJECT = (
    Grant("domain/_bulk", ("es:ESHttpPost",)),
    Grant("domain/_index_template/memories", ("es:ESHttpGet", "es:ESHttpPut")),
    Grant("domain/memories*", ("es:ESHttpGet", "es:ESHttpPut")),
)
_EMBED = Grant("embedding model", ("bedrock:InvokeModel",))
_EXTRACT = Grant("extraction model", ("bedrock:InvokeModel",))
_ONLY_KEYS: Conditions = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["K#*"]}}

PERMISSIONS: Mapping[Function, tuple[Grant, ...]] = {
    "capture": (Grant("table", (*_GET, *_CHANGE)), _SEAL, _SECRETS, _SEAL_VALUES, _NUDGE, _LOG),
    "promote": (
        Grant("table", (*_FIND, *_CHANGE, *_DELETE)),
        Grant("table/index/due", _dynamodb("Query")),
        _SEAL,
        _SECRETS,
        _SEAL_VALUES,
        Grant(
            "queue",
            (
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
            ),
        ),
        Grant("domain/_msearch", ("es:ESHttpPost",)),
        *_PROJECT,
        _EMBED,
        _EXTRACT,
        _LOG,
    ),
    "retrieve": (Grant("table", _FIND), _OPEN, *_SEARCH, _EMBED, _LOG),
    "govern": (
        Grant("table", (*_FIND, *_CHANGE, *_DELETE)),
        Grant("table/index/due", _dynamodb("Query")),
        _SEAL,
        _SECRETS,
        _REVEAL_VALUES,
        _NUDGE,
        Grant("domain/_msearch", ("es:ESHttpPost",)),
        *_PROJECT,
        _EMBED,
        _LOG,
    ),
    "authorize": (Grant("table", _dynamodb("GetItem"), _ONLY_KEYS), _OPEN, _LOG),
}


def permissions(function: Function, choices: Choices) -> tuple[Grant, ...]:
    """The grants of `function` in this deployment: no model where none of Bedrock's is used."""
    unused: set[Resource] = set()
    if choices.embedding != "bedrock":
        unused.add("embedding model")
    if choices.extractor != "bedrock":
        unused.add("extraction model")
    return tuple(grant for grant in PERMISSIONS[function] if grant.resource not in unused)
