"""One ranking for every engine: what holds of it whatever the memories and the question are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from contract.samples import NOW, record
from hypothesis import given
from hypothesis import strategies as st

from lamella.models import Record
from lamella.ports import Statistics
from lamella.ranking import Candidate, Question, rank

WORDS = ("hotel", "oslo", "sea", "room", "tea", "train")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12)
COSINES = st.none() | st.integers(-100, 100).map(lambda hundredths: hundredths / 100)
CANDIDATES = st.lists(
    st.tuples(TEXTS, COSINES, st.sampled_from([None, "Mara", "Tom"])), max_size=12
).map(
    lambda told: [
        Candidate(replace(record(n), words=tuple(words), speaker=speaker, said_at=NOW - n), cosine)
        for n, (words, cosine, speaker) in enumerate(told)
    ]
)
QUESTIONS = st.builds(
    Question,
    st.lists(st.sampled_from(WORDS), unique=True).map(tuple),
    st.sampled_from([frozenset(), frozenset({"mara"})]),
)
STATISTICS = st.builds(
    Statistics,
    st.integers(0, 50),
    st.integers(0, 500),
    st.dictionaries(st.sampled_from(WORDS), st.integers(0, 60)),
)


@given(CANDIDATES, QUESTIONS, STATISTICS)
def test_scores_evidence_and_parts_lie_between_0_and_1(
    candidates: list[Candidate], question: Question, statistics: Statistics
) -> None:
    ranked = rank(candidates, question, statistics)
    assert {one.record.id for one in ranked} == {one.record.id for one in candidates}
    for one in ranked:
        for number in (one.score, one.evidence, *one.parts.values()):
            assert 0.0 <= number <= 1.0 + 1e-9


@given(CANDIDATES, QUESTIONS, STATISTICS, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_does_not_matter(
    candidates: list[Candidate], question: Question, statistics: Statistics, random: object
) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank(shuffled, question, statistics) == rank(candidates, question, statistics)


@given(CANDIDATES, QUESTIONS, STATISTICS)
def test_best_first_and_of_equals_what_was_said_last(
    candidates: list[Candidate], question: Question, statistics: Statistics
) -> None:
    ranked = rank(candidates, question, statistics)
    order = [(-one.score, -one.record.said_at) for one in ranked]
    assert order == sorted(order)


@given(CANDIDATES, QUESTIONS, STATISTICS)
def test_evidence_is_absolute_what_else_was_found_does_not_change_it(
    candidates: list[Candidate], question: Question, statistics: Statistics
) -> None:
    together = {one.record.id: one.evidence for one in rank(candidates, question, statistics)}
    for candidate in candidates:
        [alone] = rank([candidate], question, statistics)
        assert alone.evidence == pytest.approx(together[candidate.record.id])


@given(CANDIDATES, QUESTIONS, st.dictionaries(st.text(min_size=1), st.integers(0, 9)))
def test_words_that_were_not_asked_for_do_not_weigh(
    candidates: list[Candidate], question: Question, others: dict[str, int]
) -> None:
    plain = Statistics(10, 80, {"hotel": 3, "sea": 1})
    more = replace(plain, frequency={**others, **plain.frequency})
    kept = {w: n for w, n in more.frequency.items() if w in question.words}
    assert rank(candidates, question, more) == rank(
        candidates, question, replace(plain, frequency=kept)
    )


def only(text: str, cosine: float | None = None, speaker: str | None = None) -> Record:
    return replace(record(len(text)), words=tuple(text.split()), speaker=speaker, text=text)


def best(question: Question, *candidates: Candidate) -> str:
    return rank(candidates, question, Statistics(10, 60, {"hotel": 8, "sea": 1}))[0].record.text


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    question = Question(("hotel", "sea"))
    assert best(
        question, Candidate(only("hotel room"), None), Candidate(only("sea view"), None)
    ) == ("sea view")


def test_the_nearer_vector_wins_where_words_say_nothing() -> None:
    near, far = Candidate(only("one two three"), 0.7), Candidate(only("four five six"), 0.4)
    assert best(Question(("hotel",)), far, near) == "one two three"


def test_a_named_speaker_wins_among_equals() -> None:
    told = [Candidate(only(f"sea view {who}", speaker=who), None) for who in ("Tom", "Mara")]
    assert best(Question(("sea",), frozenset({"mara"})), *told) == "sea view Mara"


def test_people_come_before_their_assistant_unless_its_answer_is_looked_back_at() -> None:
    told = [Candidate(only(text), None) for text in ("Assistant: sea view", "sea view, please")]
    assert best(Question(("sea",)), *told) == "sea view, please"
    assert best(Question(("sea",), after_answers=True), *told) == "Assistant: sea view"
