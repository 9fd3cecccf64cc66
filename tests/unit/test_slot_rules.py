"""What all the rules that begin with who is spoken of ask together, before each asks alone."""

from __future__ import annotations

import re

import pytest

from benchmarks.story_book import FOLDER, load
from lamella.engines.rules_grammar import SAYS, any_says, rule
from lamella.engines.rules_slots import RULES
from lamella.engines.rules_wording import spelled

LIVES = rule("home", "lives in", rf"{SAYS}(?:(?(me)live|lives))\sin\s(?P<value>\w+)")
NAMED = rule("name", "is called", r"\bcall me (?P<value>\w+)")


@pytest.mark.parametrize(
    "said", ["I live in Graz", "My sister Mara lives in Graz", "we live in it"]
)
def test_it_is_found_wherever_one_of_the_rules_is(said: str) -> None:
    assert LIVES.pattern.search(said)
    assert any_says([NAMED, LIVES]).search(said)


@pytest.mark.parametrize("said", ["I work in Graz", "in Graz", "call me Al"])
def test_it_is_not_found_where_no_rule_about_somebody_is(said: str) -> None:
    assert not any_says([NAMED, LIVES]).search(said)


def test_no_story_fills_a_slot_that_it_misses() -> None:
    asked, about_somebody = any_says(RULES), [one for one in RULES if one.says is not None]
    said = [
        turn["content"] for story in load(FOLDER) for call in story.calls for turn in call.messages
    ]
    met = [
        text
        for text in map(spelled, said)
        if any(one.pattern.search(text) for one in about_somebody)
    ]
    assert len(met) > 300
    assert [text for text in met if not asked.search(text)] == []


def test_what_follows_the_subject_is_no_choice_that_could_do_without_it() -> None:
    for one in RULES:
        assert one.says is None or not _a_choice(one.says), one.name


def _a_choice(pattern: str) -> bool:
    """Whether alternatives of the pattern stand outside all of its groups."""
    plain = re.sub(r"\[[^\]]*\]", "", re.sub(r"\\.", "", pattern))
    while (outer := re.sub(r"\([^()]*\)", "", plain)) != plain:
        plain = outer
    return "|" in plain


def test_a_choice_is_known_from_one_within_a_group() -> None:
    assert _a_choice("like|love")
    assert not _a_choice(r"(?:like|(?:love|[|]))\|")
