"""SnapStart's hooks: only where Lambda takes snapshots, and nothing alike in two copies."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import snapshot_restore_py

from lamella.functions import snapshot
from lamella.functions.door import Door


class Opened:
    """A service that keeps what was asked of it."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.retrieve = self

    def prepare(self) -> None:
        self.asked.append("prepare")

    def reconnect(self) -> None:
        self.asked.append("reconnect")


@pytest.fixture(autouse=True)
def _registry() -> Iterator[None]:
    """Hooks of one test are no other's."""
    yield
    snapshot_restore_py.get_before_snapshot().clear()
    snapshot_restore_py.get_after_restore().clear()


def run(hooks: list[tuple[Callable[..., None], tuple[Any, ...], dict[str, object]]]) -> None:
    for hook, positional, named in hooks:
        hook(*positional, **named)


def test_without_snapshots_the_first_call_opens_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(snapshot.INITIALIZATION, "on-demand")
    snapshot.prepare(Door("retrieve", Opened, ()), "retrieve")
    assert snapshot_restore_py.get_before_snapshot() == []
    assert snapshot_restore_py.get_after_restore() == []


def test_the_service_is_open_before_and_reconnected_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(snapshot.INITIALIZATION, snapshot.SNAP_START)
    opened: list[Opened] = []

    def open_service() -> Opened:
        opened.append(Opened())
        return opened[-1]

    snapshot.prepare(Door("retrieve", open_service, ()), "retrieve")
    assert opened == []
    run(snapshot_restore_py.get_before_snapshot())
    assert [one.asked for one in opened] == [["prepare"]]
    run(snapshot_restore_py.get_after_restore())
    assert [one.asked for one in opened] == [["prepare", "reconnect"]]


def test_two_copies_of_one_snapshot_draw_other_random_numbers() -> None:
    door = Door("retrieve", Opened, ())
    random.seed(7)
    frozen = random.getstate()
    drawn = set()
    for _ in range(2):
        random.setstate(frozen)
        snapshot.renew(door)
        drawn.add(random.random())
    assert len(drawn) == 2
