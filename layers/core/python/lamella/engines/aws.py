"""Clients of AWS, and what its refusals mean here: slow down, or away.

They are botocore's: what boto3 adds is not used here, and takes a tenth of a second to import.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from lamella.errors import LamellaError, SetupError, Throttled, Unavailable

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.session import Session

SLOW_DOWN = frozenset(
    {
        "LimitExceededException",
        "RequestThrottled",
        "ServiceQuotaExceededException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)

opening = threading.RLock()
"""Held while a client is made: a session may do so in one thread only."""


def keep_out_of_the_log(*loggers: str) -> None:
    """Let them speak of what went wrong alone: at DEBUG they quote what is sent: memories."""
    for name in loggers:
        logging.getLogger(name).setLevel(logging.WARNING)


keep_out_of_the_log("botocore")


def client(
    service: str,
    *,
    endpoint: str | None = None,
    timeout: float,
    attempts: int = 1,
    connections: int = 10,
) -> Any:
    """A client of `service`; region and credentials come from the environment, as AWS's own do.

    It waits `timeout` seconds for a connection (2 at most) and for each answer, and tries
    `attempts` times in all. Raises SetupError where the `aws` extra or the region is missing.
    """
    try:
        from botocore.config import Config
        from botocore.exceptions import NoRegionError
    except ImportError as missing:
        raise SetupError(
            f"the engines of AWS need {missing.name}: pip install 'lamella[aws]'"
        ) from missing
    config = Config(
        connect_timeout=min(timeout, 2),
        read_timeout=timeout,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=connections,
        tcp_keepalive=True,
    )
    try:
        with opening:
            return session().create_client(service, endpoint_url=endpoint, config=config)
    except NoRegionError as exc:
        raise SetupError("no region of AWS is set: set AWS_REGION") from exc


@contextmanager
def translated(what: str, hopeless: frozenset[str] = frozenset()) -> Iterator[None]:
    """Refusals inside become Throttled or Unavailable; `what` names the service in words.

    Those that no retry can mend, `hopeless` by their codes, become plain LamellaErrors. The cause
    is cut off, because AWS's messages may quote what was sent.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError) as failure:
        reason = code(failure)
        if reason in SLOW_DOWN:
            raise Throttled(f"{what} asks to slow down ({reason}): try again later") from None
        if reason in hopeless:
            raise LamellaError(f"{what} will never take this request ({reason})") from None
        raise Unavailable(f"{what} can't be used right now ({reason}): try again later") from None


def code(failure: BotoCoreError | ClientError) -> str:
    """The service's own name for a failure, or the type of one that never got there."""
    from botocore.exceptions import ClientError

    told = failure.response["Error"].get("Code") if isinstance(failure, ClientError) else None
    return told or type(failure).__name__


def region() -> str:
    """The region this process works in. Raises SetupError where none is set."""
    found: str | None = session().get_config_variable("region")
    if found is None:
        raise SetupError("no region of AWS is set: set AWS_REGION")
    return found


@cache
def session() -> Session:
    """The session of this process, whose caches and credentials all its clients share."""
    from botocore.session import get_session

    from lamella.engines.aws_data import data

    made = get_session()
    made.register_component("data_loader", data(made.get_config_variable("data_path")))
    return made
