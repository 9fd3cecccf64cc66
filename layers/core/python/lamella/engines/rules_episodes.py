"""Episodes: what was said in a session beside its facts, as excerpts of who said what, in order.

What a lasting fact says is left to the fact: each sentence is stored once, and one that is
superseded or deleted can't come back through an episode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from lamella.engines.rules_answers import shortened, without_markup
from lamella.engines.rules_speech import Act, acts
from lamella.engines.rules_trimming import trimmed
from lamella.models import Fact, Role, Turn
from lamella.scopes import Kind
from lamella.text import length, names, sentences

LONGEST = 60
"""Words an episode aims at, at most: an exchange or two. Of 150, one vector speaks for too much."""

LONGEST_LINE = 150
"""Words of one turn that stay together in any case."""

LONGEST_ASIDE = 4
"""Words of a question that is too short to explain its answer, such as "What about you?"."""


class _Line(NamedTuple):
    turn: Turn
    text: str
    length: int


def episodes(turns: Sequence[Turn], people: frozenset[str], facts: Sequence[Fact]) -> list[Fact]:
    """The session's episodes of some 30 to 60 words; none if it held only facts and small talk.

    `facts` are those of `turns`; what passes with the session is none of a memory's, so that an
    episode tells it.
    """
    told = _told(facts)
    lines = [part for line in _lines(turns, people, told) for part in _parts(line)]
    total = sum(line.length for line in lines)
    share = total / max(1, -(-total // LONGEST))
    found: list[list[_Line]] = [[]]
    done = 0.0
    for line in lines:
        if found[-1] and done + line.length / 2 > share * len(found):
            found.append([])
        found[-1].append(line)
        done += line.length
    return [_episode(group) for group in found if group]


def _episode(lines: Sequence[_Line]) -> Fact:
    text = "\n".join(f"{_speaker(line.turn)}: {line.text}" for line in lines)
    return Fact(
        text=text,
        kind=Kind.EPISODIC,
        sources=tuple(dict.fromkeys(line.turn.id for line in lines)),
        said_at=lines[0].turn.said_at,
        entities=names("\n".join(line.text for line in lines)),
    )


def _speaker(turn: Turn) -> str:
    return turn.name or turn.role.capitalize()


def _told(facts: Sequence[Fact]) -> dict[str, str]:
    """What lasting facts say of each turn."""
    told: dict[str, str] = {}
    for fact in facts:
        if fact.durable:
            for source in fact.sources:
                told[source] = f"{told.get(source, '')} {fact.text}"
    return told


def _lines(
    turns: Sequence[Turn], people: frozenset[str], told: Mapping[str, str]
) -> Iterator[_Line]:
    kept = [(turn, _excerpt(turn, people, told.get(turn.id, ""))) for turn in turns]
    for at, (turn, (text, states)) in enumerate(kept):
        following = kept[at + 1][0] if at + 1 < len(kept) else None
        answered = following is not None and (kept[at + 1][1][1] or following.id in told)
        if text and (states or (answered and length(text) > LONGEST_ASIDE)):
            yield _Line(turn, text, length(text))


def _excerpt(turn: Turn, people: frozenset[str], told: str) -> tuple[str, bool]:
    """The turn without courtesies and what is `told` of it, and whether it states anything."""
    if turn.fleeting or turn.role not in (Role.USER, Role.ASSISTANT):
        return "", False
    answers = turn.role == Role.ASSISTANT
    text = without_markup(turn.text) if answers else turn.text
    told = without_markup(told) if answers else told
    said = [act for act in acts(text, people) if act[0] not in told]
    states = any(done is Act.STATEMENT for _, done in said)
    alone = turn.name is None
    if states and answers:
        kept = shortened(said)
    elif states:
        kept = [sentence for sentence, _ in trimmed(said, alone)[0]]
    else:
        asked = [sentence for sentence, done in said if done is Act.QUESTION]
        kept = asked if alone else asked[-1:]
    return " ".join(kept), states


def _parts(line: _Line) -> Iterator[_Line]:
    """The line whole, or cut between sentences where it is very long."""
    if line.length <= LONGEST_LINE:
        yield line
        return
    part: list[str] = []
    for sentence in sentences(line.text):
        if part and length(" ".join([*part, sentence])) > LONGEST_LINE:
            yield _Line(line.turn, " ".join(part), length(" ".join(part)))
            part = []
        part.append(sentence)
    yield _Line(line.turn, " ".join(part), length(" ".join(part)))
