"""How a call travels to a function on AWS: by direct invocation, without HTTP and without a key.

IAM decides who may invoke; boto3 is imported by the first call only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lamella.client.transports import opened
from lamella.client.wire import encoded
from lamella.errors import (
    DeadlineExceeded,
    Forbidden,
    Invalid,
    LamellaError,
    SetupError,
    Throttled,
    TooLarge,
    Unavailable,
)

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError
    from mypy_boto3_lambda import LambdaClient

Functions = str | Mapping[str, str]
"""What the functions' names begin with ("lamella-dev"), or the name or ARN of each."""

QUALIFIER = "direct"
"""The alias for direct callers; API Gateway has one of its own."""

_REFUSALS: Mapping[str, type[LamellaError]] = {
    "AccessDeniedException": Forbidden,
    "EC2ThrottledException": Throttled,
    "NoCredentialsError": SetupError,
    "ParamValidationError": Invalid,
    "ReadTimeoutError": DeadlineExceeded,
    "RequestEntityTooLargeException": TooLarge,
    "RequestTooLargeException": TooLarge,
    "ResourceNotFoundException": SetupError,
    "TooManyRequestsException": Throttled,
}


class FunctionTransport:
    """Invokes the functions that `functions` name, as `organization` where they serve several.

    `timeout` is in seconds, for each call, which is sent once: one that nobody answered may have
    been done. `endpoint` replaces AWS's own address.
    """

    def __init__(
        self,
        functions: Functions,
        organization: str | None = None,
        timeout: float = 60.0,
        endpoint: str | None = None,
    ) -> None:
        self._functions = functions
        self._organization = organization
        self._timeout = timeout
        self._endpoint = endpoint

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        from lamella.api.paths import find

        found = find(method, path)
        event = _event(found.route.name, found.route.in_session, found.ids, query, body)
        if self._organization is not None:
            event["organization"] = self._organization
        answer = self._invoked(found.route.function, event)
        return opened(answer["status"], answer["body"])

    def close(self) -> None:
        """Close the connections."""
        if "_client" in self.__dict__:
            self._client.close()

    def _invoked(self, use: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        target = _target(self._functions, use)
        payload = encoded(event)
        try:
            answer = self._client.invoke(**target, Payload=payload)
            told = json.loads(answer["Payload"].read())
        except (BotoCoreError, ClientError) as failure:
            raise _refused(target["FunctionName"], failure) from None
        if "FunctionError" in answer:
            raise _broken(target["FunctionName"], told)
        if not isinstance(told, Mapping) or not {"status", "body"} <= told.keys():
            raise Unavailable(f"{target['FunctionName']} answered something else: is it Lamella's?")
        return told

    @cached_property
    def _client(self) -> LambdaClient:
        from lamella.engines import aws

        client: LambdaClient = aws.client(
            "lambda", endpoint=self._endpoint, timeout=self._timeout, attempts=1
        )
        return client


def _event(
    action: str,
    in_session: bool,
    ids: Mapping[str, str],
    query: Mapping[str, Any],
    body: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The invocation that says what a request over HTTP would."""
    named = dict(ids)
    if in_session:
        named["session_id"] = named.pop("id")
    asked = {name: value for name, value in query.items() if value is not None}
    return {**(body or {}), **asked, **named, "action": action}


def _target(functions: Functions, use: str) -> dict[str, Any]:
    """Whom to invoke: an ARN that ends in an alias already needs no other."""
    if isinstance(functions, str):
        return {"FunctionName": f"{functions}-{use}", "Qualifier": QUALIFIER}
    if use not in functions:
        raise SetupError(f"no function is named for {use}: add it to function=")
    name = functions[use]
    qualified = name.startswith("arn:") and name.count(":") > 6
    return {"FunctionName": name} if qualified else {"FunctionName": name, "Qualifier": QUALIFIER}


def _refused(name: str, failure: BotoCoreError | ClientError) -> LamellaError:
    """What AWS's refusal means. Its own message is left out: it may quote what was sent."""
    from lamella.engines import aws

    code = aws.code(failure)
    kind = _REFUSALS.get(code, Unavailable)
    return kind(f"function {name} (alias {QUALIFIER}) could not be invoked: {code}")


def _broken(name: str, told: Any) -> LamellaError:
    """The function's own failure: it ran out of time or memory, or could not start."""
    said = told if isinstance(told, Mapping) else {}
    message, kind = str(said.get("errorMessage", "")), str(said.get("errorType", "unknown"))
    if "timed out" in message:
        return DeadlineExceeded(f"function {name} ran out of time: the call may have been done")
    return Unavailable(f"function {name} failed ({kind}): its log tells why")
