"""What an organization asks promotion to keep, to leave out, and to sort. Pure rules on words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from lamella.text import content_words, tokens

Phrases = tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Guidance:
    """`includes` and `excludes` are phrases, each a set of words that must all be there.

    `categories` gives each category the words of its name and description.
    """

    includes: Phrases = ()
    excludes: Phrases = ()
    categories: Mapping[str, frozenset[str]] | None = None

    @classmethod
    def of(
        cls,
        includes: str | None = None,
        excludes: str | None = None,
        categories: Sequence[Mapping[str, str]] | None = None,
    ) -> Self:
        """Out of a project's settings: phrases between commas, categories with descriptions."""
        named = {name: told for entry in categories or () for name, told in entry.items()}
        words = {name: _words(f"{name.replace('_', ' ')} {told}") for name, told in named.items()}
        return cls(phrases(includes or ""), phrases(excludes or ""), words)

    def admits(self, text: str) -> bool:
        """Whether a fact may be kept: it has an included phrase, if there are any; no excluded."""
        said = frozenset(tokens(text))
        included = not self.includes or any(phrase <= said for phrase in self.includes)
        return included and not any(phrase <= said for phrase in self.excludes)

    def sorted_into(self, text: str) -> tuple[str, ...]:
        """The categories that share a word with `text`, in the order they were given."""
        said = frozenset(tokens(text))
        return tuple(name for name, words in (self.categories or {}).items() if words & said)


def phrases(hint: str) -> Phrases:
    """The phrases of a hint such as "travel plans, food": without those that say nothing."""
    told = (_words(phrase) for phrase in hint.replace("\n", ",").replace(";", ",").split(","))
    return tuple(words for words in told if words)


def _words(text: str) -> frozenset[str]:
    return frozenset(content_words(text))
