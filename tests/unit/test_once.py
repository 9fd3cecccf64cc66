"""Parts are made when they are first asked for, once, by one thread."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from lamella.errors import SetupError
from lamella.once import once


class Made:
    def __init__(self) -> None:
        self.times = 0

    @once
    def part(self) -> object:
        """A part."""
        self.times += 1
        time.sleep(0.01)
        return object()


def test_a_part_is_made_once_however_many_ask_at_the_same_time() -> None:
    owner = Made()
    assert owner.times == 0
    with ThreadPoolExecutor(8) as threads:
        parts = set(threads.map(lambda _: owner.part, range(32)))
    assert (len(parts), owner.times) == (1, 1)
    assert Made().part is not owner.part


def test_what_can_not_be_made_is_tried_again() -> None:
    class Failing:
        fails = True

        @once
        def part(self) -> str:
            if self.fails:
                raise SetupError("not yet")
            return "made"

    owner = Failing()
    with pytest.raises(SetupError):
        _ = owner.part
    owner.fails = False
    assert owner.part == "made"
