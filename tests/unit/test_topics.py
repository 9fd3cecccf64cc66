"""Topics: which statements speak of the same thing, and which of them end it."""

from __future__ import annotations

import pytest

from lamella.engines.rules_slots import slot_of
from lamella.engines.rules_worth import worth_keeping


def topics(said: str) -> tuple[str, ...]:
    slot = slot_of(said)
    return slot.topics if slot else ()


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("I play the violin.", "violin"),
        ("I have two cats.", "cat"),
        ("I read my mail in Outlook.", "outlook"),
        ("I'm training for a half marathon.", "do train for"),
        ("I'm training for a triathlon now.", "do train for="),
        ("I gave up the violin.", "violin!"),
        ("I no longer have the cats.", "cat!"),
        ("I've stopped smoking.", "smok!"),
        ("No more sugar for me.", "sugar!"),
        ("Minka died on Sunday.", "minka!"),
        ("I switched from Vim to Zed.", "vim-"),
        ("I switched from Vim to Zed.", "zed"),
        ("We use Postgres instead of MySQL.", "mysql-"),
        ("I moved all my notes to Obsidian.", "@note="),
        ("The spare key is under the mat.", "spare key is"),
        ("I work 30 hours a week.", "#hour/week"),
        ("I'm back to green tea.", "green tea="),
        ("My desk is on the second floor.", "desk on place="),
        ("Our retro is on Friday.", "retro on time="),
    ],
)
def test_a_statement_speaks_of_what_its_grammar_names(said: str, topic: str) -> None:
    assert topic in topics(said)


@pytest.mark.parametrize(
    "said",
    [
        "I'm thinking of quitting the choir.",
        "If I quit the choir I'd sleep more.",
        "My boss said: “I quit the choir.”",
        "I want to sell my bike.",
        "I didn't drink coffee today.",
    ],
)
def test_what_is_only_thought_quoted_or_missed_once_ends_nothing(said: str) -> None:
    assert not any(topic.endswith(("!", "-", "=")) for topic in topics(said))


def test_what_is_true_beside_takes_nobodys_place() -> None:
    assert not any(topic.endswith("=") for topic in topics("I train with a rowing club too now."))


def test_another_persons_change_is_not_the_speakers() -> None:
    slot = slot_of("My sister quit smoking.")
    assert slot is not None
    assert slot.who == "sister"
    assert "smok!" in slot.topics


@pytest.mark.parametrize(
    "said",
    [
        "I started a pottery course in Porto with my sister last week.",
        "My dad taught me to fish when we lived in Maine.",
        "I'm volunteering at the shelter every Sunday.",
    ],
)
def test_what_tells_of_a_life_is_worth_a_fact(said: str) -> None:
    assert worth_keeping(said)


@pytest.mark.parametrize(
    "said",
    [
        "Nature is so calming.",
        "It's a great way to unwind.",
        "You have such a good eye for colour.",
        "That must have been a lot of work.",
    ],
)
def test_generalities_and_compliments_are_left_to_the_episode(said: str) -> None:
    assert not worth_keeping(said)
