"""The extractor that needs no model: keeps people's own words, offline and deterministic.

A turn that states something becomes a fact in its speaker's words, without the courtesies
around it. A sentence that fills a slot is a fact of its own, so that superseding it does not
hide the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from lamella.engines.rules_episodes import episodes
from lamella.engines.rules_frames import is_frame
from lamella.engines.rules_lasting import hypothetical, of_the_moment, unquoted
from lamella.engines.rules_replies import (
    SHORT_REPLY,
    answers_yes_or_no,
    question_before,
    unclear,
)
from lamella.engines.rules_slots import Slot, kin_of, only_one, slot_of
from lamella.engines.rules_speech import Act, acts, personal
from lamella.engines.rules_trimming import Said, trimmed, without_edges
from lamella.engines.rules_worth import worth_keeping
from lamella.guidance import NOTHING_ASKED, Guidance
from lamella.models import Fact, Role, Turn
from lamella.regex import regex
from lamella.scopes import Kind
from lamella.text import length, names, sentences

_COMMITMENT = regex(
    r"(?i)\bI(?:'ve| have)?(?: just| now| already| also| successfully)? (?:booked|reserved|sent"
    r"|created|scheduled|ordered|cancell?ed|updated|saved|set up|added|made|arranged|confirmed"
    r"|paid|refunded|submitted|deployed|fixed|completed|finished|moved|rescheduled|registered"
    r"|purchased)\b|\bI(?:'ll| will) (?:send|remind|book|follow up|call|email|notify|schedule"
    r"|order|reserve)\b|\byour (?:\w+ ){0,2}(?:reservation|booking|confirmation|order|ticket"
    r"|tracking|case|reference|appointment|flight|room|table|seat)\b.{0,40}?\b(?:is|are|has been"
    r"|have been|was)\b|\b(?:is|are|has been|have been) (?:now )?(?:booked|confirmed|scheduled"
    r"|reserved|cancell?ed)\b|\bich habe\b.{1,60}\b(?:gebucht|reserviert|bestellt|storniert"
    r"|geschickt|gespeichert)\b|\bhe (?:reservado|enviado|pedido|cancelado|guardado|programado)\b"
)
_CLAUSE = regex(
    r",?\s+(?:and|but|und|aber|y|pero)\s+(?=(?:now |today )?(?:I\b|I'|my\b|ich\b|mein|me\b|vivo\b))"
    r"|,\s+(?=I\b|I'|we\b|my\b)"
)
_ABOUT_OTHERS = regex(
    r",?\s+(?:and|but)\s+(?=(?:he|she|they|[A-Z]\w+) (?:is|are|was|were|has|have|had|lives?|works?"
    r"|likes?|loves?|hates?|prefers?|needs?|wants?|can|can't|does|doesn't|do|don't|moved|got)\b)"
)
_SECRET_REMOVED = regex(r"\[[\w -]+ removed\]")
_JOKE = regex(r"(?i)\b(?:kidding|joking|jk|nur spaß|scherz|es broma)\b")
_FOLLOWS = regex(r"(?i)^(?:it|it's|that|that's|this|they|they're|there|he|he's|she|she's)\b")
_CAPTION = regex(r"\[[^\]]+\]")
"""What a picture shows, behind what is said of it."""
_LONGEST_FACT = 150
_INTRODUCTION = 6


class Rules:
    """Extracts facts and episodes with rules alone."""

    name = "rules"

    def extract(
        self,
        turns: Sequence[Turn],
        earlier: Sequence[Turn] = (),
        org: str = "",
        guidance: Guidance = NOTHING_ASKED,
    ) -> list[Fact]:
        """Facts that `turns` state, in order; `earlier` only makes short replies readable."""
        people = _people([*earlier, *turns])
        before: Sequence[Turn | None] = [earlier[-1] if earlier else None, *turns[:-1]]
        pairs = zip(turns, before, strict=True) if turns else ()
        return list(chain.from_iterable(_facts(turn, last, people) for turn, last in pairs))

    def summarize(
        self, turns: Sequence[Turn], org: str = "", guidance: Guidance = NOTHING_ASKED
    ) -> list[Fact]:
        """What a finished session says beside its facts; nothing if that was only small talk."""
        return episodes(turns, _people(turns), self.extract(turns, org=org))


def _people(turns: Sequence[Turn]) -> frozenset[str]:
    """The names people may call each other by: first names, and short forms like "Mel"."""
    first = [turn.name.split()[0].casefold() for turn in turns if turn.name and turn.name.strip()]
    return frozenset(
        name[:end] for name in first for end in range(min(3, len(name)), len(name) + 1)
    )


def _facts(turn: Turn, before: Turn | None, people: frozenset[str]) -> Iterator[Fact]:
    if turn.fleeting or not turn.text.strip():
        return
    if turn.role == Role.ASSISTANT:
        yield from _commitments(turn)
    elif turn.role == Role.USER:
        yield from _statements(turn, before, people)


def _commitments(turn: Turn) -> Iterator[Fact]:
    told = [s for s in sentences(turn.text) if _COMMITMENT.search(s) and not s.endswith("?")]
    if told:
        text = " ".join(told)
        yield Fact(
            text=text,
            kind=Kind.FACTUAL,
            sources=(turn.id,),
            said_at=turn.said_at,
            speaker=turn.name,
            entities=names(text),
        )


def _statements(turn: Turn, before: Turn | None, people: frozenset[str]) -> Iterator[Fact]:
    said = [act for act in acts(turn.text, people) if not _SECRET_REMOVED.search(act[0])]
    question = question_before(turn, before)
    answer = bool(question and answers_yes_or_no(question, turn.text))
    if not answer and not any(done is Act.STATEMENT for _, done in said):
        return
    if not answer:
        said = without_edges(*trimmed(said, alone=turn.name is None))
    first = said[0][0]
    for unit in _units(said, _JOKE.search(turn.text) is not None, alone=turn.name is None):
        text, slot = unit.text, unit.slot
        if slot is None and unit.values and _lasts(text, turn.name is None):
            slot = Slot(None, None, "", "", topics=unit.values)
        opens = text.startswith(first) or first.startswith(text)
        if question and opens and (answer or (unit.tells and unclear(text))):
            yield _fact(turn, f"{question} {text}", slot, also=before)
        elif slot or (unit.tells and (turn.name is None or _told_apart(text))):
            yield _fact(turn, text, slot)


def _told_apart(text: str) -> bool:
    """Whether it is a fact or note of its own although it fills no slot and others listen."""
    return bool(kin_of(text)) or of_the_moment(text, False) or worth_keeping(text)


class _Unit(NamedTuple):
    """What may become a fact of its own; only courtesies and reactions tell nothing."""

    text: str
    slot: Slot | None
    tells: bool
    values: tuple[str, ...] = ()


def _units(said: Sequence[Said], joking: bool, alone: bool) -> list[_Unit]:
    """Each sentence with a slot, and each run of others.

    What is told in several sentences stays whole but for its slots: what else it speaks of is not
    ended. What is asked of an assistant stays with what was told before it.
    """
    story = sum(done is not Act.COURTESY for _, done in said) > 1
    units: list[_Unit] = []
    for sentence, done in said:
        tells = done not in (Act.COURTESY, Act.REACTION)
        filled = _filled(sentence) if tells and not joking and not sentence.endswith("?") else []
        values = _values(filled) if len(said) <= 2 else ()
        filled = [] if story and not any(slot and slot.name for _, slot in filled) else filled
        last = units[-1] if units else None
        if filled:
            units += [_Unit(text, slot, True) for text, slot in filled]
        elif last and (_continues(sentence, last) or (alone and done is Act.QUESTION)):
            text = f"{last.text} {sentence}"
            units[-1] = _Unit(text, last.slot, last.tells or tells, last.values + values)
        else:
            units.append(_Unit(sentence, None, tells, values))
    return units


def _values(filled: Sequence[tuple[str, Slot | None]]) -> tuple[str, ...]:
    """The frames among what a sentence speaks of, where it is about the speaker's own."""
    told = [slot for _, slot in filled if slot and slot.who is None]
    return tuple(topic for slot in told for topic in slot.topics if is_frame(topic))


def _continues(sentence: str, last: _Unit) -> bool:
    if _CAPTION.fullmatch(sentence):
        return True
    if last.slot:
        return length(sentence) <= SHORT_REPLY and bool(_FOLLOWS.match(sentence))
    return length(last.text) < _LONGEST_FACT


def _filled(sentence: str) -> list[tuple[str, Slot | None]]:
    """The sentence's parts if one fills a slot; what it says of others is a part of its own."""
    if hypothetical(sentence):
        return []
    parts = _ABOUT_OTHERS.split(sentence)
    units = [unit for part in parts for unit in (_slots_in(part) or [(part, None)])]
    return units if any(slot for _, slot in units) else []


def _slots_in(sentence: str) -> list[tuple[str, Slot | None]]:
    clauses = _CLAUSE.split(sentence) if unquoted(sentence) == sentence else [sentence]
    slots = [slot_of(clause) for clause in clauses]
    filled = [slot for slot in slots if slot and slot.name]
    if len({slot.name for slot in filled}) > 1:
        return list(zip(clauses, slots, strict=True))
    slot = slot_of(sentence)
    if filled and not (slot and slot.name):
        slot = filled[0]._replace(topics=(slot or filled[0]).topics)
    return [(sentence, slot)] if slot else []


def _fact(turn: Turn, text: str, slot: Slot | None, also: Turn | None = None) -> Fact:
    speaker = turn.name or "user"
    alone = turn.name is None
    durable = slot.durable if slot else _lasts(text, alone)
    triple = _triple(text, slot, speaker)
    kind = Kind.SEMANTIC if triple else Kind.FACTUAL
    kin = kin_of(text)
    name = slot.name if slot else None
    topics = slot.topics if slot else ()
    if not name and kin and only_one(kin[0]) and length(text) <= _INTRODUCTION:
        name = f"relation:{kin[0].casefold()}"
    return Fact(
        text=text,
        kind=kind if durable else Kind.NOTE,
        sources=(turn.id, also.id) if also else (turn.id,),
        said_at=turn.said_at,
        durable=durable,
        speaker=turn.name,
        subject=_subject(slot, speaker) if name or topics else None,
        slot=name,
        topics=topics,
        entities=names(text),
        triple=triple if durable else None,
    )


def _lasts(text: str, alone: bool) -> bool:
    """Whether it tells more than the task at hand: to an assistant, somewhere beside it."""
    if not of_the_moment(text, alone):
        return True
    return alone and any(
        personal(said) and not said.endswith("?") and not of_the_moment(said, alone)
        for said in sentences(text)
    )


def _subject(slot: Slot | None, speaker: str) -> str:
    if slot is None or slot.who is None:
        return speaker.casefold()
    named = slot.who[:1].isupper()
    return slot.who.casefold() if named else f"{speaker}'s {slot.who}".casefold()


def _triple(text: str, slot: Slot | None, speaker: str) -> tuple[str, str, str] | None:
    if slot and slot.name and slot.who:
        who = slot.who if slot.who[:1].isupper() else f"{speaker}'s {slot.who}"
        return who, slot.predicate, slot.value
    if (slot is None or slot.name is None or slot.name.startswith("relation:")) and (
        kin := kin_of(text)
    ):
        return speaker, kin[0], kin[1]
    return None
