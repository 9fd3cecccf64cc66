"""Asks LoCoMo's questions of anything that answers in text, and judges what can be read in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from benchmarks.judge import recalled
from benchmarks.locomo import Conversation

BUDGETS = (500, 1_000, 2_000)
"""Tokens of context, counted by the embedder's own tokenizer, whoever answers."""

Ask = Callable[[str, str, int], Sequence[str]]
"""The lines that answer a user's question within so many tokens."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Which evidence of a question was recalled at each budget."""

    conversation: str
    category: int
    evidence: tuple[str, ...]
    found: dict[int, list[str]] = field(default_factory=dict)

    def share(self, budget: int) -> float:
        """The share of its evidence that was recalled."""
        return len(self.found[budget]) / len(self.evidence)


def answered(ask: Ask, conversation: Conversation) -> list[Answered]:
    """Every question of the conversation, which is the user of its name, at every budget."""
    turns = conversation.turns
    answers = []
    for asked in conversation.questions:
        one = Answered(conversation.name, asked.category, asked.evidence)
        for budget in BUDGETS:
            lines = ask(conversation.name, asked.question, budget)
            one.found[budget] = [id for id in asked.evidence if recalled(turns[id].text, lines)]
        answers.append(one)
    return answers


def recall(answers: Sequence[Answered], budget: int) -> float:
    """The mean share of a question's evidence that was recalled, percent."""
    return 100 * fmean(one.share(budget) for one in answers)


def all_found(answers: Sequence[Answered], budget: int, category: int | None = None) -> float:
    """The percentage of questions (of one category) of which all evidence was recalled."""
    asked = [one for one in answers if category in (None, one.category)]
    return 100 * fmean(one.share(budget) == 1 for one in asked) if asked else 0.0


def spread(answers: Sequence[Answered], budget: int) -> tuple[float, float]:
    """The recall of the conversation that does worst, and of the one that does best."""
    each = [
        recall([one for one in answers if one.conversation == name], budget)
        for name in {one.conversation for one in answers}
    ]
    return min(each), max(each)
