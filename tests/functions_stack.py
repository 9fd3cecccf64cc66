"""A deployment on this machine: every function under Lambda's own bootstrap, between real stores.

EventBridge and SQS are moto's, Bedrock is a stand-in; what API Gateway and Lambda's pollers do
between them, `Stack` does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import boto3
from aws_events import event
from bedrock_server import BedrockServer
from real import without_index

from benchmarks.bootstrap import Answer, Function
from benchmarks.runtime import LIBRARY, ROOT, runtime
from lamella.engines.dynamodb import DynamoTable
from lamella.engines.dynamodb_schema import create_table
from lamella.inflight import InFlight

CREDENTIALS = ("local", "local")
REGION = "us-east-1"
DIMENSIONS = 256
INDEX = "memories"


class Stack:
    """Names that no other stack has; functions start when they are first asked."""

    def __init__(self, dynamodb: str, opensearch: str, moto: str, bedrock: str) -> None:
        self.name = f"stack-{uuid4().hex[:8]}"
        self._moto = moto
        self._dynamodb = dynamodb
        self._opened = ExitStack()
        self._functions: dict[str, Function] = {}
        self.batch: dict[str, str] = {}
        self._sqs = self._client("sqs")
        self._queue = self._sqs.create_queue(QueueName=self.name)["QueueUrl"]
        self._make_rule()
        create_table(self.name, dynamodb, REGION, CREDENTIALS)
        self._environ = {
            "PATH": "/usr/bin:/bin",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": CREDENTIALS[0],
            "AWS_SECRET_ACCESS_KEY": CREDENTIALS[1],
            "AWS_ENDPOINT_URL_DYNAMODB": dynamodb,
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": bedrock,
            "AWS_ENDPOINT_URL_EVENTBRIDGE": moto,
            "AWS_ENDPOINT_URL_SQS": moto,
            "LAMELLA_ENGINE": "aws",
            "LAMELLA_TABLE": self.name,
            "LAMELLA_OPENSEARCH": opensearch,
            "LAMELLA_BUS": self.name,
            "LAMELLA_QUEUE_URL": self._queue,
            "LAMELLA_ORGANIZATIONS": "acme",
            "LAMELLA_EMBEDDER": "bedrock",
            "LAMELLA_DIMENSIONS": str(DIMENSIONS),
            "LAMELLA_SETTLE": "0",
            "LAMELLA_BACKOFF": "0",
            "LAMELLA_ATTEMPTS": "2",
            "LAMELLA_DEADLINE": "20000",
            "LAMELLA_CLOCK_SKEW": "0",
        }

    def function(self, name: str) -> Function:
        """The process of one function."""
        if name not in self._functions:
            self._functions[name] = self._opened.enter_context(self.started(name))
        return self._functions[name]

    def started(self, name: str, **environ: str) -> Function:
        """A process of its own, with `environ` besides; it starts with `with`."""
        lambdas = runtime()
        path = [LIBRARY, lambdas.packages]
        environ = self._environ | environ
        return Function(ROOT / "functions" / name, lambdas.python, path, environ)

    def direct(self, name: str, action: str, /, **fields: Any) -> Any:
        """What an agent inside AWS does: invoke a function by its alias `direct`."""
        answer = self.function(name).invoke({"action": action, **fields}, alias="direct")
        assert not answer.failed, answer.told
        assert answer.told["status"] < 300, answer.told
        return answer.told["body"]

    def call(self, name: str, method: str, path: str, key: str, body: Any = None) -> Answer:
        """What API Gateway does: ask the authorizer, then the function behind the route."""
        sent = self._proxy(method, path, key, body)
        asked = event("apigateway_authorizer") | {"headers": sent["headers"], "path": path}
        allowed = self.function("authorize").invoke(asked)
        if allowed.failed:
            return allowed
        sent["requestContext"]["authorizer"] = allowed.told["context"]
        answer = self.function(name).invoke(sent)
        return Answer(answer.told | {"body": json.loads(answer.told["body"])}, answer.failed)

    def deliver(self, *more: str) -> Answer:
        """What Lambda's poller does: one batch of what is queued (and `more`) to promote."""
        told = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10)
        found = told.get("Messages", [])
        bodies = [*(message["Body"] for message in found), *more]
        records = [
            {"messageId": f"m{place}", "eventSource": "aws:sqs", "body": body, "attributes": {}}
            for place, body in enumerate(bodies)
        ]
        self.batch = {record["messageId"]: record["body"] for record in records}
        answer = self.function("promote").invoke({"Records": records}, alias="direct")
        for message in found:
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return answer

    def put(self, work: InFlight) -> None:
        """Unfinished work as a capture that went wrong would have left it."""
        with closing(
            DynamoTable(self.name, endpoint=self._dynamodb, region=REGION, credentials=CREDENTIALS)
        ) as table:
            assert table.write([(work.put(),)]) == [None]

    def close(self) -> None:
        self._opened.close()

    def _proxy(self, method: str, path: str, key: str, body: Any) -> dict[str, Any]:
        sent = event("apigateway_search")
        sent["requestContext"] |= {"path": f"/prod{path}"}
        sent["headers"]["Authorization"] = f"Token {key}"
        text = None if body is None else json.dumps(body)
        return sent | {"httpMethod": method, "path": path, "body": text}

    def _make_rule(self) -> None:
        events = self._client("events")
        events.create_event_bus(Name=self.name)
        pattern = json.dumps({"source": ["lamella"], "detail-type": ["Turns Captured"]})
        events.put_rule(Name="promote", EventBusName=self.name, EventPattern=pattern)
        told = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        target = {"Id": "queue", "Arn": told["Attributes"]["QueueArn"]}
        events.put_targets(Rule="promote", EventBusName=self.name, Targets=[target])

    def _client(self, service: str) -> Any:
        key, secret = CREDENTIALS
        return boto3.client(
            service,
            endpoint_url=self._moto,
            region_name=REGION,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )


@contextmanager
def stack(dynamodb: str, opensearch: str, moto: str) -> Iterator[Stack]:
    """One deployment, ended with its processes; a domain holds one index, so it starts without."""
    without_index(opensearch, INDEX)
    with BedrockServer() as bedrock:
        made = Stack(dynamodb, opensearch, moto, bedrock.url)
        try:
            yield made
        finally:
            made.close()
            without_index(opensearch, INDEX)


def measured(function: Function, name: str) -> dict[str, Any]:
    """The latest metrics of `function` that have `name`, as CloudWatch reads them in its log."""
    until = monotonic() + 10
    while monotonic() < until:
        lines = [json.loads(line) for line in function.log.splitlines() if f'"{name}"' in line]
        if lines:
            latest: dict[str, Any] = lines[-1]
            return latest
        sleep(0.02)
    raise AssertionError(f"no metric {name}: {function.log}")
