"""What is said of one thing of a kind leaves what is said of another of that kind alone."""

from __future__ import annotations

import pytest

from lamella.apart import two_of_a_kind


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("We upgraded the invoice service to Python 3.12.", "The mailer service is on 3.10."),
        ("The deadline for the harbour tender is May 18.", "The museum tender is due May 16."),
        ("Our contact at Brenner Foods is Paula now.", "Our contact at Alto is Ibou Ndiaye."),
        ("My morning coffee is black now.", "My evening coffee has milk in it."),
        ("In the web repo we use ESLint.", "In the Python repo we use ruff."),
        ("There are nine of us in the data team.", "There are six in the platform team."),
        ("For suspended users it returns 403.", "For deleted users it returns 410."),
        ("The invoice service is on 3.12.", "The invoice service and the mailer service are slow."),
    ],
)
def test_two_of_a_kind_are_told_apart(newer: str, older: str) -> None:
    assert two_of_a_kind(newer, older)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("The invoice service runs on Go now.", "The invoice service runs on Python."),
        ("My new desk is on the fifth floor.", "My desk is on the second floor."),
        ("I live in Milan now.", "I live in Turin."),
        ("We've moved the staging server to Fly.", "Staging is hosted on Heroku."),
        ("The team meeting is on Friday now.", "Our team meeting is on Monday."),
        ("The library is under the MIT licence.", "The library is under the GPL licence."),
        ("I've played for nine years.", "I've played for ten years."),
    ],
)
def test_what_is_one_thing_stays_one(newer: str, older: str) -> None:
    assert not two_of_a_kind(newer, older)
