"""One call to DynamoDB: sent again where that is safe, its refusals in our own words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import CancellationReason, VerboseClientError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from lamella.engines import aws
from lamella.engines.dynamodb_items import Attributes
from lamella.engines.dynamodb_requests import Request
from lamella.errors import LamellaError, SetupError, Throttled, TooLarge, Unavailable

CONNECTIONS = 32
CONNECT_SECONDS, ANSWER_SECONDS = 1.0, 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0

Pause = Callable[[float], None]

_REFUSED = "ConditionalCheckFailed"
_THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceeded",
        "RequestLimitExceeded",
        "Throttling",
        "ThrottlingError",
    }
)
_CONTENDED = frozenset({"TransactionConflict", "TransactionInProgress"})
_NOT_SET_UP = frozenset(
    {"AccessDenied", "InvalidSignature", "ResourceNotFound", "UnrecognizedClient"}
)
_SERVER_FAILED = frozenset({"InternalServerError", "InternalFailure", "ServiceUnavailable"})
_NEVER_SENT = (ConnectTimeoutError, EndpointConnectionError)
_NOT_CONFIGURED = (NoCredentialsError, NoRegionError, PartialCredentialsError)

aws.keep_out_of_the_log("pynamodb.connection.base")


class Refused(Exception):
    """The condition of operation number `operation` failed; `found` is what lies there."""

    def __init__(self, operation: int, found: Attributes | None) -> None:
        super().__init__(operation)
        self.operation = operation
        self.found = found


class Calls:
    """Sends requests through pynamodb's connection; thread-safe.

    Throttling and contention are met with full jitter, `attempts` times in all; so is a lost
    answer, unless the request may not be done twice. `pause` waits for so many seconds.
    """

    def __init__(self, connection: Connection, attempts: int, pause: Pause) -> None:
        self._connection = connection
        self._attempts = attempts
        self._pause = pause
        self._opening = threading.Lock()
        self._opened = False

    def send(self, name: str, request: Request, *, at_most_once: bool = False) -> Mapping[str, Any]:
        """What DynamoDB answers to the operation `name`.

        `at_most_once` forbids another try after one that may have been done. Raises Refused for a
        condition that failed, else Throttled, Unavailable, TooLarge or SetupError.
        """

        def again(failure: BaseException) -> bool:
            return _not_done(failure) or (not at_most_once and _maybe_done(failure))

        attempts = Retrying(
            stop=stop_after_attempt(self._attempts),
            wait=wait_random_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE),
            retry=retry_if_exception(again),
            sleep=self._pause,
            reraise=True,
        )
        try:
            return attempts(self._dispatch, name, request)
        except (BotoCoreError, ClientError) as failure:
            told = _translated(failure)
        raise told  # not from the failure: DynamoDB's messages may quote what was sent

    def open(self) -> None:
        """Make the client, once and by one thread; it asks nothing."""
        with self._opening:
            _ = self._connection.client
            self._opened = True

    def close(self) -> None:
        """Let go of the connections; another call would make new ones."""
        if self._opened:
            self._connection.client.close()

    def _dispatch(self, name: str, request: Request) -> Mapping[str, Any]:
        try:
            self.open()
            answer: Mapping[str, Any] = self._connection.dispatch(name, dict(request))
            return answer
        except VerboseClientError as failure:
            refused = _refusal(failure)
            if refused is None:
                raise
        raise refused


class SharedConnection(Connection):
    """Takes its client from the session of this process."""

    @property
    def session(self) -> Any:
        """See `Connection`."""
        return aws.session()

    @property
    def client(self) -> Any:
        """See `Connection`."""
        with aws.opening:
            return super().client


def connect(
    endpoint: str | None, region: str | None, credentials: tuple[str, str] | None
) -> Connection:
    """A pool of connections that leaves trying again to us."""
    key, secret = credentials or (None, None)
    kind = Connection if credentials else SharedConnection
    return kind(
        region=region,
        host=endpoint,
        connect_timeout_seconds=CONNECT_SECONDS,
        read_timeout_seconds=ANSWER_SECONDS,
        retry_configuration={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=CONNECTIONS,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
    )


def _refusal(failure: VerboseClientError) -> Refused | None:
    if _code(failure) == _REFUSED:
        original = failure.__cause__
        assert isinstance(original, ClientError)
        return Refused(0, original.response.get("Item"))  # type: ignore[arg-type]
    for number, reason in enumerate(failure.cancellation_reasons):
        if reason is not None and reason.code == _REFUSED:
            return Refused(number, reason.raw_item)
    return None


def _not_done(failure: BaseException) -> bool:
    if isinstance(failure, _NEVER_SENT):
        return True
    return bool(_codes(failure) & (_THROTTLED | _CONTENDED))


def _maybe_done(failure: BaseException) -> bool:
    if isinstance(failure, ClientError):
        return _code(failure) in _SERVER_FAILED or _code(failure).startswith("5")
    return isinstance(failure, BotoCoreError) and not isinstance(failure, _NOT_CONFIGURED)


def _translated(failure: BotoCoreError | ClientError) -> LamellaError:
    codes = _codes(failure)
    named = ", ".join(sorted(codes))
    if codes & _THROTTLED:
        return Throttled(f"the table asks to slow down ({named}): try again later")
    if codes & _CONTENDED:
        return Throttled(f"others are writing the same items ({named}): try again later")
    if codes & _NOT_SET_UP or isinstance(failure, _NOT_CONFIGURED):
        return SetupError(
            f"the table can't be used ({named}): check its name, the region, the credentials "
            "and what they allow"
        )
    if _is_about_size(failure):
        return TooLarge("an update would leave an item of more than 400 KB")
    return Unavailable(f"the table can't be reached ({named}): try again later")


def _codes(failure: BaseException) -> frozenset[str]:
    """What DynamoDB calls the failure, and those of its operations, without `Exception`."""
    reasons = [reason.code for reason in _reasons(failure)]
    return frozenset([_code(failure), *(_short(reason) for reason in reasons)])


def _code(failure: BaseException) -> str:
    if isinstance(failure, ClientError):
        return _short(failure.response.get("Error", {}).get("Code", "unknown"))
    return type(failure).__name__


def _short(code: str) -> str:
    return code.removesuffix("Exception")


def _reasons(failure: BaseException) -> list[CancellationReason]:
    given = failure.cancellation_reasons if isinstance(failure, VerboseClientError) else []
    return [reason for reason in given if reason is not None]


def _is_about_size(failure: BaseException) -> bool:
    messages = [reason.message or "" for reason in _reasons(failure)]
    if isinstance(failure, ClientError):
        messages.append(failure.response.get("Error", {}).get("Message", ""))
    return any("size" in message and "exceeded" in message for message in messages)
