"""The engines of AWS on this machine: DynamoDB Local and OpenSearch, for as long as they are used.

Both keep what they hold only while they run. Everything else is as in the embedded memory: the
ONNX model, rules, and a worker in this process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from lamella.clock import system_clock
from lamella.errors import SetupError
from lamella.local.engines import dynamodb_local, opensearch_local
from lamella.ports import Listing
from lamella.service import LOCAL_ORG, Service, open_aws
from lamella.settings import Settings

TABLE = "lamella"
REFRESH = "50ms"
"""How long a promotion waits until searches see it: on AWS a second, here somebody watches."""


@dataclass(frozen=True, slots=True)
class Servers:
    """The URLs of the two."""

    table: str
    index: str


@contextmanager
def servers() -> Iterator[Servers]:
    """Start both side by side, end both. Raises SetupError when one can't be had or started."""
    with ExitStack() as opened:
        with ThreadPoolExecutor(2) as pool:
            starting = [
                pool.submit(opened.enter_context, start())
                for start in (dynamodb_local, opensearch_local)
            ]
        table, index = (one.result() for one in starting)
        yield Servers(table, index)


@contextmanager
def serving_from(
    at: Servers, keys: Mapping[str, str] | None = None, **overrides: Any
) -> Iterator[Service]:
    """The service over fresh `at`, which promotes in a thread; `overrides` are settings.

    Raises SetupError where the `aws` or `local` extra is missing.
    """
    settings = prepared(at, **overrides)
    with closing(open_aws(settings, keys=keys, background=True)) as service:
        create_index(service, at.index)
        yield service


def prepared(at: Servers, **overrides: Any) -> Settings:
    """The settings of a service over fresh `at`, whose table is there; raises as above."""
    chosen: dict[str, Any] = {
        "engine": "aws",
        "table": TABLE,
        "table_endpoint": at.table,
        "opensearch": at.index,
        "clock_skew": 0,
        "embedder": "onnx",
        "extractor": "rules",
    }
    settings = Settings.from_env(**{**chosen, **overrides})
    _create_table(settings)
    return settings


def stored(at: Servers, table: str = TABLE) -> str:
    """Every item and every document as the servers answer them, as one text to search in."""
    import boto3

    from lamella.engines.opensearch import ALIAS

    client = boto3.client(
        "dynamodb",
        endpoint_url=at.table,
        region_name="us-east-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )
    with closing(client):
        pages = client.get_paginator("scan").paginate(TableName=table)
        items = [str(item) for page in pages for item in page["Items"]]
    asked: dict[str, str | int] = {"size": 10_000, "docvalue_fields": "text,words,metadata"}
    found = httpx.get(f"{at.index}/{ALIAS}*/_search", params=asked, timeout=30)
    return "\n".join([*items, json.dumps(found.json(), ensure_ascii=False)])


def _create_table(settings: Settings) -> None:
    try:
        from lamella.deployment import AT_HOME
        from lamella.engines.dynamodb_schema import create_table
    except ImportError as missing:
        raise SetupError(
            f"the engines of AWS need {missing.name}: pip install 'lamella[aws]'"
        ) from missing
    create_table(settings.table, settings.table_endpoint, **AT_HOME)


def create_index(service: Service, url: str) -> None:
    """An index that refreshes often; whoever opens it first makes it."""
    from lamella.engines.opensearch import OpenSearchIndex

    embedder = service.engines.embedder
    with closing(
        OpenSearchIndex(url, model=embedder.model, dimensions=embedder.dimensions, refresh=REFRESH)
    ) as index:
        index.list(Listing(LOCAL_ORG, None, now=system_clock(), limit=1))
