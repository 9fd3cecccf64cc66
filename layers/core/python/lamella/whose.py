"""Whose words a question is after: what people said, or what an assistant answered them. Pure.

"Which hotel did you suggest?" looks back at an answer. "Can you suggest a hotel?" doesn't: what
helps with that one is what its user said.
"""

from __future__ import annotations

from lamella.regex import regex

_LOOKS_BACK = regex(
    r"(?i)\b(?:did|had) you\b"
    r"|\byou(?:'d|'ve| had| have)?(?: \w+ly)? (?!need\b|feed\b|speed\b)"
    r"(?:said|told|gave|wrote|made|showed|found|put|came up|\w{2,}ed)\b"
    r"|\bremind me\b|\bassistant(?:'s)?\b"
    r"|\byour (?:\w+ )?(?:advice|answers?|suggestions?|recommendations?|warnings?|tips?)\b"
    r"|\b(?:hast|hattest) du\b|\bhaben Sie\b|\bdu hast\b|\bSie haben\b"
    r"|\bme (?:recomendaste|sugeriste|aconsejaste|dijiste|diste|recomendó|sugirió|aconsejó)\b"
)


def after_answers(question: str) -> bool:
    """Whether `question` looks back at what an assistant answered."""
    return _LOOKS_BACK.search(question.replace("\u2019", "'")) is not None
