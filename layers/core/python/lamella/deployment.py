"""The engines of a deployment on AWS, as its settings name them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lamella.budget import Budget, Budgeted
from lamella.clock import system_clock
from lamella.errors import SetupError
from lamella.ports import Bus, Cipher, Embedder, Extractor, Index, Table
from lamella.settings import Settings

if TYPE_CHECKING:
    from lamella.service import Engines


def engines(settings: Settings, bus: Bus | None = None) -> Engines:
    """One engine for each port; a `bus` given takes the place of the settings'.

    Nothing is asked of any service yet. Raises SetupError where a setting or a package is missing.
    """
    from lamella.service import Engines

    try:
        table, embedder = _table(settings), _embedder(settings)
        return Engines(
            table,
            _index(settings, embedder),
            embedder,
            _extractor(settings, table),
            bus or _bus(settings),
            _cipher(settings),
        )
    except ImportError as missing:
        raise SetupError(
            f"the engines of AWS need {missing.name}: pip install 'lamella[aws]'"
        ) from missing


def _table(settings: Settings) -> Table:
    from lamella.engines.dynamodb import DynamoTable

    return DynamoTable(settings.table, endpoint=settings.table_endpoint or None)


def _index(settings: Settings, embedder: Embedder) -> Index:
    from lamella.engines.opensearch import OpenSearchIndex
    from lamella.engines.opensearch_client import client, signed_client

    url = urlsplit(_needed(settings.opensearch, "OPENSEARCH", "the domain's URL"))
    if url.scheme == "https":
        opened = signed_client(settings.opensearch, _region(), _signing_name(url.hostname or ""))
    else:
        opened = client(settings.opensearch)
    return OpenSearchIndex(opened, model=embedder.model, dimensions=embedder.dimensions)


def _embedder(settings: Settings) -> Embedder:
    if settings.embedder == "onnx":
        from lamella.engines.onnx import Onnx
        from lamella.local.model import model_folder

        return Onnx(model_folder(settings.model))
    from lamella.engines.bedrock_embeddings import BedrockEmbedder

    return BedrockEmbedder(
        settings.embedding_model,
        settings.dimensions,
        profile=settings.embedding_profile or None,
    )


def _extractor(settings: Settings, table: Table) -> Extractor:
    from lamella.engines.rules import Rules

    if settings.extractor == "rules":
        return Rules()
    from lamella.engines.bedrock_extraction import BedrockExtractor

    model = _needed(settings.extraction_model, "EXTRACTION_MODEL", "a model or inference profile")
    if settings.budget is None:
        return BedrockExtractor(model)
    budget = Budget(table, settings.budget, system_clock)
    return Budgeted(BedrockExtractor(model, spend=budget.spend), Rules(), budget)


def _bus(settings: Settings) -> Bus:
    if settings.bus:
        from lamella.engines.eventbridge import EventBridgeBus

        return EventBridgeBus(settings.bus)
    from lamella.engines.sqs import SqsBus

    return SqsBus(_needed(settings.queue_url, "BUS", "an event bus, or LAMELLA_QUEUE_URL"))


def _cipher(settings: Settings) -> Cipher | None:
    from lamella.engines.kms import KmsCipher

    return KmsCipher(settings.kms_key) if settings.kms_key else None


def _needed(value: str, name: str, what: str) -> str:
    if not value:
        raise SetupError(f"LAMELLA_{name} is not set: name {what}")
    return value


def _region() -> str:
    import boto3

    region: str | None = boto3.Session().region_name
    if region is None:
        raise SetupError("no region of AWS is set: set AWS_REGION")
    return region


def _signing_name(host: str) -> str:
    return "aoss" if host.endswith(".aoss.amazonaws.com") else "es"
