"""An episode's lines stand one by one, and a fact finds its place among them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contract.samples import record

from lamella.lines import worded
from lamella.models import Record
from lamella.passages import APART, opened
from lamella.ranking import Candidate
from lamella.scopes import Kind

EPISODE = "Ines: Hey, guess what? I started pottery.\nPaul: Where?\nInes: In Porto: near the river."


def episode(text: str = EPISODE) -> Record:
    told = record(1, text)
    return replace(told, kind=Kind.EPISODIC.value, speaker=None, sources=("e-0", "e-1", "e-2"))


def fact(text: str, source: str) -> Record:
    return replace(record(2, text), speaker="Ines", sources=(source,))


def lines(candidates: list[Candidate]) -> list[Candidate]:
    return opened(candidates, "tokenizer")


def test_lines_keep_their_speaker_and_the_episodes_id_and_likeness() -> None:
    found = lines([Candidate(episode(), 0.7)])
    assert [one.told.speaker for one in found] == ["Ines", "Paul", "Ines"]
    assert found[2].told.text == "In Porto: near the river."
    assert {one.record.id for one in found} == {episode().id}
    assert [one.cosine for one in found] == [pytest.approx(0.7 - APART)] * 3


def test_a_line_quotes_its_own_turn() -> None:
    found = lines([Candidate(episode(), 0.7)])
    assert [one.told.sources for one in found] == [("e-0",), ("e-1",), ("e-2",)]


def test_lines_that_quote_no_single_turn_keep_all_that_the_episode_tells() -> None:
    retold = replace(episode("Ines: I started pottery.\nPaul: Where?"), sources=("e-0",))
    assert [one.told.sources for one in lines([Candidate(retold, 0.7)])] == [("e-0",)] * 2


def test_a_fact_takes_the_line_that_says_it() -> None:
    known = fact("I started pottery.", "e-0")
    first, *others = lines([Candidate(episode(), 0.7), Candidate(known, 0.9)])
    assert (first.record.id, first.cosine) == (known.id, 0.9)
    assert first.told.text == "Hey, guess what? I started pottery."
    assert len(others) == 2


def test_a_fact_of_another_turn_or_in_other_words_stands_apart() -> None:
    for known in (fact("I started pottery.", "x-0"), fact("Ines moved to Porto.", "e-2")):
        found = lines([Candidate(episode(), 0.7), Candidate(known, 0.9)])
        assert found[0] == Candidate(known, 0.9)
        assert len(found) == 4


def test_without_vectors_nothing_is_made_up() -> None:
    assert {one.cosine for one in lines([Candidate(episode(), None)])} == {None}


def test_an_episode_of_one_line_stays_whole() -> None:
    whole = Candidate(episode("Ines: I started pottery."), 0.7)
    assert lines([whole]) == [whole]


def test_what_one_turn_told_stands_together_in_its_order_under_the_nearest() -> None:
    first = replace(fact("I love art.", "x-0"), id="a")
    second = replace(fact("I teach it in Porto.", "x-0"), id="b")
    [whole] = lines([Candidate(second, 0.8), Candidate(first, 0.5)])
    assert whole.told.text == "I love art. I teach it in Porto."
    assert list(whole.told.words) == [*first.words, *second.words]
    assert whole.line
    assert whole.line.memories == (second, first)
    assert (whole.record.id, whole.cosine) == ("b", 0.8)


def test_facts_of_two_turns_or_layers_stay_apart() -> None:
    one, two = replace(fact("I love art.", "x-0"), id="a"), replace(fact("I ski.", "x-1"), id="b")
    note = replace(one, id="c", layer="session")
    assert lines([Candidate(each, 0.5) for each in (one, two, note)]) == [
        Candidate(each, 0.5) for each in (one, two, note)
    ]


def test_the_words_and_tokens_that_were_kept_of_each_line_are_its_own() -> None:
    told = EPISODE
    words, breaks = worded(told)
    kept = replace(episode(), words=words, breaks=breaks, model="tokenizer", tokens=(9, 2, 6))
    bare = replace(kept, breaks=(), model="another")
    found, read = lines([Candidate(kept, 0.7)]), lines([Candidate(bare, 0.7)])
    assert [one.line.tokens for one in found if one.line] == [9, 2, 6]
    assert [one.line.tokens for one in read if one.line] == [None] * 3
    assert [list(one.told.words) for one in found] == [list(one.told.words) for one in read]
