"""What was said around a memory speaks for it, as far as it was found too."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contract.samples import record
from hypothesis import given
from hypothesis import strategies as st

from lamella.surroundings import Place, around, best_beside, best_of_session, place

PLACES = st.lists(
    st.none() | st.builds(Place, st.just(("u:ann", "s")), st.sampled_from("ab"), st.integers(0, 9)),
    max_size=12,
)


def at(turn: int, session: str = "trip", event: str = "e") -> Place:
    return Place(("u:ann", session), event, turn)


def test_a_memorys_place_is_that_of_its_first_turn() -> None:
    told = replace(record(1), sources=("01EV-7", "01EV-6"), session_id="trip")
    assert place(told) == Place(("u:ann", "trip"), "01EV", 7)
    assert place(replace(told, session_id=None)) == Place(("u:ann", "01EV"), "01EV", 7)
    assert place(replace(told, id="01EV-8", sources=())) == Place(("u:ann", "trip"), "01EV", 8)


@pytest.mark.parametrize("sources", [(), ("imported",), ("e-x",), ("-1",)])
def test_what_nobody_said_in_a_turn_has_no_place(sources: tuple[str, ...]) -> None:
    assert place(replace(record(1), sources=sources)) is None


def test_turns_up_to_two_away_speak_for_a_memory_the_nearer_the_more() -> None:
    places = [at(4), at(5), at(6), at(9), at(5, event="f")]
    near = around(places, [0.0, 0.6, 0.0, 0.0, 0.0])
    assert near == [pytest.approx(0.2), 0.0, pytest.approx(0.2), 0.0, 0.0]
    assert around([at(3), at(5)], [0.0, 0.6])[0] == pytest.approx(0.1)


def test_what_stands_alone_has_only_its_own_evidence() -> None:
    assert around([None, at(1)], [0.4, 0.5]) == [0.4, 0.0]
    assert best_of_session([None, at(1)], [0.4, 0.5]) == [0.4, 0.5]


def test_a_session_is_as_good_as_its_best() -> None:
    places = [at(1), at(8, event="f"), at(1, session="work")]
    assert best_of_session(places, [0.2, 0.7, 0.3]) == [0.7, 0.7, 0.3]


def test_an_answer_is_admitted_by_the_question_right_before_it() -> None:
    told = [(at(1),), (at(2),), (at(4),), ()]
    assert best_beside(told, [0.8, 0.0, 0.0, 0.1]) == [0.8, 0.8, 0.0, 0.1]


def test_an_episode_speaks_for_what_was_said_between_its_lines() -> None:
    told = [(at(1), at(5)), (at(4),), (at(8),)]
    assert best_beside(told, [0.8, 0.0, 0.0]) == [0.8, 0.8, 0.0]


@given(PLACES, st.data())
def test_what_surrounds_lies_between_0_and_1_and_never_takes_away(
    places: list[Place | None], data: st.DataObject
) -> None:
    number = st.floats(0, 1)
    evidence = data.draw(st.lists(number, min_size=len(places), max_size=len(places)))
    assert all(0 <= near <= 1 + 1e-9 for near in around(places, evidence))
    held = [() if where is None else (where,) for where in places]
    for better in (best_beside(held, evidence), best_of_session(places, evidence)):
        assert all(own <= best for own, best in zip(evidence, better, strict=True))
