"""What is kept of an assistant's answer: nearly all of it, in order, without its markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.rules import Rules
from lamella.engines.rules_answers import MOST_TRIMMED, shortened, without_markup
from lamella.engines.rules_speech import Act
from lamella.models import Fact, Turn
from lamella.text import length

SENTENCES = st.sampled_from(
    ["Sure!", "Take the 12 from Graz.", "Rye keeps longest.", "Shall I write a list?"]
)
SAID = st.lists(st.tuples(SENTENCES, st.sampled_from(Act)), min_size=1)

ANSWER = """\
Good plan! For a quiet week in Ghent I'd look at three places:

- **Patershol** is old and calm, and its kitchens are the best in town.
- **Ledeberg** has the cheapest rooms, from 60 euros.
- **Dok Noord** is new, with a climbing hall next door.

Write to the owner before you book and ask for a room at the back.
Anything else I can help you with?
"""


def episodes(*told: tuple[str, str]) -> list[Fact]:
    turns = [
        Turn(f"e-{n}", role, text, said_at=n, captured_at=n) for n, (role, text) in enumerate(told)
    ]
    return Rules().summarize(turns)


def test_an_answer_is_kept_whole_but_for_its_markup_and_what_states_nothing() -> None:
    told = episodes(("user", "Where in Ghent should we stay?"), ("assistant", ANSWER))
    asked, answer = [line for one in told for line in one.text.splitlines()]
    assert asked == "User: Where in Ghent should we stay?"
    assert answer == (
        "Assistant: For a quiet week in Ghent I'd look at three places: - Patershol is old and "
        "calm, and its kitchens are the best in town. - Ledeberg has the cheapest rooms, from 60 "
        "euros. - Dok Noord is new, with a climbing hall next door. Write to the owner before you "
        "book and ask for a room at the back."
    )


def test_an_answer_of_courtesies_leaves_nothing() -> None:
    assert episodes(("user", "Thanks!"), ("assistant", "You're welcome! Have a nice day!")) == []


def test_what_an_assistant_did_is_told_once_whatever_its_markup() -> None:
    done = "I've booked a table for **two** at *Brava* for Friday at eight."
    turns = [Turn("e-0", "assistant", f"{done} It is by the window.", said_at=0, captured_at=0)]
    [fact] = Rules().extract(turns)
    assert fact.text == done
    assert [one.text for one in Rules().summarize(turns)] == ["Assistant: It is by the window."]


@given(SAID)
def test_no_more_than_a_share_of_the_words_goes_and_the_order_stays(
    said: list[tuple[str, Act]],
) -> None:
    kept = shortened(said)
    whole = [sentence for sentence, _ in said]
    assert sum(map(length, kept)) >= (1 - MOST_TRIMMED) * sum(map(length, whole))
    rest = iter(whole)
    assert all(sentence in rest for sentence in kept)


def test_what_names_nothing_goes_before_what_does_and_the_end_before_the_beginning() -> None:
    said = [
        ("Rye keeps longest of all.", Act.STATEMENT),
        ("Wrap the loaf in linen.", Act.STATEMENT),
        ("Bake it at 230 degrees.", Act.STATEMENT),
        ("Let the dough rest overnight, and turn it twice before you go to bed.", Act.STATEMENT),
    ]
    assert shortened(said) == [said[0][0], said[2][0], said[3][0]]


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("**Estrela** is *calm*", "Estrela is calm"),
        ("## Where to stay", "Where to stay"),
        ("```python\nprint(1)\n```", "\nprint(1)\n"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n\n| 1 | 2 |"),
        ("f(*args, **kwargs)", "f(*args, **kwargs)"),
        ("2 * 3 * 4 and a*b*c", "2 * 3 * 4 and a*b*c"),
        ("ls *.py *.md", "ls *.py *.md"),
    ],
)
def test_markup_goes_and_code_stays(marked: str, plain: str) -> None:
    assert without_markup(marked) == plain
