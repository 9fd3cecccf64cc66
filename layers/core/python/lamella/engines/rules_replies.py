"""Replies: what a short answer needs of the question before it to be understood."""

from __future__ import annotations

from lamella.engines.rules_speech import personal
from lamella.models import Role, Turn
from lamella.regex import regex
from lamella.text import length, sentences

SHORT_REPLY = 12
"""Words of the longest reply that its question may explain."""

_LONGEST_QUESTION = 25
_ELLIPTIC = regex(
    r"(?i)^(?:yes|yeah|yep|yup|no|nope|nah|since|because|for|about|around|only|just|not|every|in"
    r"|on|at|with|from|it|it's|they|them|that|that's|he|she|both|two|three|\d|ja|nein|seit|weil|sí"
    r"|desde)\b"
)
_YES_OR_NO = regex(r"(?i)^(?:yes|yeah|yep|yup|no|nope|nah|ja|nein|sí|doch)\b")
_ASKS_ABOUT_YOU = regex(
    r"(?i)^(?:do|does|did|are|were|is|was|have|has|had|bist|hast|wohnst|magst|vives|eres"
    r"|tienes)\b.*\b(?:you|your|du|dein\w*|tu|tus)\b|^(?:bist|hast|wohnst|magst|vives|eres"
    r"|tienes)\b"
)


def question_before(turn: Turn, before: Turn | None) -> str | None:
    """The question `before` ended with, if it was put to the speaker and is short."""
    if before is None or before.fleeting or (before.role, before.name) == (turn.role, turn.name):
        return None
    if before.role not in (Role.USER, Role.ASSISTANT) or not (asked := sentences(before.text)):
        return None
    last = asked[-1]
    return (
        last
        if last.endswith(("?", "\uff1f", "\u061f")) and length(last) <= _LONGEST_QUESTION
        else None
    )


def answers_yes_or_no(question: str, text: str) -> bool:
    """Whether `text` answers a yes-or-no question about the speaker."""
    short = length(text) <= SHORT_REPLY
    return short and bool(_YES_OR_NO.match(text)) and bool(_ASKS_ABOUT_YOU.match(question))


def unclear(text: str) -> bool:
    """Whether a reply needs its question to be understood."""
    return length(text) <= SHORT_REPLY and (bool(_ELLIPTIC.match(text)) or not personal(text))
