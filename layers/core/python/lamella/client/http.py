"""How a call travels over HTTP, waited for or awaited: one description, two clients of httpx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lamella.client.transports import opened, pairs
from lamella.client.wire import encoded
from lamella.errors import (
    DeadlineExceeded,
    SetupError,
    Unauthenticated,
    Unavailable,
    from_status,
)

if TYPE_CHECKING:
    import httpx


class _Server:
    """The server at `host`: how to open a client on it, what to ask, what its answers mean."""

    def __init__(self, host: str, api_key: str | None, timeout: float) -> None:
        self._host = host.rstrip("/")
        self._headers = _headers(api_key)
        self._timeout = timeout

    def _options(self) -> dict[str, Any]:
        import httpx

        return {
            "base_url": self._host,
            "headers": self._headers,
            "timeout": httpx.Timeout(self._timeout, connect=min(self._timeout, 5.0)),
        }

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Where the errors of the network get their names."""
        import httpx

        try:
            yield
        except httpx.TimeoutException as exc:
            raise DeadlineExceeded(f"{self._host} did not answer in {self._timeout} s") from exc
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as exc:
            raise SetupError(f"{self._host} is no address: use http://… or https://…") from exc
        except httpx.HTTPError as exc:
            raise Unavailable(
                f"no answer at {self._host}: start a server there with 'lamella up', "
                "or name another by host= or LAMELLA_HOST"
            ) from exc

    def _read(self, response: httpx.Response) -> Any:
        return opened(response.status_code, self._decoded(response))

    def _decoded(self, response: httpx.Response) -> Any:
        try:
            return response.json()
        except ValueError as exc:
            raise from_status(
                response.status_code if response.status_code >= 400 else Unavailable.status,
                f"{self._host} answered {response.status_code} without JSON: is it Lamella?",
            ) from exc


class HttpTransport(_Server):
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
        super().__init__(host, api_key, timeout)
        self._carrier = carrier
        self._client: httpx.Client | None = None

    def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        content = None if body is None else encoded(body)
        with self._failing():
            response = self._open().request(method, path, params=pairs(query), content=content)
        return self._read(response)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _open(self) -> httpx.Client:
        import httpx

        if self._client is None:
            self._client = httpx.Client(**self._options(), transport=self._carrier)
        return self._client


class AsyncHttpTransport(_Server):
    """The same in an event loop. `carrier` is an `httpx.AsyncBaseTransport`."""

    def __init__(
        self,
        host: str,
        api_key: str | None,
        timeout: float = 60.0,
        carrier: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        super().__init__(host, api_key, timeout)
        self._carrier = carrier
        self._client: httpx.AsyncClient | None = None

    async def send(
        self, method: str, path: str, query: Mapping[str, Any], body: Mapping[str, Any] | None
    ) -> Any:
        """See `Transport`."""
        content = None if body is None else encoded(body)
        with self._failing():
            response = await self._open().request(
                method, path, params=pairs(query), content=content
            )
        return self._read(response)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    def _open(self) -> httpx.AsyncClient:
        import httpx

        if self._client is None:
            self._client = httpx.AsyncClient(**self._options(), transport=self._carrier)
        return self._client


def _headers(api_key: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if api_key is None:
        return headers
    if not api_key.strip() or not api_key.isascii() or not api_key.isprintable():
        raise Unauthenticated("api_key is blank or holds characters that no key has")
    return headers | {"Authorization": f"Token {api_key.strip()}"}
