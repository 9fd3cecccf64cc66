"""Which ranked memories are answered: seats for layers and for what nobody has placed yet."""

from __future__ import annotations

from dataclasses import replace

from contract.samples import record
from hypothesis import given
from hypothesis import strategies as st

from lamella.ranking import Ranked
from lamella.scopes import PRESENTATION, Layer
from lamella.selection import SEATS, UNPLACED_SEATS, best_of_each, presented, select


def ranked(number: int, layer: str, score: float, evidence: float) -> Ranked:
    return Ranked(replace(record(number), layer=layer), score, evidence, {})


SCORES = st.integers(0, 100).map(lambda hundredths: hundredths / 100)
RANKED = st.lists(st.tuples(st.sampled_from(list(Layer)), SCORES, SCORES), max_size=40).map(
    lambda told: sorted(
        (ranked(n, layer, score, seen) for n, (layer, score, seen) in enumerate(told)),
        key=lambda one: -one.score,
    )
)
TURNS = st.integers(0, 25)


def unplaced_of(all_of_them: list[Ranked], count: int) -> list[str]:
    turns = [one.record.id for one in all_of_them if one.record.layer == Layer.CONVERSATION]
    return turns[:count]


@given(RANKED, SCORES, st.integers(1, 12), TURNS, st.booleans())
def test_what_is_chosen_was_ranked_passed_or_has_a_seat_and_is_sorted(
    given_: list[Ranked], threshold: float, top_k: int, turns: int, strict: bool
) -> None:
    unplaced = unplaced_of(given_, turns)
    chosen = select(given_, threshold, top_k, unplaced, strict)
    ids = [one.record.id for one in chosen]
    assert len(set(ids)) == len(ids)
    assert [one.score for one in chosen] == sorted((one.score for one in chosen), reverse=True)
    assert all(one.evidence >= threshold or one.record.id in unplaced for one in chosen)
    assert len(chosen) <= (top_k if strict else top_k + UNPLACED_SEATS)


@given(RANKED, SCORES, st.integers(1, 12), TURNS)
def test_the_newest_unplaced_turns_always_have_their_seats(
    given_: list[Ranked], threshold: float, top_k: int, turns: int
) -> None:
    unplaced = unplaced_of(given_, turns)
    ids = {one.record.id for one in select(given_, threshold, top_k, unplaced, strict=False)}
    assert set(unplaced[:UNPLACED_SEATS]) <= ids
    strict = {one.record.id for one in select(given_, threshold, top_k, unplaced, strict=True)}
    assert set(unplaced[: min(UNPLACED_SEATS, -(-top_k // 2))]) <= strict


@given(RANKED, SCORES, SCORES, st.integers(1, 12))
def test_a_higher_threshold_lets_no_more_through(
    given_: list[Ranked], one: float, other: float, top_k: int
) -> None:
    low, high = sorted((one, other))
    assert len(select(given_, high, top_k, [], False)) <= len(select(given_, low, top_k, [], False))


@given(RANKED, st.integers(8, 12))
def test_every_layer_that_has_something_keeps_its_seats(given_: list[Ranked], top_k: int) -> None:
    chosen = select(given_, 0.0, top_k, [], strict=False)
    for layer in PRESENTATION:
        there = sum(one.record.layer == layer for one in given_)
        seated = sum(one.record.layer == layer for one in chosen)
        assert seated >= min(there, SEATS)
    assert len(chosen) == min(len(given_), top_k)


@given(RANKED)
def test_layers_are_presented_in_their_order_each_best_first(given_: list[Ranked]) -> None:
    shown = presented(given_, by_layer=True)
    places = [PRESENTATION.index(Layer(one.record.layer)) for one in shown]
    assert places == sorted(places)
    for layer in Layer:
        scores = [one.score for one in shown if one.record.layer == layer]
        assert scores == sorted(scores, reverse=True)
    assert presented(given_, by_layer=False) == given_


def test_a_memory_of_many_lines_stands_where_its_best_one_does() -> None:
    told = [(1, 0.9), (2, 0.5), (3, 0.4), (1, 0.1)]
    lines = [ranked(number, Layer.USER, score, 1.0) for number, score in told]
    assert best_of_each(lines) == lines[:3]
