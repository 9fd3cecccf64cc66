"""What each function has imported by its first answer: no more modules than this, none of those."""

from __future__ import annotations

import json
import subprocess
from functools import cache

import pytest

from benchmarks.runtime import LIBRARY, ROOT, runtime

BUDGET = {"capture": 590, "promote": 660, "retrieve": 700, "govern": 740, "authorize": 525}
"""Modules in all, the interpreter's own among them: a twentieth above what was counted."""

NEVER = {
    *("aws_xray_sdk", "boto3", "s3transfer", "requests", "pydantic_settings", "grpc", "google"),
    *("numpy", "onnxruntime", "tokenizers", "apsw", "sqlite_vec", "typer", "rich", "httpx"),
    *("starlette", "uvicorn", "jgo", "mcp", "detect_secrets", "ulid", "asyncio"),
}
OTHERS = {
    "capture": {"opensearchpy", "lamella.promote", "lamella.retrieve", "lamella.engines.rules"},
    "promote": {"pydantic", "lamella.capture", "lamella.retrieve", "lamella.govern"},
    "retrieve": {"lamella.capture", "lamella.promote", "lamella.govern", "lamella.engines.rules"},
    "govern": {"lamella.capture", "lamella.promote", "lamella.retrieve", "lamella.engines.rules"},
    "authorize": {"opensearchpy", "lamella.api", "lamella.capture", "lamella.govern"},
}
CALLS = {
    "capture": {"action": "add", "messages": "I prefer tea.", "user_id": "alex"},
    "promote": {"Records": [{"messageId": "1", "body": '{"org": "acme", "owner": "u:alex"}'}]},
    "retrieve": {"action": "search", "query": "tea?", "user_id": "alex"},
    "govern": {"action": "list_keys"},
    "authorize": {
        "headers": {"authorization": "Token lm_1_2"},
        "methodArn": "arn",
        "type": "REQUEST",
    },
}
PROGRAM = """
import json, sys
from types import SimpleNamespace
import handler
context = SimpleNamespace(
    function_name="f", memory_limit_in_mb=1, aws_request_id="r",
    invoked_function_arn="arn:aws:lambda:us-east-1:1:function:f:direct",
)
try:
    answer = handler.handler(json.loads(sys.argv[1]), context)
except Exception as error:
    answer = {"status": type(error).__name__}
print(json.dumps([answer.get("status", "batch"), sorted(sys.modules)]))
"""
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "LAMELLA_ENGINE": "aws",
    "LAMELLA_TABLE_ENDPOINT": "http://127.0.0.1:1",
    "LAMELLA_OPENSEARCH": "https://127.0.0.1:1",
    "LAMELLA_BUS": "lamella",
    "LAMELLA_EMBEDDER": "bedrock",
    "LAMELLA_ORGANIZATIONS": "acme",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
}


@cache
def imported(function: str) -> frozenset[str]:
    """Every module there is after a call that got as far as a store, where nobody answered."""
    lambdas = runtime()
    shown = subprocess.run(
        [str(lambdas.python), "-S", "-c", PROGRAM, json.dumps(CALLS[function])],
        cwd=ROOT / "functions" / function,
        env={**ENVIRONMENT, "PYTHONPATH": f".:{LIBRARY}:{lambdas.packages}"},
        capture_output=True,
        text=True,
        check=True,
    )
    status, modules = json.loads(shown.stdout.splitlines()[-1])
    assert status in (200, 503, "Unavailable", "batch"), (status, shown.stderr)
    return frozenset(modules)


@pytest.mark.parametrize("function", BUDGET)
def test_a_function_keeps_within_its_budget_of_modules(function: str) -> None:
    assert len(imported(function)) <= BUDGET[function]


@pytest.mark.parametrize("function", BUDGET)
def test_a_function_does_without_what_it_does_not_serve(function: str) -> None:
    there = imported(function)
    roots = {name.split(".")[0] for name in there}
    assert roots & NEVER == set()
    assert there & OTHERS[function] == set()
