"""The overlay: an owner's unfinished work, laid over what the index says.

Pure: it reads items in, and tells which memories are newer than the index, which are gone, and
which raw turns nobody has placed yet. A call is done once searches see what came of it; one that
began before that may have asked the index too early, and still shows its turns unless it holds
all of its successors.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, replace

from lamella import keys
from lamella.changes import next_version
from lamella.inflight import DONE, InFlight
from lamella.models import Record
from lamella.ports import Item
from lamella.values import dataclass
from lamella.working import conversation_record

UNFINISHED = "more unfinished work than one read holds: the oldest of it is missing"


@dataclass(frozen=True, slots=True)
class Overlay:
    """`memories` by id, with the version up to which `gone` ones are hidden; raw `calls`.

    Nothing captured up to `cutoff` is shown, nor are calls of a session up to its `cleared` time.
    """

    owner: str = ""
    memories: dict[str, Record] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    calls: tuple[InFlight, ...] = ()
    cutoff: int = -1
    cleared: dict[str | None, int] = field(default_factory=dict)

    def hides(self, record: Record) -> bool:
        """Whether `record`, from anywhere, must not be shown: forgotten, deleted or outdated."""
        if record.owner == self.owner and record.captured_at <= self.cutoff:
            return True
        if not self.memories and not self.gone:
            return False
        if self.gone.get(record.id, -1) >= record.version:
            return True
        newer = self.memories.get(record.id)
        return newer is not None and newer.version > record.version

    def unplaced(self, held: Iterable[str], now: int, skew: int) -> list[Record]:
        """The turns of calls that nothing has replaced yet, newest first.

        `held` are the ids of memories the reader already has, who began at `now`; others' clocks
        may be ahead by `skew`.
        """
        known = {*held, *self.memories, *self.gone}
        return [
            turn_record(item, position)
            for item in self.calls
            if _unplaced(item, known, now - skew) and not item.over(now) and not self._dropped(item)
            for position in reversed(range(len(item.turns)))
        ]

    def _dropped(self, call: InFlight) -> bool:
        return call.captured_at <= max(self.cutoff, self.cleared.get(call.session_id, -1))


def read(owner: str, items: Sequence[Item], now: int) -> Overlay:
    """The overlay out of an owner's `~` items, newest first; what has been purged doesn't count."""
    memories: dict[str, Record] = {}
    gone: dict[str, int] = {}
    calls: list[InFlight] = []
    cutoff = -1
    cleared: dict[str | None, int] = {}
    for item in items:
        if item.ttl is not None and item.ttl <= now:
            continue
        if item.key.sk.startswith(keys.IN_FLIGHT):
            work = InFlight.from_body(item.body)
            if work.turns:
                calls.append(work)
            elif work.memory is not None:
                _lay(work, memories, gone)
            elif work.ends == "clear":
                cleared[work.session_id] = max(work.cutoff, cleared.get(work.session_id, -1))
        elif "cutoff" in item.body:
            cutoff = item.body["cutoff"]
    return Overlay(owner, memories, gone, tuple(calls), cutoff, cleared)


def _lay(work: InFlight, memories: dict[str, Record], gone: dict[str, int]) -> None:
    """Items come newest first, so the first word on a memory is the last."""
    record = work.record
    if record.id in memories or record.id in gone:
        return
    if work.removed:
        gone[record.id] = next_version(record.version, work.captured_at)
    else:
        memories[record.id] = (
            replace(record, embedding=work.embedding, model=work.model) if work.model else record
        )


def turn_record(item: InFlight, position: int) -> Record:
    """One turn of a call, as a hit of the conversation layer."""
    turn = item.spoken[position]
    return conversation_record(
        id=turn.id,
        kind="history",
        text=turn.text,
        owner=item.owner,
        scope=item.scope,
        at=(turn.captured_at, turn.said_at),
        expires_at=item.expires_at,
        speaker=turn.name,
        metadata=item.metadata,
    )


def _unplaced(item: InFlight, known: set[str], began: int) -> bool:
    if item.state != DONE:
        return True
    if item.done_at is not None and item.done_at < began:
        return False
    return any(successor not in known for successor in item.successors)
