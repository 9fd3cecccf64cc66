"""How much of what a question needs stands in the context that it gets?

`python -m benchmarks.recall --data locomo10.json [--ablation] [--mem0] [--json OUT]`
`python -m benchmarks.recall --data benchmarks/chats/*.json`: this project's own long chats with an
assistant, in the same form, by strangers to the code

Each conversation is one user's, goes through the whole pipeline session by session (add,
close, flush; extraction by rules, no model but the embedder), and is then asked its questions of
categories 1 to 4, verbatim. A turn of the evidence counts as recalled if it can be read out of the
text that `context` answers (see `judge`), inside the budget. `all` is the share of questions of
which every turn was recalled.

`--ablation` asks the same memories again with features left out, without the embedder, and of raw
turns kept verbatim. `--mem0` asks Mem0 OSS, told the same turns, with the same embedder and judge;
on OpenSearch too, where it can be started.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks import mem0_oss
from benchmarks.asking import BUDGETS, Answered, all_found, answered, recall, spread
from benchmarks.figures import result, show
from benchmarks.judge import recalled
from benchmarks.locomo import CATEGORIES, Conversation, load
from benchmarks.pipeline import Lamella, opened, remember, remember_verbatim
from benchmarks.variants import Variants, through_the_client, weightings
from lamella.weights import Weights

CHOSEN, AWAY, RAW = "lamella", "no embedder (degraded)", "raw turns, not promoted"
SHORT = {
    AWAY: "degraded",
    RAW: "raw",
    "dense only": "dense",
    "keywords only": "keywords",
    "fusion": "fusion",
    mem0_oss.QDRANT: "mem0",
    mem0_oss.OPENSEARCH: "mem0_opensearch",
}
"""Rows that have figures of their own in the RESULT line, and what they are called there."""

MULTI_HOP = 1
Rows = dict[str, list[Answered]]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is left of a conversation: evidence readable anywhere in the store, and its size."""

    evidence: int
    stored_tokens: int
    raw_tokens: int
    lost: list[str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Every row's answers, and what is kept of each conversation."""

    rows: Rows = field(default_factory=dict)
    stores: list[Kept] = field(default_factory=list)

    def add(self, rows: Rows) -> None:
        """Take up the answers of one more conversation."""
        for name, answers in rows.items():
            self.rows.setdefault(name, []).extend(answers)


def measure(conversation: Conversation, ablation: bool) -> tuple[Rows, Kept]:
    """One conversation in a Lamella of its own."""
    with opened() as lamella:
        remember(lamella, conversation)
        store = kept(lamella, conversation)
        rows = {CHOSEN: answered(through_the_client(lamella), conversation)}
        if ablation:
            rows |= _ablation(lamella, conversation)
    if ablation:
        with opened() as lamella:
            remember_verbatim(lamella, conversation)
            rows[RAW] = answered(Variants(lamella.service).asking(Weights()), conversation)
    return rows, store


def _ablation(lamella: Lamella, conversation: Conversation) -> Rows:
    variants = Variants(lamella.service)
    rows = {AWAY: answered(variants.asking(Weights(), embedder_away=True), conversation)}
    answered(variants.asking(Weights()), conversation)  # which features are there?
    for name, weights in weightings(list(variants.features)):
        rows[name] = answered(variants.asking(weights), conversation)
    return rows


def kept(lamella: Lamella, conversation: Conversation) -> Kept:
    """How much of the evidence is stored at all, and in how many tokens."""
    count = lamella.service.engines.embedder.count
    shown = [
        f"{one['speaker']}: {one['memory']}" if one["speaker"] else str(one["memory"])
        for one in lamella.listed(conversation.name)
    ]
    stored = [
        f"{one.speaker}: {one.text}" if one.speaker else one.text
        for one in lamella.stored(conversation.name)
    ]
    turns = conversation.turns
    evidence = {id for asked in conversation.questions for id in asked.evidence}
    return Kept(
        evidence=len(evidence),
        stored_tokens=sum(map(count, stored)),
        raw_tokens=sum(count(f"{turn.speaker}: {turn.text}") for turn in turns.values()),
        lost=sorted(id for id in evidence if not recalled(turns[id].text, shown)),
    )


def run(conversations: Sequence[Conversation], ablation: bool, mem0: bool) -> Measured:
    """All conversations, side by side on this machine's processors; then Mem0."""
    measured = Measured()
    for rows, store in _side_by_side(partial(measure, ablation=ablation), conversations):
        measured.add(rows)
        measured.stores.append(store)
    for name, store_config in mem0_oss.stores() if mem0 else ():
        with mem0_oss.running(store_config) as peer:
            for conversation in conversations:
                peer.remember(conversation)
            for conversation in conversations:
                measured.add({name: answered(peer.ask, conversation)})
    return measured


def _side_by_side(
    step: Callable[[Conversation], tuple[Rows, Kept]], conversations: Sequence[Conversation]
) -> Iterator[tuple[Rows, Kept]]:
    workers = min(len(conversations), os.cpu_count() or 1)
    if workers == 1:
        yield from map(step, conversations)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(step, conversations)


def report(measured: Measured) -> None:
    """Print the tables and the RESULT line."""
    chosen, stores = measured.rows[CHOSEN], measured.stores
    _by_category(chosen)
    if len(measured.rows) > 1:
        _by_row(measured.rows)
    low, high = spread(chosen, 1_000)
    evidence = sum(store.evidence for store in stores)
    survived = 100 * (1 - sum(len(store.lost) for store in stores) / evidence)
    stored = sum(store.stored_tokens for store in stores) / sum(s.raw_tokens for s in stores)
    print(
        f"Recall at 1,000 tokens by conversation: {low:.1f} to {high:.1f} %; evidence readable "
        f"anywhere in the stored memories: {survived:.1f} %; stored tokens / raw tokens: "
        f"{stored:.2f}"
    )
    result(
        **{f"recall_{budget}": recall(chosen, budget) for budget in BUDGETS},
        multihop_all_1000=all_found(chosen, 1_000, MULTI_HOP),
        recall_1000_low=low,
        recall_1000_high=high,
        survived=survived,
        stored_share=stored,
        **dict(_short(measured.rows)),
    )


def _by_category(answers: Sequence[Answered]) -> None:
    groups = {name: [a for a in answers if a.category == n] for n, name in CATEGORIES.items()}
    groups = {name: group for name, group in groups.items() if group} | {"all": list(answers)}
    columns = ["questions", "count"]
    for budget in BUDGETS:
        columns += [f"recall {budget:,}", "all"]
    rows = [
        [name, len(group)]
        + [figure(group, budget) for budget in BUDGETS for figure in (recall, all_found)]
        for name, group in groups.items()
    ]
    show("Evidence recalled in a context of so many tokens, percent", columns, rows)


def _by_row(rows: Rows) -> None:
    columns = ["retrieval", *(f"recall {budget:,}" for budget in BUDGETS)]
    columns += ["lowest 1,000", "highest", "multi-hop all"]
    told: list[list[object]] = [
        [
            name,
            *(recall(answers, budget) for budget in BUDGETS),
            *spread(answers, 1_000),
            all_found(answers, 1_000, MULTI_HOP),
        ]
        for name, answers in rows.items()
    ]
    title = "Judge, budgets and embedder are the same; lowest and highest are conversations"
    show(title, columns, told)


def _short(rows: Rows) -> Iterator[tuple[str, float]]:
    for name, short in SHORT.items():
        if name in rows:
            yield from ((f"{short}_{budget}", recall(rows[name], budget)) for budget in BUDGETS)


def main() -> None:
    """Print the tables; with --json, write which turns were found for which question."""
    parser = argparse.ArgumentParser(description="Evidence recall.")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="LoCoMo's form")
    parser.add_argument("--ablation", action="store_true", help="with features left out, too")
    parser.add_argument("--mem0", action="store_true", help="Mem0 OSS, too (make bench-recall)")
    parser.add_argument("--json", type=Path, help="where to write every question's result")
    asked = parser.parse_args()
    conversations = [one for path in asked.data for one in load(path)]
    measured = run(conversations, asked.ablation, asked.mem0)
    report(measured)
    if asked.json is not None:
        told: dict[str, Any] = {"questions": list(map(asdict, measured.rows[CHOSEN]))}
        asked.json.write_text(json.dumps(told | {"stores": list(map(asdict, measured.stores))}))


if __name__ == "__main__":
    main()
