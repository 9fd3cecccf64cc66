"""Whether what somebody says among people is a fact of its own: it tells of a life or an event.

Judged by grammar: who does it, when, with whom, and in how many words. What falls short is left to
the episode of its session, which keeps it beside what it answers.
"""

from __future__ import annotations

from lamella.engines.rules_courtesy import WORD, in_another_script
from lamella.regex import regex
from lamella.text import language, length
from lamella.wordlists import STOP_WORDS

_ENGLISH = STOP_WORDS["en"] - STOP_WORDS["de"] - STOP_WORDS["es"] - {"no"}

ENOUGH = 3
"""Points that make a fact."""

_BRIEF, _FULL, _LONG = 7, 22, 36
"""Words: fewer seldom tell anything of their own, more seldom don't."""

_FOR = (
    (
        regex(
            r"(?i)\b(?:i'm|we're|i am|we are|i've been|we've been) (?:\w+ly |just |also |still )*"
            r"(?!going to\b|feeling\b|hoping\b|looking forward\b)\w+ing\b"
        ),
        2,
    ),
    (
        regex(
            r"(?i)\b(?:i|we) (?:\w+ly |just |even |also |once |never )*(?!used\b|need)"
            r"(?:\w{2,}ed|went"
            r"|got|had|was|were|took|made|saw|found|met|did|won|gave|bought|ran|wrote|read|came|said"
            r"|told|spent|left|lost|began|taught|grew|built|caught|sold|chose|fell|drove|ate)\b"
            r"|\b(?:i've|we've|i have|we have) (?:\w+ly |just |always |never )*(?:\w+ed|been"
            r"|had|got"
            r"|gone|done|seen|made|\w+en)\b"
        ),
        1,
    ),
    (
        regex(
            r"(?i)\b(?:yesterday|last \w+|next \w+|tomorrow|tonight|ago|since|recently|\w{3,6}day"
            r"|weeks?|weekends?|months?|years?|january|february|march|april|june|july|august"
            r"|september|october|november|december|\d{4}|every|usually|often)\b"
        ),
        1,
    ),
    (regex(r"(?i)\b(?:my|our) (?!god|goodness|pleasure|best|own|mind|heart|way)\w+"), 1),
    (regex(r"(?i)\b(?:i|i'm|i've|i'd|we|we're|we've|my|our|me|us)\b"), 1),
    (
        regex(r"(?i)\b(?:i|we) (?:\w+ )?(?:love|like|enjoy|prefer|hate|want|plan|dream|need)\b"),
        1,
    ),
    (regex(r"(?<=[a-z,] )(?!I\b|I')[A-Z][a-z]+|\d"), 1),
)
_AGAINST = (
    (regex(r"(?i)\b(?:you|your|you're|you've|you'll|yours)\b"), 1),
    (
        regex(
            r"(?i)^(?:it|it's|that|that's|this|they|they're|there|those|these|what|how|so|such)\b"
        ),
        1,
    ),
)


def worth_keeping(text: str) -> bool:
    """Whether `text`, said among people, is a fact; other languages than English always are."""
    plain = text.replace("\u2019", "'")
    if in_another_script(plain) or language(plain) != "en" or not _english(plain):
        return True
    spoken = sum(points for sign, points in _FOR if sign.search(plain))
    against = sum(points for sign, points in _AGAINST if sign.search(plain))
    said = length(plain)
    full = (said >= _FULL) + (said >= _LONG) - (said < _BRIEF)
    return spoken - against + full >= ENOUGH


def _english(plain: str) -> bool:
    """Whether a word of it is English and nothing else."""
    return not _ENGLISH.isdisjoint(word.casefold() for word in WORD.findall(plain))
