"""How much of what a question needs stands in the context that it gets?

`python -m benchmarks.recall --data locomo10.json [--json OUT]`

Each conversation of LoCoMo is one user's, goes through the whole pipeline session by session (add,
close, flush; extraction by rules, no model but the embedder), and is then asked its questions of
categories 1 to 4, verbatim. A turn of the evidence counts as recalled if it can be read out of the
text that `context` answers (see `judge`), inside the budget. `all` is the share of questions of
which every turn was recalled.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import result, show
from benchmarks.judge import recalled
from benchmarks.locomo import CATEGORIES, Conversation, load
from lamella import Memory
from lamella.engines.onnx import Onnx
from lamella.local.model import model_folder

BUDGETS = (500, 1_000, 2_000)
TOKENS_A_HIT = 10
"""Fewer than any line costs: so many hits are asked for that the budget is the only limit."""

PAGE = 200


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


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a conversation: evidence readable anywhere in the store, and its size."""

    evidence: int
    surviving: int
    stored_tokens: int
    raw_tokens: int
    lost: list[str]


def remember(memory: Memory, conversation: Conversation) -> None:
    """Feed the conversation, one call a session."""
    user = conversation.name
    for session in conversation.sessions:
        messages = [
            {"role": "user", "name": turn.speaker, "content": turn.text} for turn in session.turns
        ]
        memory.add(messages, user_id=user, session_id=session.name, timestamp=session.date)
        memory.close(session.name, user_id=user)
        memory.flush(user_id=user)


def ask(memory: Memory, conversation: Conversation) -> list[Answered]:
    """Every question at every budget."""
    turns = conversation.turns
    answers = []
    for asked in conversation.questions:
        answered = Answered(conversation.name, asked.category, asked.evidence)
        for budget in BUDGETS:
            block = memory.context(
                asked.question,
                tokens=budget,
                user_id=conversation.name,
                top_k=budget // TOKENS_A_HIT,
            )
            if block["tokens"] > budget:
                raise AssertionError(f"{block['tokens']} tokens in a context of {budget}")
            lines = block["context"].splitlines()
            answered.found[budget] = [
                id for id in asked.evidence if recalled(turns[id].text, lines)
            ]
        answers.append(answered)
    return answers


def kept(memory: Memory, conversation: Conversation, embedder: Onnx) -> Kept:
    """How much of the evidence is stored at all, and in how many tokens."""
    texts = [f"{one['speaker']}: {one['memory']}" for one in _stored(memory, conversation.name)]
    turns = conversation.turns
    evidence = {id for asked in conversation.questions for id in asked.evidence}
    lost = sorted(id for id in evidence if not recalled(turns[id].text, texts))
    return Kept(
        evidence=len(evidence),
        surviving=len(evidence) - len(lost),
        stored_tokens=sum(map(embedder.count, texts)),
        raw_tokens=sum(embedder.count(f"{turn.speaker}: {turn.text}") for turn in turns.values()),
        lost=lost,
    )


def _stored(memory: Memory, user: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = memory.get_all(user_id=user, page_size=PAGE, cursor=cursor)
        found += page["results"]
        cursor = page.get("cursor")
        if cursor is None:
            return found


def run(conversations: Sequence[Conversation]) -> tuple[list[Answered], list[Kept]]:
    """Remember, measure what is kept, ask."""
    answers: list[Answered] = []
    stores: list[Kept] = []
    embedder = Onnx(model_folder(""))
    with TemporaryDirectory(prefix="lamella-bench-") as folder, Memory(data=folder) as memory:
        for conversation in conversations:
            remember(memory, conversation)
        for conversation in conversations:
            stores.append(kept(memory, conversation, embedder))
            answers += ask(memory, conversation)
    return answers, stores


def report(answers: Sequence[Answered], stores: Sequence[Kept]) -> None:
    """Print the table and the RESULT line."""
    groups = {name: [a for a in answers if a.category == n] for n, name in CATEGORIES.items()}
    groups = {name: group for name, group in groups.items() if group} | {"all": list(answers)}
    columns = ["questions", "count"]
    for budget in BUDGETS:
        columns += [f"recall {budget:,}", "all"]
    rows = [[name, str(len(group)), *_figures(group)] for name, group in groups.items()]
    show("Evidence recalled in a context of so many tokens, percent", columns, rows)
    survived = 100 * _total(stores, "surviving") / _total(stores, "evidence")
    stored = _total(stores, "stored_tokens") / _total(stores, "raw_tokens")
    print(
        f"Evidence readable anywhere in the stored memories: {survived:.1f} %; "
        f"stored tokens / raw tokens: {stored:.2f}"
    )
    multihop = groups.get(CATEGORIES[1], [])
    result(
        **{f"recall_{budget}": 100 * fmean(a.share(budget) for a in answers) for budget in BUDGETS},
        multihop_all_1000=_all(multihop, 1_000) if multihop else 0.0,
        survived=survived,
        stored_share=stored,
    )


def _figures(group: Sequence[Answered]) -> list[float]:
    return [
        figure
        for budget in BUDGETS
        for figure in (100 * fmean(a.share(budget) for a in group), _all(group, budget))
    ]


def _all(group: Sequence[Answered], budget: int) -> float:
    return 100 * fmean(a.share(budget) == 1 for a in group)


def _total(stores: Sequence[Kept], name: str) -> int:
    return sum(getattr(store, name) for store in stores)


def main() -> None:
    """Print the table; with --json, write which turns were found for which question."""
    parser = argparse.ArgumentParser(description="Evidence recall on LoCoMo.")
    parser.add_argument("--data", type=Path, required=True, help="LoCoMo's locomo10.json")
    parser.add_argument("--json", type=Path, help="where to write every question's result")
    asked = parser.parse_args()
    answers, stores = run(load(asked.data))
    report(answers, stores)
    if asked.json is not None:
        told = {"questions": list(map(asdict, answers)), "stores": list(map(asdict, stores))}
        asked.json.write_text(json.dumps(told))


if __name__ == "__main__":
    main()
