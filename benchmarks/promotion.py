"""Does promotion keep what is worth remembering, in fewer words than were said?

`python -m benchmarks.promotion --data locomo10.json [--misses]`

Each conversation of LoCoMo is one user's and goes through the whole pipeline session by session
(add, close, flush; extraction by rules). The data's authors noted for each session what is worth
remembering, and which turns say it: those turns are the labels. A labelled turn is reachable if it
can be read (see `judge`) out of the memories that came from it. A fact is right if a turn that it
came from is labelled.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import result, show
from benchmarks.judge import recalled
from benchmarks.locomo import Conversation, Said, load
from benchmarks.pipeline import Lamella, opened, remember
from benchmarks.small_talk import small_talk
from lamella.scopes import Kind

FACTS = (Kind.FACTUAL, Kind.SEMANTIC)


@dataclass(frozen=True, slots=True)
class Promoted:
    """What promotion made of a conversation."""

    name: str
    labelled: int
    lost: tuple[Said, ...]
    raw_tokens: int
    stored_tokens: int
    facts: int
    right: int
    small_talk: tuple[str, ...]

    @property
    def reached(self) -> int:
        """How many labelled turns can be read."""
        return self.labelled - len(self.lost)


def promoted(lamella: Lamella, conversation: Conversation) -> Promoted:
    """Tell it the conversation, and look at what it keeps."""
    told = remember(lamella, conversation)
    count = lamella.service.engines.embedder.count
    stored = lamella.stored(conversation.name)
    facts = [one for one in stored if one.kind in FACTS]
    names = frozenset(turn.speaker.casefold() for turn in told.values())
    labelled = [conversation.turns[id] for id in sorted(conversation.observed)]
    readable = _readable(lamella, conversation, told)
    return Promoted(
        name=conversation.name,
        labelled=len(labelled),
        lost=tuple(one for one in labelled if not recalled(one.text, readable.get(one.id, ()))),
        raw_tokens=_tokens(count, [f"{one.speaker}: {one.text}" for one in told.values()]),
        stored_tokens=_tokens(
            count, [f"{one.speaker}: {one.text}" if one.speaker else one.text for one in stored]
        ),
        facts=len(facts),
        right=sum(
            any(told[source].id in conversation.observed for source in one.sources) for one in facts
        ),
        small_talk=tuple(one.text for one in facts if small_talk(one.text, names)),
    )


def _readable(
    lamella: Lamella, conversation: Conversation, told: dict[str, Said]
) -> dict[str, list[str]]:
    """For each turn the memories that came from it, as they are shown, in the order of their ids.

    That is the order in which they were told, as `context` puts together what one turn told.
    """
    readable: dict[str, list[str]] = {}
    for one in sorted(lamella.listed(conversation.name), key=lambda one: str(one["id"])):
        for source in one["sources"]:
            readable.setdefault(told[source].id, []).append(one["memory"])
    return readable


def _tokens(count: Callable[[str], int], texts: Sequence[str]) -> int:
    return sum(map(count, texts))


def report(found: Sequence[Promoted]) -> None:
    """Print the table and the RESULT line."""
    total = Promoted(
        name="all",
        labelled=sum(one.labelled for one in found),
        lost=tuple(lost for one in found for lost in one.lost),
        raw_tokens=sum(one.raw_tokens for one in found),
        stored_tokens=sum(one.stored_tokens for one in found),
        facts=sum(one.facts for one in found),
        right=sum(one.right for one in found),
        small_talk=tuple(text for one in found for text in one.small_talk),
    )
    show(
        "What promotion keeps of LoCoMo (aims: reachable 90 %, stored 0.8, precision 0.7, none)",
        [
            "conversation",
            "labelled",
            "reachable %",
            "stored/raw",
            "facts",
            "precision",
            "small talk",
        ],
        [_row(one) for one in (*found, total)],
    )
    result(
        reachable=100 * total.reached / total.labelled,
        stored_share=total.stored_tokens / total.raw_tokens,
        fact_precision=total.right / max(total.facts, 1),
        small_talk_facts=len(total.small_talk),
    )


def _row(one: Promoted) -> list[object]:
    return [
        one.name,
        one.labelled,
        100 * one.reached / max(one.labelled, 1),
        one.stored_tokens / one.raw_tokens,
        one.facts,
        one.right / max(one.facts, 1),
        len(one.small_talk),
    ]


def main() -> None:
    """Print the table; with --misses, what was lost and what should not be there."""
    parser = argparse.ArgumentParser(description="What promotion keeps of LoCoMo.")
    parser.add_argument("--data", type=Path, required=True, help="LoCoMo's locomo10.json")
    parser.add_argument("--misses", action="store_true", help="print lost turns and small talk")
    asked = parser.parse_args()
    with opened() as lamella:
        found = [promoted(lamella, conversation) for conversation in load(asked.data)]
    if asked.misses:
        for one in found:
            print(*(f"lost {one.name} {said.id}: {said.text}" for said in one.lost), sep="\n")
            print(*(f"small talk {one.name}: {text}" for text in one.small_talk), sep="\n")
    report(found)


if __name__ == "__main__":
    main()
