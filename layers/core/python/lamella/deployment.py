"""The engines of a deployment on AWS, as its settings name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TypedDict
from urllib.parse import urlsplit

from lamella.budget import Budget, Budgeted
from lamella.clock import system_clock
from lamella.errors import SetupError
from lamella.ports import Bus, Cipher, Embedder, Extractor, Index, Table
from lamella.settings import Settings

if TYPE_CHECKING:
    from lamella.reindex import Reindex
    from lamella.wiring import Engines


class Caller(TypedDict, total=False):
    """Where a call to DynamoDB says it comes from; the environment's, where nothing is said."""

    region: str
    credentials: tuple[str, str]


AT_HOME: Caller = {"region": "us-east-1", "credentials": ("local", "local")}
"""For DynamoDB Local, which asks for any and checks none."""


def engines(settings: Settings, bus: Bus | None = None) -> Engines:
    """One engine for each port; a `bus` given takes the place of the settings'.

    Nothing is asked of any service yet. Raises SetupError where a setting or a package is missing.
    """
    from lamella.wiring import Engines

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
        raise _missing(missing) from missing


@contextmanager
def reindexing(settings: Settings) -> Iterator[Reindex]:
    """What rebuilds the deployment's index with the vectors of the settings' embedder.

    Raises SetupError, also where the engine is not "aws".
    """
    if settings.engine != "aws":
        raise SetupError(
            "the embedded memory has no index beside its file: set LAMELLA_ENGINE=aws, "
            "LAMELLA_TABLE and LAMELLA_OPENSEARCH to reindex a deployment"
        )
    try:
        from lamella.engines.opensearch_client import reached
        from lamella.engines.opensearch_rebuild import OpenSearchRebuild
        from lamella.reindex import Reindex

        table, embedder = _table(settings), _embedder(settings)
        rebuild = OpenSearchRebuild(
            reached(_domain(settings)), model=embedder.model, dimensions=embedder.dimensions
        )
    except ImportError as missing:
        raise _missing(missing) from missing
    with closing(table), closing(rebuild):
        yield Reindex(table, rebuild, embedder, system_clock)


def _missing(package: ImportError) -> SetupError:
    return SetupError(f"the engines of AWS need {package.name}: pip install 'lamella[aws]'")


def _table(settings: Settings) -> Table:
    """An endpoint that isn't https is not AWS's: there, no credentials need to be had."""
    from lamella.engines.dynamodb import DynamoTable

    endpoint = settings.table_endpoint or None
    at_home = endpoint is not None and urlsplit(endpoint).scheme != "https"
    caller: Caller = AT_HOME if at_home else {}
    return DynamoTable(settings.table, endpoint=endpoint, **caller)


def _index(settings: Settings, embedder: Embedder) -> Index:
    from lamella.engines.opensearch import OpenSearchIndex
    from lamella.engines.opensearch_client import reached

    return OpenSearchIndex(
        reached(_domain(settings)), model=embedder.model, dimensions=embedder.dimensions
    )


def _domain(settings: Settings) -> str:
    return _needed(settings.opensearch, "OPENSEARCH", "the domain's URL")


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
