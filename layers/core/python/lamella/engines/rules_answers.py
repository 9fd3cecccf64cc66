"""What is kept of an assistant's answer: nearly all, for people come back to what was advised.

Answers are long. Markup goes, and of the words a fifth: what states nothing first, then what names
nothing, from the end, where answers sum up and offer more.
"""

from __future__ import annotations

from collections.abc import Sequence

from lamella.engines.rules_speech import Act
from lamella.engines.rules_trimming import Said, dropping, words_in
from lamella.regex import regex

MOST_TRIMMED = 0.2
"""The share of an answer's words that may go."""

_EMPHASIS = regex(r"(?<![\w*])(\*\*?)(?=[^\s*])([^*\n]+?)(?<=\S)\1(?![\w*])")
_LINES = regex(r"(?m)^[ \t]*(?:#{1,6} +|```.*$|[|: -]{3,}$)")
_SPECIFIC = regex(r"\d|(?<=[a-z,] )[A-Z]|[`\"_=]")


def without_markup(text: str) -> str:
    """The words of Markdown: headings, emphasis and the fences around code go."""
    return _EMPHASIS.sub(r"\2", _LINES.sub("", text))


def shortened(said: Sequence[Said]) -> list[str]:
    """The sentences of an answer that stay, in order."""
    least_first = sorted(range(len(said)), key=lambda at: (_tells(said[at]), -at))
    kept, _ = dropping(said, least_first, MOST_TRIMMED * words_in(said))
    return [sentence for sentence, _ in kept]


def _tells(said: Said) -> int:
    sentence, done = said
    if done is not Act.STATEMENT:
        return 0
    return 2 if _SPECIFIC.search(sentence) else 1
