"""Where memories come from: a file of Mem0's, or a server that speaks its language."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

from lamella.client.transports import Transport
from lamella.client.wire import Json, path
from lamella.errors import Invalid, LamellaError, NotFound, SetupError, Unsupported
from lamella.portability import TYPES

EVERYBODY: Json = {
    "OR": [{name: "*"} for name in ("user_id", "agent_id", "app_id", "run_id")],
}
LISTS = ("results", "memories", "data", "items")
PAGE = 100
ATTEMPTS = 8
MEMORIES = ("memory", "note")


class Source(Protocol):
    """Gives rows: memories as Mem0 writes them, or whatever else stands where one should."""

    @property
    def name(self) -> str:
        """What it is, to know it again."""

    @property
    def count(self) -> int | None:
        """How many rows there are, as soon as that is known."""

    def rows(self) -> Iterator[Any]:
        """Every row. Raises LamellaError."""

    def history(self, row: Mapping[str, Any]) -> list[Any] | None:
        """The history of a row that doesn't carry its own, if it can be had."""


class FileSource:
    """A JSON array, JSON lines, or an object that holds the array as `results`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.name = str(file.resolve())
        self.count: int | None = None

    def rows(self) -> Iterator[Any]:
        """See `Source`. Raises Invalid where the file is neither, SetupError if unreadable."""
        try:
            text = self._file.read_text(encoding="utf-8-sig")
        except OSError as exc:
            raise SetupError(f"{self._file} can't be read ({exc.strerror})") from exc
        except UnicodeDecodeError:
            raise Invalid(f"{self._file} is not UTF-8") from None
        found = self._whole(text)
        rows = _folded(self._lines(text) if found is None else found)
        self.count = len(rows)
        yield from rows

    def history(self, row: Mapping[str, Any]) -> None:
        """A file has no more than it says."""

    def _whole(self, text: str) -> list[Any] | None:
        """The rows of one JSON value; None if the file is no such thing."""
        try:
            value = _read(text)
        except (ValueError, RecursionError):
            return None
        if isinstance(value, list):
            return value
        if isinstance(value, dict):
            inside = next(
                (value[name] for name in LISTS if isinstance(value.get(name), list)), None
            )
            return [value] if inside is None else inside
        raise Invalid(f"{self._file} holds no memories: give a JSON array, or JSON lines")

    def _lines(self, text: str) -> list[Any]:
        try:
            return [_read(line) for line in text.splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise Invalid(f"{self._file} is neither JSON nor JSON lines") from None


class HostSource:
    """A server that answers Mem0's calls, reached by `transport` under the name `name`.

    Once it has answered, a call it is too busy for is tried again after `pause` seconds, then
    twice that, up to half a minute.
    """

    def __init__(self, name: str, transport: Transport, pause: float = 1.0) -> None:
        self._transport = transport
        self._answered = False
        self._attempts = Retrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential(multiplier=pause, max=30 * pause),
            retry=retry_if_exception(self._passes),
            reraise=True,
        )
        self.name = name
        self.count: int | None = None

    def rows(self) -> Iterator[Any]:
        """See `Source`: by cursor where the server gives one, else by the number of the page."""
        number, cursor = 1, None
        while True:
            page = self._page(number, cursor)
            rows = page["results"]
            self.count = page.get("count") or self.count
            yield from rows
            number, cursor = number + 1, page.get("cursor")
            if cursor is None and (not rows or not page.get("next")):
                return

    def history(self, row: Mapping[str, Any]) -> list[Any] | None:
        """See `Source`."""
        told: Any = None
        with suppress(NotFound, Unsupported):
            told = self._asked("GET", path("v1", "memories", str(row.get("id")), "history"))
        return told if isinstance(told, list) else None

    def _page(self, number: int, cursor: str | None) -> Json:
        body: Json = {"filters": EVERYBODY, "show_expired": True}
        if cursor is not None:
            body["cursor"] = cursor
        query = {"page": 1 if cursor else number, "page_size": PAGE}
        page = self._asked("POST", path("v3", "memories"), query, body)
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            raise Invalid(f"{self.name} answers no pages of memories: is it a Mem0 server?")
        return page

    def _asked(
        self, method: str, to: str, query: Mapping[str, Any] | None = None, body: Json | None = None
    ) -> Any:
        answer = self._attempts(self._transport.send, method, to, query or {}, body)
        self._answered = True
        return answer

    def _passes(self, error: BaseException) -> bool:
        """Whether the same call may succeed later; a server never met is more likely mistyped."""
        return isinstance(error, LamellaError) and error.retryable and self._answered


def _folded(rows: list[Any]) -> list[Any]:
    """Of a complete export of ours the current memories, each with its history; else all rows."""
    if not rows or not all(isinstance(row, dict) and row.get("type") in TYPES for row in rows):
        return rows
    histories: dict[Any, list[Any]] = {}
    for row in rows:
        if row["type"] == "history":
            histories.setdefault(row.get("memory_id"), []).append(row)
    current = [row for row in rows if row["type"] in MEMORIES and not row.get("valid_to")]
    return [{"history": histories.get(row.get("id"), []), **row} for row in current]


def _read(text: str) -> Any:
    """JSON, where Python's writers have left NaN and Infinity in it: they are no values."""
    return json.loads(text, parse_constant=lambda _: None)
