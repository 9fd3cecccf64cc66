"""Likeness: which statement puts an end to which, when the two lie near each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.rules_likeness import Likeness

NEAR = 0.75
"""The cosine of two statements about one matter, under the default model."""

judge = Likeness()


def outdates(newer: str, older: str, likeness: float = NEAR) -> bool:
    return judge.asks(newer) and judge.outdates(newer, older, likeness) > 0


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("I don't need glasses any more, I had the surgery.", "I wear glasses."),
        ("Parks and Rec is my new comfort show.", "My comfort show is The Office."),
        ("I misread the ticket, my train arrives at 18:50.", "My train arrives at 18:05."),
        ("Ms. Ferrari moved my piano lesson to Wednesdays.", "My piano lesson is on Mondays."),
        ("I use Fedora on my laptop now.", "I use Windows on my laptop."),
        ("My wife Soledad runs her own café now.", "My wife Soledad teaches at a school."),
        ("Yuki gave up the flat and lives in Fukuoka now.", "My daughter Yuki has her own flat."),
        ("Ya no voy al gimnasio.", "Voy al gimnasio tres veces por semana."),
        ("Ich habe mit dem Rauchen aufgehört.", "Ich rauche nur am Wochenende."),
        ("I mixed it up, Clara's wedding is in Ghent.", "Clara's wedding is in Bruges."),
        ("He says I remember it wrong. I met him in 2010.", "I met him in 2009."),
    ],
)
def test_a_change_puts_an_end_to_what_it_is_about(newer: str, older: str) -> None:
    assert outdates(newer, older)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("My sister Ada lives in Chur now.", "My sister Ida lives in Bern."),
        ("My husband doesn't drink coffee anymore.", "I drink coffee."),
        ("Mark doesn't work at Cyberdyne anymore.", "I work at Cyberdyne."),
        ("Our office moved to Rotterdam.", "I live in Utrecht."),
        ("I can't stand jazz anymore.", "I can't stand opera."),
        ("I like poetry now.", "I like crime novels."),
        ("We also have a dog now.", "We have a cat."),
        ("I'm thinking about moving to Hamburg now.", "I live in Kiel."),
        ("I live on the moon now, haha.", "I live in Kiel."),
        ("Do I still live in Kiel now?", "I live in Kiel."),
        ("I save 200 euros a month.", "I pay 30 euros a month for my phone."),
        ("I've been playing for four months now.", "I'm learning to play the violin."),
        ("Our invoice service is on Go now.", "Our mail service is on Go."),
        ("My wife said: 'Our son is in Graz now.'", "Our son is in Linz."),
        ("I won my fourth tournament on Friday.", "I won my first tournament in May."),
        ("Zoe changed to volleyball, she plays it on Mondays now.", "Mia plays volleyball."),
        ("My colleague Trudy got divorced last month.", "Been married for twenty-two years."),
    ],
)
def test_what_is_another_matter_or_not_meant_puts_an_end_to_nothing(newer: str, older: str) -> None:
    assert not outdates(newer, older)


def test_what_lies_far_apart_is_left_alone() -> None:
    newer, older = "I use Fedora on my laptop now.", "I'm allergic to penicillin."
    assert not outdates(newer, older, likeness=0.45)


def test_a_story_of_several_sentences_is_seldom_ended() -> None:
    newer, older = "I use Fedora on my laptop now.", "I use Windows on my laptop."
    told = f"{older} It was there when I bought it."
    assert judge.outdates(newer, told, NEAR) < judge.outdates(newer, older, NEAR) - 2


def test_going_back_is_clearer_about_what_was_a_change_itself() -> None:
    back, change, state = "I'm on the iPhone again.", "I switched to a Pixel.", "I use a Pixel."
    assert judge.outdates(back, change, NEAR) > judge.outdates(back, state, NEAR)


def test_a_long_story_puts_an_end_to_nothing() -> None:
    told = "I moved to Bergen now and " + "then we walked along the harbour and " * 6 + "slept."
    assert not judge.asks(told)


@pytest.mark.parametrize("said", ["I visited 12 museums in Oslo.", "I love dogs.", "Hello there!"])
def test_what_tells_of_no_change_looks_for_nothing(said: str) -> None:
    assert not judge.asks(said)


@given(st.text(max_size=80), st.floats(-1, 1))
def test_nothing_puts_an_end_to_its_own_words(said: str, likeness: float) -> None:
    assert judge.outdates(said, said, likeness) < 0


@given(st.text(max_size=60), st.text(max_size=60), st.floats(-1, 0.99))
def test_the_nearer_the_clearer(newer: str, older: str, likeness: float) -> None:
    farther = judge.outdates(newer, older, likeness)
    assert judge.outdates(newer, older, likeness + 0.01) >= farther


def test_it_knows_the_cosines_of_the_default_model_alone() -> None:
    assert judge.knows("bge-small-en-v1.5-q@6c9c6101")
    assert not judge.knows("amazon.titan-embed-text-v2:0@1024")
