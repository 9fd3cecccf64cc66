"""A question that looks back at an answer is after the assistant's words; any other isn't."""

from __future__ import annotations

import pytest

from lamella.whose import after_answers


@pytest.mark.parametrize(
    "question",
    [
        "Which hotel did you suggest in Ghent?",
        "What was the sauce you told me about?",
        "Remind me of the order of the steps.",
        "What was your advice on the boiler?",
        "Which library had you recommended for dates?",
        "What did the assistant say about the visa?",
        "Welches Hotel hast du mir empfohlen?",
        "¿Qué hotel me recomendaste en Gante?",
    ],
)
def test_what_was_answered_is_looked_back_at(question: str) -> None:
    assert after_answers(question)


@pytest.mark.parametrize(
    "question",
    [
        "Can you suggest a hotel in Ghent?",
        "Which hotel did I book in Ghent?",
        "What do you need to know about my diet?",
        "Do you know when my exam is?",
        "Wann fährt mein Zug?",
        "¿Dónde trabajo?",
    ],
)
def test_what_people_said_is_not(question: str) -> None:
    assert not after_answers(question)
