"""How a call travels: over HTTP to a server, or straight into this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from lamella.errors import (
    Conflict,
    DeadlineExceeded,
    Invalid,
    SetupError,
    Unauthenticated,
    Unavailable,
    from_status,
)

if TYPE_CHECKING:
    import httpx

    from lamella.api import Api
    from lamella.models import Principal

Pairs = tuple[tuple[str, str], ...]


class Transport(Protocol):
    """Carries one call and brings its JSON back. Raises a LamellaError of `lamella.errors`."""

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """The JSON that answers the call. `path` is percent-encoded, None values are left out."""

    def close(self) -> None:
        """Let go of connections, or of the embedded store."""


class InProcess:
    """Calls an `Api` of this process on behalf of `principal`, without JSON in between."""

    def __init__(
        self, api: Api, principal: Principal, close: Callable[[], None] = lambda: None
    ) -> None:
        self._api = api
        self._principal = principal
        self._close = close

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        from lamella.api import Request

        response = self._api.handle(
            Request(method, path, pairs(query), body=body, principal=self._principal)
        )
        return opened(response.status, response.body)

    def close(self) -> None:
        """Close what the api stands on."""
        self._close()


class HttpTransport:
    """Calls the server at `host` with an API key. `timeout` is in seconds, for each call.

    `carrier` replaces the network (an `httpx.BaseTransport`, such as one around an ASGI app).
    """

    def __init__(
        self,
        host: str,
        api_key: str | None,
        timeout: float = 60.0,
        carrier: httpx.BaseTransport | None = None,
    ) -> None:
        self._host = host.rstrip("/")
        self._headers = _headers(api_key)
        self._timeout = timeout
        self._carrier = carrier
        self._client: httpx.Client | None = None

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        import httpx

        content = None if body is None else _encoded(body)
        try:
            response = self._open().request(method, path, params=pairs(query), content=content)
        except httpx.TimeoutException as exc:
            raise DeadlineExceeded(f"{self._host} did not answer in {self._timeout} s") from exc
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
            raise SetupError(f"{self._host} is no address: use http://… or https://…") from exc
        except httpx.HTTPError as exc:
            raise Unavailable(
                f"no answer at {self._host}: start a server there with 'lamella up', "
                "or name another by host= or LAMELLA_HOST"
            ) from exc
        return opened(response.status_code, self._decoded(response))

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _open(self) -> httpx.Client:
        import httpx

        if self._client is None:
            self._client = httpx.Client(
                base_url=self._host,
                headers=self._headers,
                timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, 5.0)),
                transport=self._carrier,
            )
        return self._client

    def _decoded(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError as exc:
            raise from_status(
                response.status_code if response.status_code >= 400 else Unavailable.status,
                f"{self._host} answered {response.status_code} without JSON: is it Lamella?",
            ) from exc


def opened(status: int, body: Any) -> Any:
    """The body of a good answer; raises the error that any other stands for."""
    if status < 400:
        return body
    told = body if isinstance(body, Mapping) else {}
    error = from_status(status, str(told.get("detail") or told.get("message") or f"HTTP {status}"))
    if isinstance(error, Conflict):
        error.holder = told.get("holder")
    if told.get("error") == SetupError.__name__:
        error = SetupError(error.detail)
    raise error


def pairs(query: Mapping[str, Any]) -> Pairs:
    """Query fields as text: true and false in JSON's spelling, a list as repeated fields."""
    return tuple(
        (name, str(one).lower() if isinstance(one, bool) else str(one))
        for name, value in query.items()
        if value is not None
        for one in (value if isinstance(value, list | tuple) else [value])
    )


def _headers(api_key: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if api_key is None:
        return headers
    if not api_key.strip() or not api_key.isascii() or not api_key.isprintable():
        raise Unauthenticated("api_key is blank or holds characters that no key has")
    return headers | {"Authorization": f"Token {api_key.strip()}"}


def _encoded(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        raise Invalid(f"the call holds something JSON can't: {type(exc).__name__}") from None
