"""Which engines a deployment gets, by its settings; nothing outside this machine is asked."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from lamella.budget import Budgeted
from lamella.clock import MINUTE, SECOND
from lamella.deployment import Deferred, engines
from lamella.engines.bedrock_embeddings import BedrockEmbedder
from lamella.engines.bedrock_extraction import BedrockExtractor
from lamella.engines.dynamodb import DynamoTable
from lamella.engines.eventbridge import EventBridgeBus
from lamella.engines.kms import KmsCipher
from lamella.engines.onnx import Onnx
from lamella.engines.opensearch import OpenSearchIndex
from lamella.engines.rules import Rules
from lamella.engines.sqs import SqsBus
from lamella.errors import SetupError
from lamella.service import open_aws, open_from_env
from lamella.settings import Settings

DEPLOYED = {
    "LAMELLA_ENGINE": "aws",
    "LAMELLA_TABLE": "lamella-prod",
    "LAMELLA_OPENSEARCH": "https://search-lamella.eu-central-1.es.amazonaws.com",
    "LAMELLA_BUS": "lamella",
    "LAMELLA_KMS_KEY": "alias/lamella",
    "LAMELLA_EMBEDDER": "bedrock",
    "LAMELLA_DIMENSIONS": "256",
    "LAMELLA_EXTRACTOR": "bedrock",
    "LAMELLA_EXTRACTION_MODEL": "eu.some-model-v1:0",
    "LAMELLA_BUDGET": "1000000",
}
HEAVY = {"boto3", "botocore", "pynamodb", "opensearchpy", "onnxruntime"}

pytestmark = pytest.mark.usefixtures("aws_environment")


def test_a_whole_deployment_is_opened_from_its_environment() -> None:
    service = open_from_env(DEPLOYED)
    opened = service.engines
    service.close()
    assert isinstance(opened.table, DynamoTable)
    assert isinstance(opened.index, OpenSearchIndex)
    assert isinstance(opened.bus, EventBridgeBus)
    assert isinstance(opened.embedder, BedrockEmbedder)
    assert isinstance(opened.extractor, Budgeted)
    assert isinstance(opened.cipher, KmsCipher)
    assert service.health()["model"] == "amazon.titan-embed-text-v2:0@256"
    assert service.health()["extractor"] == "bedrock"


def test_the_least_that_is_needed_is_a_search_and_a_way_to_nudge() -> None:
    settings = Settings(engine="aws", opensearch="http://127.0.0.1:9", queue_url="http://q/1/q")
    opened = engines(settings)
    assert isinstance(opened.bus, SqsBus)
    assert isinstance(opened.embedder, Onnx)
    assert isinstance(opened.extractor, Rules)
    assert opened.cipher is None


def test_without_a_budget_the_model_reads_without_a_limit() -> None:
    settings = replace(Settings.from_env(DEPLOYED), budget=None)
    assert isinstance(engines(settings).extractor, BedrockExtractor)


@pytest.mark.parametrize("name", ["OPENSEARCH", "BUS", "EXTRACTION_MODEL"])
def test_a_setting_that_is_missing_is_named(name: str) -> None:
    environ = {key: value for key, value in DEPLOYED.items() if key != f"LAMELLA_{name}"}
    with pytest.raises(SetupError, match=f"LAMELLA_{name} is not set"):
        open_aws(Settings.from_env(environ))


def test_signing_needs_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(SetupError, match="set AWS_REGION"):
        engines(replace(Settings.from_env(DEPLOYED), table_endpoint="http://127.0.0.1:9"))


def test_a_model_is_given_time_unless_told_otherwise() -> None:
    chosen = Settings.from_env(DEPLOYED)
    assert (chosen.settle, chosen.lease, chosen.clock_skew) == (30 * SECOND, 3 * MINUTE, SECOND)
    told = Settings.from_env(DEPLOYED | {"LAMELLA_SETTLE": "7"}, lease=8)
    assert (told.settle, told.lease) == (7, 8)
    assert Settings.from_env({}) == Settings()


def test_an_engine_nobody_knows_is_refused() -> None:
    with pytest.raises(SetupError, match="LAMELLA_ENGINE is 'gcp': use 'sqlite' or 'aws'"):
        Settings.from_env({"LAMELLA_ENGINE": "gcp"})


def test_what_runs_without_aws_imports_nothing_of_it() -> None:
    code = (
        "import json, sys, lamella.service, lamella.deployment, lamella.engines.sqs,"
        " lamella.engines.eventbridge, lamella.engines.kms, lamella.engines.bedrock_embeddings,"
        " lamella.engines.bedrock_extraction; print(json.dumps(list(sys.modules)))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert not HEAVY & {name.split(".")[0] for name in json.loads(printed)}


def test_a_deployment_checks_its_settings_at_once_and_makes_its_engines_later() -> None:
    with pytest.raises(SetupError, match="LAMELLA_OPENSEARCH is not set"):
        Deferred(Settings(engine="aws"))
    engines = Deferred(Settings(engine="aws", opensearch="http://127.0.0.1:1", bus="lamella"))
    assert not engines.reads_instructions
    engines.close()
    assert set(vars(engines)) == {"_settings"}
