"""Two things of a kind: "the billing service" and "the mail service". Pure, for English.

What tells them apart stands right before the kind, or after it in a subject: "our contact at Alto".
Where something is or goes ("in the old office") is what is said of it, not what it is.
Whatever else connects two statements, one about the one puts no end to one about the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import lru_cache

from lamella.regex import regex
from lamella.wordlists import words

_OF_A_KIND = regex(
    r"(?i)(?<!\bin )(?<!\bon )(?<!\bat )(?<!\bto )(?<!\bby )(?<!\bfrom )(?<!\binto )(?<!\bnear )"
    r"(?<!\bunder )(?<!\bwork )(?<!\bworks )(?<!\beats )(?<!\bgets )(?<!\bbuy )(?<!\bus )(?<!\bme )"
    r"\b(?:the|my|our|his|her|their|your)\s"
    r"(?:(?:new|old|current|whole|own|same|main|other|first|last|next|good|big|little|brand)\s)*"
    r"(?P<which>[\w'&\-]+)\s(?P<kind>\w+)"
)
_NAMED = regex(
    r"\b(?P<kind>[a-z]+)\s(?:at|for|of|in|with|on)\s(?:the\s)?"
    r"(?P<which>[A-Z][\w&\-]*(?:\s[A-Z][\w&\-]*)*)\s(?:is|are|was|will|has|runs?|uses?|starts?)\b"
)
_SCOPE = regex(
    r"(?i)\b(?:in|on|for|of|with|at)\s(?:the|my|our|his|her|their)\s(?P<which>[\w'&\-]+)\s"
    r"(?P<kind>team|repo|repository|project|service|app|branch|group|class|department|squad|portal"
    r"|database|module|account|contract)\b"
)
_FOR_WHOM = regex(
    r"\b(?i:for)\s(?:the\s)?(?P<which>[\w'&\-]+)\s(?P<kind>(?!years|months|weeks|days|hours|minutes"
    r"|times|reasons|nights)[a-z]{3,}s)\b"
)
_NEITHER = words(
    "is are was were has have had will would can at in on of for to from with and or but so by now "
    "the a an no not it that this i we he she they"
)


def two_of_a_kind(newer: str, older: str) -> bool:
    """Whether `older` tells of a thing that `newer` doesn't, though it tells of one of its kind."""
    new, old = _things(newer), _things(older)
    return any(not old[kind] <= new[kind] for kind in new.keys() & old.keys())


@lru_cache(maxsize=1024)
def _things(text: str) -> Mapping[str, Set[str]]:
    found: dict[str, set[str]] = {}
    for kind, which in _told(text):
        found.setdefault(kind, set()).add(which)
    return found


def _told(text: str) -> Iterator[tuple[str, str]]:
    for pattern in (_OF_A_KIND, _NAMED, _SCOPE, _FOR_WHOM):
        for match in pattern.finditer(text):
            kind, which = match["kind"].casefold(), match["which"].casefold()
            if kind not in _NEITHER and which not in _NEITHER:
                yield kind, which
