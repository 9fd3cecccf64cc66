"""Measures: a sentence that is said again with another number or day is about the same."""

from __future__ import annotations

import pytest

from lamella.engines.rules_measures import measured
from lamella.engines.rules_topics import topics_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mein Stellplatz kostet 45 Euro im Monat", "Mein Stellplatz kostet 62 Euro im Monat"),
        ("Bins go out on Wednesday night", "Bins go out on Sunday night"),
        ("I've got 27 pupils in my class", "I've got twenty pupils in my class"),
        ("Choir starts at 7 on Wednesdays", "Choir starts at half past seven"),
        ("Version 3.0 of the app is live", "Version 3.1 of the app is live"),
        (
            "我们组的周会是星期一十点",
            "我们组的周会是星期二两点",
        ),
    ],
)
def test_what_is_left_without_its_numbers_is_the_same(one: str, other: str) -> None:
    assert measured(one)
    assert measured(one) == measured(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I play tennis on Mondays", "I play tennis on Fridays"),
        ("The wiki is backed up at ten", "The shop is backed up at ten"),
    ],
)
def test_another_day_of_ones_own_or_another_thing_is_another(one: str, other: str) -> None:
    assert measured(one) is None or measured(one) != measured(other)


@pytest.mark.parametrize(
    "said",
    [
        "I live in Graz",
        "Twelve!",
        "I have a date on the 3rd of May",
        "Room 12 is free",
        "On rack 4 there are 3 servers",
    ],
)
def test_where_nothing_is_measured_nothing_is_left(said: str) -> None:
    assert measured(said) is None


@pytest.mark.parametrize(
    "said",
    [
        "I ran 5 km in the park",
        "Let's look at flights at ten",
        "Minka died at ten",
        "I like the number 7",
    ],
)
def test_an_event_a_task_and_a_taste_measure_nothing(said: str) -> None:
    assert not any(topic.endswith("| #=") for topic in topics_of(said)[1])
