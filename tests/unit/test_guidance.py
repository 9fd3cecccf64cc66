"""What promotion is asked to keep: rules on words, and wishes for a model."""

from __future__ import annotations

import pytest

from lamella.guidance import NOTHING_ASKED, Guidance

WISHES = {
    "includes": "travel plans, food",
    "excludes": "hospital",
    "custom_categories": [{"home_life": "where somebody lives"}, {"food": "what somebody eats"}],
    "custom_instructions": "Be brief.",
    "agent_custom_instructions": "Keep to tasks.",
}


@pytest.mark.parametrize(
    ("text", "admitted"),
    [
        ("My travel plans are made.", True),
        ("I love travel.", False),
        ("I bring food to the hospital.", False),
        ("I live in Oslo.", False),
    ],
)
def test_a_fact_has_a_whole_phrase_that_is_included_and_none_excluded(
    text: str, admitted: bool
) -> None:
    assert Guidance.of(WISHES).admits(text) is admitted


def test_a_model_that_read_the_wishes_knows_what_is_included_but_not_what_is_excluded() -> None:
    asked = Guidance.of(WISHES)
    assert asked.admits("I live in Oslo.", read_by_a_model=True)
    assert not asked.admits("I am in hospital.", read_by_a_model=True)


def test_categories_are_those_proposed_if_they_are_known_else_those_that_share_a_word() -> None:
    asked = Guidance.of(WISHES)
    assert asked.sorted_into("Mara lives in Oslo.") == ("home_life",)
    assert asked.sorted_into("Mara lives in Oslo.", ["food", "travel"]) == ("food",)
    assert asked.sorted_into("Mara lives in Oslo.", ["travel"]) == ("home_life",)


def test_an_agent_has_instructions_of_its_own_and_else_the_general_ones() -> None:
    assert "Be brief." in Guidance.of(WISHES).for_a_model()
    told = Guidance.of(WISHES, to_an_agent=True).for_a_model()
    assert "Keep to tasks." in told
    assert "Be brief." not in told
    general = {"custom_instructions": "Be brief."}
    assert "Be brief." in Guidance.of(general, to_an_agent=True).for_a_model()


def test_nothing_asked_admits_everything_and_tells_a_model_nothing() -> None:
    assert NOTHING_ASKED.admits("Anything.")
    assert NOTHING_ASKED.sorted_into("Anything.") == ()
    assert Guidance.of({}) == NOTHING_ASKED
    assert not NOTHING_ASKED.told
