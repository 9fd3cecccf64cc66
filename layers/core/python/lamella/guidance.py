"""What promotion is asked to keep, to leave out, and to sort. Pure rules on words.

An organization's project asks, and a call may ask otherwise. A model reads the wishes as they
are worded; where rules extract, their words decide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Self

from lamella.text import content_words, tokens
from lamella.values import dataclass

Phrases = tuple[frozenset[str], ...]

WISHES = ("includes", "excludes", "custom_categories")
INSTRUCTIONS = ("custom_instructions", "agent_custom_instructions")

_ASKED = {
    "includes": "Propose only what belongs to",
    "excludes": "Propose nothing that belongs to",
    "custom_categories": 'Name in "categories" those of these (each with its meaning) that fit',
    "custom_instructions": "Choose and word as asked here",
}


@dataclass(frozen=True, slots=True)
class Guidance:
    """`includes` and `excludes` are phrases, each a set of words that must all be there.

    `categories` gives each category the words of its name and description; `told` is all of it
    in the caller's own words, instructions too.
    """

    includes: Phrases = ()
    excludes: Phrases = ()
    categories: Mapping[str, frozenset[str]] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: Mapping[str, Any], to_an_agent: bool = False) -> Self:
        """Out of a project's or a call's settings: phrases between commas, named categories.

        What was said to an agent, and no user, has instructions of its own.
        """
        general, own = (settings.get(name) for name in INSTRUCTIONS)
        told = {name: settings[name] for name in WISHES if settings.get(name)}
        if instructions := (own or general if to_an_agent else general):
            told["custom_instructions"] = instructions
        named = _named(told.get("custom_categories", ()))
        words = {name: _words(f"{name.replace('_', ' ')} {about}") for name, about in named.items()}
        includes, excludes = (phrases(told.get(name, "")) for name in ("includes", "excludes"))
        return cls(includes, excludes, words, told)

    def admits(self, text: str, read_by_a_model: bool = False) -> bool:
        """Whether a fact may be kept: it has no excluded phrase, and one that is to be included.

        A model that has read the wishes knows better what belongs to the latter.
        """
        said = frozenset(tokens(text))
        wanted = read_by_a_model or not self.includes
        included = wanted or any(phrase <= said for phrase in self.includes)
        return included and not any(phrase <= said for phrase in self.excludes)

    def sorted_into(self, text: str, proposed: Sequence[str] = ()) -> tuple[str, ...]:
        """The categories that were proposed, else those that share a word with `text`."""
        said = frozenset(tokens(text))
        known = tuple(name for name in self.categories if name in proposed)
        return known or tuple(name for name, words in self.categories.items() if words & said)

    def for_a_model(self) -> str:
        """The wishes as a model is told them."""
        wishes = [
            f"- {asked}: {json.dumps(self.told[name], ensure_ascii=False)}"
            for name, asked in _ASKED.items()
            if name in self.told
        ]
        return "\n".join(["Whose memory it is asks for this, within the rules above:", *wishes])


NOTHING_ASKED = Guidance()


def phrases(hint: str) -> Phrases:
    """The phrases of a hint such as "travel plans, food": without those that say nothing."""
    told = (_words(phrase) for phrase in hint.replace("\n", ",").replace(";", ",").split(","))
    return tuple(words for words in told if words)


def _named(categories: Sequence[Mapping[str, str]]) -> dict[str, str]:
    return {name: told for entry in categories for name, told in entry.items()}


def _words(text: str) -> frozenset[str]:
    return frozenset(content_words(text))
