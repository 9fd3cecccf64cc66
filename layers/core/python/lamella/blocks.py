"""Turn blocks: consecutive turns of one call, packed so that each fits one item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lamella import keys
from lamella.errors import TooLarge
from lamella.limits import encoded
from lamella.models import Turn
from lamella.ports import Item
from lamella.scopes import Scope

MAX_TURNS = 100
MAX_BLOCK_BYTES = 300_000
MAX_CALL_BYTES = 1_800_000
"""A commit holds 4 MB and each turn twice: in its block and in its in-flight item."""

KEPT = 7 * 24 * 60 * 60 * 1000


def packed(turns: Sequence[Turn]) -> list[tuple[Turn, ...]]:
    """`turns` in blocks of at most 100 turns and 300 KB. Raises TooLarge beyond 1.8 MB in all."""
    sizes = [len(encoded(turn.body()).encode()) for turn in turns]
    if sum(sizes) > MAX_CALL_BYTES:
        raise TooLarge(f"a call may hold at most {MAX_CALL_BYTES} bytes of messages: send several")
    return list(_blocks(turns, sizes))


def _blocks(turns: Sequence[Turn], sizes: Sequence[int]) -> Iterator[tuple[Turn, ...]]:
    block: list[Turn] = []
    filled = 0
    for turn, size in zip(turns, sizes, strict=True):
        if block and (len(block) == MAX_TURNS or filled + size > MAX_BLOCK_BYTES):
            yield tuple(block)
            block, filled = [], 0
        block.append(turn)
        filled += size
    if block:
        yield tuple(block)


def block_item(
    org: str, scope: Scope, id: str, turns: Sequence[Turn], expires_at: int, apart: bool = False
) -> Item:
    """A block as it lies in the session's partition; kept a week so that promotion can be late.

    What is `apart`, by its caller's wish, ends by itself: no episode may outlive it.
    """
    captured_at = turns[0].captured_at
    return Item(
        keys.turns(org, scope.owner, scope.session, id),
        {
            "turns": [turn.body() for turn in turns],
            "captured_at": captured_at,
            "expires_at": expires_at,
            "apart": apart,
            "user_id": scope.user_id,
            "agent_id": scope.agent_id,
            "app_id": scope.app_id,
            "session_id": scope.session_id,
        },
        ttl=max(expires_at, captured_at + KEPT),
    )
