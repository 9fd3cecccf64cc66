"""What of a turn may go: little among people, every courtesy to an assistant."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lamella.engines.rules import Rules
from lamella.engines.rules_speech import Act
from lamella.engines.rules_trimming import MOST_TRIMMED, Said, trimmed, without_edges
from lamella.models import Fact, Turn
from lamella.text import length

SENTENCES = st.lists(st.sampled_from(["Hi!", "So good to see you.", "I moved to Graz in May."]))
SAID = st.lists(st.tuples(SENTENCES.map(" ".join), st.sampled_from(Act)), min_size=1)


def words(said: list[Said]) -> int:
    return sum(length(sentence) for sentence, _ in said)


def extracted(*texts: str, names: tuple[str | None, ...] = ("Mara", "Jonas")) -> list[Fact]:
    turns = [
        Turn(f"e-{n}", "user", text, said_at=n, captured_at=n, name=names[n % 2])
        for n, text in enumerate(texts)
    ]
    return [*Rules().extract(turns), *Rules().summarize(turns)]


@given(SAID)
def test_among_people_no_more_than_a_share_of_the_words_goes(said: list[Said]) -> None:
    kept = without_edges(*trimmed(said, alone=False))
    assert words(kept) >= (1 - MOST_TRIMMED) * words(said)
    assert [one for one in said if one[1] is Act.STATEMENT] == [
        one for one in kept if one[1] is Act.STATEMENT
    ]


@given(SAID)
def test_to_an_assistant_every_courtesy_goes(said: list[Said]) -> None:
    kept, _ = trimmed(said, alone=True)
    assert all(done is not Act.COURTESY for _, done in kept)


def test_courtesies_go_before_reactions() -> None:
    said = [
        ("Oh wow, great.", Act.REACTION),
        ("Hi Mara, hello!", Act.COURTESY),
        ("I baked four loaves of rye bread with Tom in our old kitchen.", Act.STATEMENT),
    ]
    assert [done for _, done in trimmed(said, alone=False)[0]] == [Act.REACTION, Act.STATEMENT]


def test_a_cheer_fills_no_slot_and_is_no_fact() -> None:
    told = extracted("I work at the library in Graz. Keep it up, you're doing great!")
    assert [one.slot for one in told] == ["work"]


def test_an_episode_keeps_the_question_that_is_answered_unless_it_says_nothing() -> None:
    answer = "The fog up there was thick, and the hut had closed early because of a great storm."
    asked = "That's great! Any luck? How was the trip to the alpine hut?"
    assert [one.text for one in extracted(asked, answer)] == [
        answer,
        "Mara: How was the trip to the alpine hut?",
    ]
    assert [one.text for one in extracted("That's great! What about you?", answer)] == [answer]


def test_questions_to_an_assistant_are_all_kept() -> None:
    asked = "Which trains go to Ghent on Sunday? Which of them has a dining car?"
    turns = [
        Turn("e-0", "user", asked, said_at=0, captured_at=0),
        Turn("e-1", "assistant", "The IC 12 goes at nine.", said_at=1, captured_at=1),
    ]
    [told] = Rules().summarize(turns)
    assert told.text.splitlines()[0] == f"User: {asked}"
