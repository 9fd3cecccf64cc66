"""Time behind one function."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from lamella.clock import iso, strictly_rising, system_clock


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=50))
def test_no_two_looks_see_the_same_millisecond(times: list[int]) -> None:
    ticking = iter(times)
    rising = strictly_rising(lambda: next(ticking))
    seen = [rising() for _ in times]
    assert seen == sorted(set(seen))
    assert all(shown >= told for shown, told in zip(seen, times, strict=True))


def test_a_clock_that_rises_by_itself_is_left_alone() -> None:
    ticking = iter((10, 20, 30))
    rising = strictly_rising(lambda: next(ticking))
    assert [rising(), rising(), rising()] == [10, 20, 30]


@given(st.integers(0, 253_402_300_799_999))
def test_iso_keeps_the_millisecond(at: int) -> None:
    text = iso(at)
    assert text.endswith("Z")
    assert round(datetime.fromisoformat(text).timestamp() * 1000) == at


def test_the_system_s_clock_tells_milliseconds() -> None:
    assert 1_700_000_000_000 < system_clock() < 5_000_000_000_000
