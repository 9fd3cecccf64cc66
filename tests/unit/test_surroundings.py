"""What was said around a memory speaks for it, as far as it was found too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contract.samples import record
from hypothesis import given
from hypothesis import strategies as st

from lamella.surroundings import Turn, around, best_beside, best_of_session, session_of, turns

EVIDENCE = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=3),
        st.none() | st.tuples(st.just("u:ann"), st.sampled_from("st")),
        st.floats(0, 1),
    ),
    max_size=12,
)


def test_a_memorys_turns_are_those_it_came_from() -> None:
    told = replace(record(1), owner="u:ann", sources=("01EV-7", "01EV-6"), session_id="trip")
    assert turns(told, told.sources) == (("01EV", 7), ("01EV", 6))
    assert turns(replace(told, id="01EV-8", sources=()), ()) == (("01EV", 8),)


def test_a_memorys_session_is_the_one_it_names_or_the_call_it_came_from() -> None:
    told = replace(record(1), owner="u:ann", session_id="trip")
    assert session_of(told, (("01EV", 7),)) == ("u:ann", "trip")
    assert session_of(replace(told, session_id=None), (("01EV", 7),)) == ("u:ann", "01EV")


@pytest.mark.parametrize("sources", [(), ("imported",), ("e-x",), ("-1",)])
def test_what_nobody_said_in_a_turn_has_no_place(sources: tuple[str, ...]) -> None:
    told = replace(record(1), sources=sources)
    assert turns(told, sources) == ()
    assert session_of(told, ()) is None


def test_turns_up_to_two_away_speak_for_a_memory_the_nearer_the_more() -> None:
    places = [[("e", 4)], [("e", 5)], [("e", 6)], [("e", 9)], [("f", 5)]]
    near = around(places, [0.0, 0.6, 0.0, 0.0, 0.0])
    assert near == [pytest.approx(0.2), 0.0, pytest.approx(0.2), 0.0, 0.0]
    assert around([[("e", 3)], [("e", 5)]], [0.0, 0.6])[0] == pytest.approx(0.1)


def test_of_a_memory_of_many_turns_the_first_is_its_place() -> None:
    assert around([[("e", 1), ("e", 5)], [("e", 6)]], [0.0, 0.6]) == [0.0, 0.0]


def test_what_stands_alone_has_only_its_own_evidence() -> None:
    assert around([[], [("e", 1)]], [0.4, 0.5]) == [0.4, 0.0]
    assert best_of_session([None, ("u:ann", "trip"), None], [0.4, 0.5, 0.9]) == [0.4, 0.5, 0.9]


def test_a_session_is_as_good_as_its_best() -> None:
    trip, work = ("u:ann", "trip"), ("u:ann", "work")
    assert best_of_session([trip, trip, work], [0.2, 0.7, 0.3]) == [0.7, 0.7, 0.3]


def test_an_answer_is_admitted_by_the_question_right_before_it() -> None:
    told: list[list[Turn]] = [[("e", 1)], [("e", 2)], [("e", 4)], []]
    assert best_beside(told, [0.8, 0.0, 0.0, 0.1]) == [0.8, 0.8, 0.0, 0.1]


def test_an_episode_speaks_for_what_was_said_between_its_lines() -> None:
    told: list[list[Turn]] = [[("e", 1), ("e", 5)], [("e", 4)], [("e", 8)]]
    assert best_beside(told, [0.8, 0.0, 0.0]) == [0.8, 0.8, 0.0]


@given(EVIDENCE)
def test_what_surrounds_lies_between_0_and_1_and_never_takes_away(
    told: list[tuple[list[Turn], tuple[str, str] | None, float]],
) -> None:
    places, sessions = [where for where, _, _ in told], [session for _, session, _ in told]
    evidence = [own for _, _, own in told]
    assert all(0 <= near <= 1 + 1e-9 for near in around(places, evidence))
    for better in (best_beside(places, evidence), best_of_session(sessions, evidence)):
        assert all(own <= best for own, best in zip(evidence, better, strict=True))
