"""Several commits in one: fewer round trips, and each of them still happens whole or not at all.

What is refused together is tried alone by whoever packed it. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from lamella.limits import check_commit
from lamella.ports import MAX_OPERATIONS, AllOf, Check, Commit, Key, Operation

MAX_BYTES = 1_000_000
"""Of a pack: a store takes four times as much, and is quicker with less."""


@dataclass(slots=True)
class Pack:
    """Commits that stand or fall together: `members` are their places among all of them."""

    members: list[int] = field(default_factory=list)
    operations: dict[Key, Operation] = field(default_factory=dict)
    bytes_: int = 0

    @property
    def commit(self) -> Commit:
        """All operations as one commit."""
        return tuple(self.operations.values())

    def takes(self, commit: Commit, bytes_: int) -> bool:
        """Whether `commit` fits in, and meets the others on nothing but what they share."""
        if self.bytes_ + bytes_ > MAX_BYTES:
            return False
        shared = [operation for operation in commit if operation.key in self.operations]
        if len(self.operations) + len(commit) - len(shared) > MAX_OPERATIONS:
            return False
        return all(_agree(self.operations[operation.key], operation) for operation in shared)

    def add(self, place: int, commit: Commit, bytes_: int) -> None:
        """Take the commit in."""
        self.members.append(place)
        self.bytes_ += bytes_
        for operation in commit:
            held = self.operations.setdefault(operation.key, operation)
            if isinstance(held, Check) and held != operation:
                self.operations[operation.key] = _both(held, operation)


def packed(commits: Sequence[Commit]) -> list[Pack]:
    """The commits in packs, in their order; raises as `check_commit` does."""
    packs: list[Pack] = []
    for place, commit in enumerate(commits):
        bytes_ = sum(len(body.encode()) for body in check_commit(commit))
        if not packs or not packs[-1].takes(commit, bytes_):
            packs.append(Pack())
        packs[-1].add(place, commit, bytes_)
    return packs


def _agree(one: Operation, other: Operation) -> bool:
    return one == other or (isinstance(one, Check) and isinstance(other, Check))


def _both(held: Check, other: Operation) -> Check:
    assert isinstance(other, Check)
    conditions = held.only_if.conditions if isinstance(held.only_if, AllOf) else (held.only_if,)
    if other.only_if in conditions:
        return held
    return replace(held, only_if=AllOf((*conditions, other.only_if)))
