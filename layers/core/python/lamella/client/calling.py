"""What all calls of a client share, whether their answers are waited for or awaited.

`Memory` and `AsyncMemory` have the same methods. Each method describes its call and hands it to
the transport; what it answers is what the transport's `send` answers: JSON, or a coroutine of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, cast

from lamella.client.transports import AsyncTransport, Transport

Answer = TypeVar("Answer")
"""An object: `Json`, or a coroutine of it."""
Answers = TypeVar("Answers")
"""A list of objects: `list[Json]`, or a coroutine of it."""


class Calling(Generic[Answer, Answers]):
    """Hands calls to a transport."""

    _transport: Transport | AsyncTransport

    def _call(
        self,
        method: str,
        to: str,
        query: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        return cast(Answer, self._transport.send(method, to, query or {}, body))

    def _call_for_list(self, method: str, to: str) -> Answers:
        return cast(Answers, self._transport.send(method, to, {}, None))
