"""How Lamella talks to OpenSearch: the clients, their time limits, and its errors as ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamella.engines import aws
from lamella.engines.opensearch_library import (
    ConnectionTimeout,
    NotConnected,
    OpenSearch,
    TransportError,
    Urllib3AWSV4SignerAuth,
    Urllib3HttpConnection,
)
from lamella.errors import Invalid, LamellaError, SetupError, Throttled, Unavailable

CONNECTIONS = 16
"""Kept open, to be used again by the threads of a process."""

READ_TIMEOUT = 2.5
WRITE_TIMEOUT = 15.0
"""Seconds for a bulk, which waits for a refresh, and for changes of the cluster's state."""


class QuietConnection(Urllib3HttpConnection):
    """Logs what was asked and how it went, but at no level a body: those hold memories."""

    def _log_request_response(self, body: Any, response: Any) -> None:
        """Nothing."""

    def _log_trace(self, *request: Any) -> None:
        """Nothing."""


def client(url: str, **options: Any) -> OpenSearch:
    """A client of the cluster at `url`, for any number of threads."""
    return OpenSearch(
        url,
        connection_class=QuietConnection,
        pool_maxsize=CONNECTIONS,
        timeout=WRITE_TIMEOUT,
        max_retries=1,
        retry_on_timeout=False,
        retry_on_status=(),
        **options,
    )


def reached(url: str) -> OpenSearch:
    """A client of the domain at `url`: signed where it is https, which is AWS's.

    Raises SetupError where no region or credentials of AWS are set.
    """
    return signed_client(url, aws.region()) if url.startswith("https://") else client(url)


def signed_client(endpoint: str, where: str, service: str = "es") -> OpenSearch:
    """A client of an Amazon OpenSearch domain that signs by this process's own credentials.

    Raises SetupError where it has none.
    """
    credentials = aws.session().get_credentials()
    if credentials is None:
        raise SetupError("no credentials of AWS were found: give this process a role or a profile")
    return client(endpoint, http_auth=Urllib3AWSV4SignerAuth(credentials, where, service))


@contextmanager
def translated() -> Iterator[None]:
    """Raises our errors for the client's.

    What OpenSearch answered is not chained to them: it quotes documents and questions.
    """
    try:
        yield
    except ConnectionTimeout as exc:
        raise Unavailable("OpenSearch did not answer in time: try again") from exc
    except NotConnected as exc:
        raise Unavailable("OpenSearch can't be reached: try again") from exc
    except TransportError as exc:
        raise failure(int(exc.status_code), str(exc.error)) from None


def failure(status: int, kind: str) -> LamellaError:
    """The error for a request that OpenSearch answered with `status` and an error's type."""
    if status == 429:
        return Throttled("OpenSearch asks to slow down: try again later")
    if status in (401, 403):
        return Unavailable(
            f"OpenSearch refused this caller ({status}): allow its role on the domain"
        )
    if status == 404:
        return Unavailable("the search index is gone: run `lamella reindex` to rebuild it")
    if status == 400:
        return Invalid(f"OpenSearch can't carry out the request ({kind})")
    return Unavailable(f"OpenSearch failed ({status} {kind}): try again")
