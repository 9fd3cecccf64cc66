"""A question that names a time is about what was said then, or soon after."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.clock import DAY
from lamella.when import Window, windows


def ms(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


NOW = ms("2024-03-15")


@pytest.mark.parametrize(
    ("question", "first", "end"),
    [
        ("What did I do on 2023-05-01?", "2023-05-01", "2023-05-02"),
        ("What did Tom watch on 1 May, 2022?", "2022-05-01", "2022-05-02"),
        ("Where was I on May 1st, 2022?", "2022-05-01", "2022-05-02"),
        ("What happened in December 2022?", "2022-12-01", "2023-01-01"),
        ("What did I plan in 2023?", "2023-01-01", "2024-01-01"),
        ("Where did we go in February?", "2024-02-01", "2024-03-01"),
        ("Where did we go in August?", "2023-08-01", "2023-09-01"),
        ("Whom did I meet on the 20th of March?", "2023-03-20", "2023-03-21"),
        ("What did I eat yesterday?", "2024-03-14", "2024-03-15"),
        ("What did I read last week?", "2024-03-01", "2024-03-15"),
        ("What did I say three days ago?", "2024-03-11", "2024-03-14"),
    ],
)
def test_a_time_that_is_named(question: str, first: str, end: str) -> None:
    assert windows(question, NOW) == (Window(ms(first), ms(end)),)


@pytest.mark.parametrize(
    "question",
    ["What may I eat?", "How many of the 2023 shoes are left?", "Is it on 31 February 2023?", ""],
)
def test_no_time_is_made_up(question: str) -> None:
    assert windows(question, NOW) == ()


def test_both_ends_of_a_span_are_times() -> None:
    found = windows("Where was John between August 11 and August 15 2023?", NOW)
    assert [window.start for window in found] == [ms("2023-08-11"), ms("2023-08-15")]


def test_what_is_told_soon_after_is_near_and_what_was_said_before_is_not() -> None:
    day = Window(ms("2023-05-01"), ms("2023-05-02"))
    assert day.nearness(ms("2023-05-01")) == day.nearness(ms("2023-05-02")) == 1.0
    assert day.nearness(ms("2023-05-02") + 7 * DAY) == pytest.approx(0.5)
    assert day.nearness(ms("2023-04-30")) == day.nearness(ms("2023-06-01")) == 0.0


@given(st.text(max_size=60), st.integers(0, 4_000_000_000_000))
def test_any_text_at_any_time_names_windows_that_end_after_they_begin(text: str, now: int) -> None:
    assert all(window.start < window.end for window in windows(text, now))


@given(st.integers(0, 999), st.sampled_from(["day", "week", "month"]), st.integers(0, NOW))
def test_however_long_ago_it_was(count: int, unit: str, now: int) -> None:
    [window] = windows(f"What did I say {count} {unit}s ago?", now)
    assert window.start < window.end
