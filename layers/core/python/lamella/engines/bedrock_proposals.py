"""What a model may propose, strictly checked, and the facts that its evidence proves."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from lamella.clock import iso
from lamella.models import Fact, Role, Turn
from lamella.scopes import Kind
from lamella.text import names
from lamella.values import dataclass

SLOTS = (
    r"^(?:name|home|hometown|job|work|age|birthday|relationship|diet|language|timezone|email|phone"
    r"|(?:allergy|favourite|prefers|taste|owns|plan|relation):[^\W_][\w' -]{0,39})$"
)
"""The names that the rules give to slots, so that both extractors contradict each other."""

LONGEST_PIECE = 20_000
LONGEST_WINDOW = 40_000
CONTEXT = 6
LONGEST_CONTEXT = 1_000
MOST_PROBLEMS = 8

_Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Evidence(_Strict):
    """Where it was said: the name of a turn, and a quote copied from it."""

    turn: Annotated[str, StringConstraints(pattern=r"^t[1-9][0-9]{0,4}$")]
    quote: Annotated[str, StringConstraints(min_length=2, max_length=500, strip_whitespace=True)]


class Triple(_Strict):
    """How two things relate."""

    subject: _Name
    predicate: _Name
    object: _Name


class ProposedFact(_Strict):
    """One fact that is understood alone."""

    text: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]
    kind: Literal["factual", "semantic"]
    durable: bool
    evidence: Annotated[list[Evidence], Field(min_length=1, max_length=6)]
    slot: Annotated[str, StringConstraints(pattern=SLOTS)] | None = None
    subject: _Name | None = None
    triple: Triple | None = None
    categories: Annotated[list[_Name], Field(max_length=20)] = []


class ProposedEpisode(_Strict):
    """What happened, told in a few sentences."""

    text: Annotated[str, StringConstraints(min_length=3, max_length=1_500, strip_whitespace=True)]
    evidence: Annotated[list[Evidence], Field(min_length=1, max_length=20)]


class Facts(_Strict):
    """Propose the facts worth keeping."""

    facts: Annotated[list[ProposedFact], Field(max_length=30)]


class Episodes(_Strict):
    """Propose the episodes of a finished session."""

    episodes: Annotated[list[ProposedEpisode], Field(max_length=8)]


@dataclass(frozen=True, slots=True)
class Piece:
    """A turn, or a part of a long one, under the name the model knows it by ("t1")."""

    name: str
    turn: Turn
    text: str

    def line(self) -> str:
        """As the model reads it: JSON, from which no text can break out."""
        told = {
            "turn": self.name,
            "said": iso(self.turn.said_at),
            "role": self.turn.role,
            "speaker": self.turn.name,
            "text": self.text,
        }
        return json.dumps({k: v for k, v in told.items() if v}, ensure_ascii=False)


def windows(turns: Sequence[Turn]) -> list[list[Piece]]:
    """What people and assistants said in `turns`, in portions a model reads at once."""
    portions: list[list[Piece]] = []
    filled = 0
    for turn, text in _spoken(turns):
        if not portions or filled + len(text) > LONGEST_WINDOW:
            portions.append([])
            filled = 0
        portions[-1].append(Piece(f"t{len(portions[-1]) + 1}", turn, text))
        filled += len(text)
    return portions


def context(turns: Sequence[Turn]) -> list[Piece]:
    """The end of what was said before, which can't be cited."""
    spoken = list(_spoken(turns))[-CONTEXT:]
    return [Piece("", turn, text[-LONGEST_CONTEXT:]) for turn, text in spoken]


def schema(proposal: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a tool's input, without references, which not every model follows."""
    told = proposal.model_json_schema()
    definitions = told.pop("$defs", {})

    def inlined(part: Any) -> Any:
        if isinstance(part, list):
            return [inlined(each) for each in part]
        if not isinstance(part, dict):
            return part
        if "$ref" in part:
            return inlined(definitions[part["$ref"].rsplit("/", 1)[1]])
        return {k: inlined(v) for k, v in part.items() if k != "title"}

    whole: dict[str, Any] = inlined(told)
    return whole


def problems(error: ValidationError) -> str:
    """What is wrong with a proposal, for the model that made it; without the values."""
    found = error.errors(include_input=False, include_url=False, include_context=False)
    told = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found]
    return "\n".join(told[:MOST_PROBLEMS])


def proven_facts(proposals: Sequence[ProposedFact], pieces: Sequence[Piece]) -> list[Fact]:
    """The facts whose every quote stands in the turn it names."""
    return [
        _fact(proposal, cited)
        for proposal in proposals
        if (cited := _cited(proposal.evidence, pieces))
    ]


def proven_episodes(proposals: Sequence[ProposedEpisode], pieces: Sequence[Piece]) -> list[Fact]:
    """The episodes whose every quote stands in the turn it names."""
    return [
        Fact(
            text=proposal.text,
            kind=Kind.EPISODIC,
            sources=_ids(cited),
            said_at=cited[0].said_at,
            entities=names(proposal.text),
            guided=True,
        )
        for proposal in proposals
        if (cited := _cited(proposal.evidence, pieces))
    ]


def _fact(proposal: ProposedFact, cited: Sequence[Turn]) -> Fact:
    newest = cited[-1]
    by_a_person = any(turn.role == Role.USER for turn in cited)
    slot = proposal.slot if by_a_person else None
    triple = proposal.triple if proposal.durable else None
    return Fact(
        text=proposal.text,
        kind=proposal.kind if proposal.durable else Kind.NOTE,
        sources=_ids(cited),
        said_at=newest.said_at,
        durable=proposal.durable,
        speaker=newest.name,
        subject=(proposal.subject or newest.name or "user").casefold() if slot else None,
        slot=slot,
        entities=names(proposal.text),
        triple=(triple.subject, triple.predicate, triple.object) if triple else None,
        categories=tuple(proposal.categories),
        guided=True,
    )


def _cited(evidence: Sequence[Evidence], pieces: Sequence[Piece]) -> list[Turn]:
    """The turns that are quoted, oldest first; none if one quote is wrong."""
    known: Mapping[str, Piece] = {piece.name: piece for piece in pieces}
    for each in evidence:
        piece = known.get(each.turn)
        if piece is None or _plain(each.quote) not in _plain(piece.text):
            return []
    quoted = {each.turn for each in evidence}
    return [piece.turn for piece in pieces if piece.name in quoted]


def _ids(turns: Sequence[Turn]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(turn.id for turn in turns))


def _plain(text: str) -> str:
    """Case, width and spacing don't matter to a quote."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _spoken(turns: Sequence[Turn]) -> Iterator[tuple[Turn, str]]:
    for turn in turns:
        if turn.fleeting or turn.role not in (Role.USER, Role.ASSISTANT) or not turn.text.strip():
            continue
        sound = turn.text.encode("utf-8", "replace").decode()
        for start in range(0, len(sound), LONGEST_PIECE):
            yield turn, sound[start : start + LONGEST_PIECE]
