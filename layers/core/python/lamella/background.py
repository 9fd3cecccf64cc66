"""What an extractor is told beside the turns it reads."""

from __future__ import annotations

from lamella import keys, org_settings
from lamella.guidance import Guidance
from lamella.inflight import InFlight
from lamella.models import Turn
from lamella.org_settings import guidance_of
from lamella.ports import Query, Table

CONTEXT_TURNS = 6
CONTEXT_BLOCKS = 4


def background(table: Table, first: InFlight, forgotten: int) -> tuple[Guidance, list[Turn]]:
    """What is to be kept of calls, and the turns visible just before the `first` of them.

    What was captured until `forgotten` is left out.
    """
    pk = keys.session_pk(first.org, first.owner, first.session_id or "")
    before = Query(pk, keys.TURNS, newest_first=True, limit=CONTEXT_BLOCKS)
    settings, blocks = table.read([org_settings.read(first.org), before])
    turns = [
        turn
        for item in reversed(blocks.items)
        for turn in map(Turn.from_body, item.body["turns"])
        if item.body["expires_at"] > first.captured_at > turn.captured_at > forgotten
        and not turn.fleeting
    ]
    return guidance_of(org_settings.told(settings), first), turns[-CONTEXT_TURNS:]
