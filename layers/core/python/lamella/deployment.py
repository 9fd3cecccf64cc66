"""The engines of a deployment on AWS, as its settings name them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, TypedDict, TypeVar
from urllib.parse import urlsplit

from lamella.clock import system_clock
from lamella.equipment import Engines
from lamella.errors import SetupError
from lamella.once import once
from lamella.ports import Bus, Cipher, Embedder, Extractor, Index, Judge, Table
from lamella.settings import Settings

if TYPE_CHECKING:
    from lamella.reindex import Reindex

Made = TypeVar("Made")


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
    try:
        table, embedder = _table(settings), _embedder(settings)
        return Engines(
            table,
            _index(settings, embedder),
            embedder,
            _extractor(settings, table),
            bus or _bus(settings),
            _cipher(settings),
            _judge(settings),
        )
    except ImportError as missing:
        raise _missing(missing) from missing


class Deferred:
    """The `Engines` of a deployment, each made when a use case first asks for it.

    Raises SetupError at once where a setting is missing, and later what making an engine raises.
    """

    def __init__(self, settings: Settings) -> None:
        _check(settings)
        self._settings = settings

    @once
    def table(self) -> Table:
        """The truth."""
        return _made(lambda: _table(self._settings))

    @once
    def index(self) -> Index:
        """Its projection."""
        return _made(lambda: _index(self._settings, self.embedder))

    @once
    def embedder(self) -> Embedder:
        """Texts to vectors."""
        return _made(lambda: _embedder(self._settings))

    @once
    def extractor(self) -> Extractor:
        """Turns to facts."""
        return _made(lambda: _extractor(self._settings, self.table))

    @once
    def bus(self) -> Bus:
        """Nudges to promotion."""
        return _made(lambda: _bus(self._settings))

    @once
    def cipher(self) -> Cipher | None:
        """What seals secrets."""
        return _made(lambda: _cipher(self._settings))

    @once
    def judge(self) -> Judge | None:
        """What tells whether one statement outdates another."""
        return _made(lambda: _judge(self._settings))

    @property
    def reads_instructions(self) -> bool:
        """Whether the extractor is a model."""
        return self._settings.extractor != "rules"

    def close(self) -> None:
        """Close those that were made."""
        for name in ("index", "table"):
            if name in vars(self):
                getattr(self, name).close()


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


def _made(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except ImportError as missing:
        raise _missing(missing) from missing


def _check(settings: Settings) -> None:
    _domain(settings)
    if not settings.bus:
        _queue(settings)
    if settings.extractor == "bedrock":
        _extraction_model(settings)


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
    from lamella.budget import Budget, Budgeted
    from lamella.engines.bedrock_extraction import BedrockExtractor

    model = _extraction_model(settings)
    if settings.budget is None:
        return BedrockExtractor(model)
    budget = Budget(table, settings.budget, system_clock)
    return Budgeted(BedrockExtractor(model, spend=budget.spend), Rules(), budget)


def _judge(settings: Settings) -> Judge | None:
    if settings.embedder != "onnx":
        return None
    from lamella.engines.rules_likeness import Likeness

    return Likeness()


def _bus(settings: Settings) -> Bus:
    if settings.bus:
        from lamella.engines.eventbridge import EventBridgeBus

        return EventBridgeBus(settings.bus)
    from lamella.engines.sqs import SqsBus

    return SqsBus(_queue(settings))


def _cipher(settings: Settings) -> Cipher | None:
    from lamella.engines.kms import KmsCipher

    return KmsCipher(settings.kms_key) if settings.kms_key else None


def _queue(settings: Settings) -> str:
    return _needed(settings.queue_url, "BUS", "an event bus, or LAMELLA_QUEUE_URL")


def _extraction_model(settings: Settings) -> str:
    return _needed(settings.extraction_model, "EXTRACTION_MODEL", "a model or inference profile")


def _needed(value: str, name: str, what: str) -> str:
    if not value:
        raise SetupError(f"LAMELLA_{name} is not set: name {what}")
    return value
