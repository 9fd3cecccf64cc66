"""Long chats with an assistant can't rot silently: a floor under what a stranger's chat recalls."""

from __future__ import annotations

from pathlib import Path

import pytest

import benchmarks
from benchmarks.asking import Answered, all_found, recall
from benchmarks.locomo import load
from benchmarks.recall import CHOSEN, MULTI_HOP, Kept, measure

CHATS = Path(benchmarks.__file__).parent / "chats"


@pytest.fixture(scope="module")
def chat() -> tuple[list[Answered], Kept]:
    """What is answered about one of the chats, and what is kept of it."""
    rows, store = measure(load(CHATS / "mixed.json")[1], ablation=False)
    return rows[CHOSEN], store


def test_a_sixteenth_of_a_chat_answers_nine_questions_in_ten(
    chat: tuple[list[Answered], Kept],
) -> None:
    answers, store = chat
    assert store.raw_tokens > 15_000
    assert recall(answers, 500) >= 75
    assert recall(answers, 1_000) >= 88
    assert all_found(answers, 1_000, MULTI_HOP) >= 70


def test_less_is_stored_than_was_said(chat: tuple[list[Answered], Kept]) -> None:
    _, store = chat
    assert store.stored_tokens <= 0.82 * store.raw_tokens


@pytest.mark.parametrize("name", ["coding", "everyday", "mixed"])
def test_every_question_has_its_evidence_and_both_speak(name: str) -> None:
    for conversation in load(CHATS / f"{name}.json"):
        assert {turn.speaker for turn in conversation.turns.values()} == {"user", "assistant"}
        assert len(conversation.questions) >= 35
        assert all(asked.evidence for asked in conversation.questions)
