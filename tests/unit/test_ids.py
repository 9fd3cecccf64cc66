"""Ids sort by the time they were made, whatever the clock does."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from lamella.ids import CountingIds, MonotonicIds

TIMES = st.lists(st.integers(0, 2**47), min_size=1, max_size=30)


@given(TIMES)
def test_ids_rise_even_where_the_clock_stands_still_or_goes_back(times: list[int]) -> None:
    ticking: Iterator[int] = iter(times)
    ids = MonotonicIds(lambda: next(ticking))
    made = [ids() for _ in times]
    assert made == sorted(set(made))
    assert {len(id) for id in made} == {26}


@given(st.integers(0, 2**47 - 1), st.integers(1, 1_000))
def test_a_later_millisecond_gives_a_later_id_in_another_process(at: int, after: int) -> None:
    assert MonotonicIds(lambda: at)() < MonotonicIds(lambda: at + after)()


def test_counted_ids_are_as_long_and_rise() -> None:
    ids = CountingIds("07")
    made = [ids() for _ in range(12)]
    assert made == sorted(made)
    assert {len(id) for id in made} == {26}
    assert made[0].startswith("07")
