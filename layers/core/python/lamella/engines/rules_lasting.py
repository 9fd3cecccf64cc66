"""Whether a sentence is meant, and meant to last: not wished, joked, past, or of the moment."""

from __future__ import annotations

import re

_HYPOTHETICAL = re.compile(
    r"(?i)\b(?:if|wish|imagine|what if|pretend|suppose|supposing|hypothetically|as though|joking"
    r"|jk|lol|dream(?:ed|t|ing)?|kidding|when i was|as a (?:kid|child)|wenn ich|wünschte"
    r"|stell dir vor|si (?:yo )?(?:viviera|fuera|tuviera)|ojalá)\b"
)
_NOT_NOW = re.compile(
    r"(?i)\b(?:would|could|might|maybe|perhaps|used to|back then|back when|years ago i|you'd|i'd"
    r"|hätte|würde|früher|antes)\b"
)
_TEMPORARY = re.compile(
    r"(?i)\b(?:this time|just (?:for )?(?:today|now|tonight|this)|for (?:this|the) (?:trip|booking"
    r"|order|visit|stay|weekend|session|task|flight|dinner|evening|event)|for now|for today"
    r"|today only|only (?:for )?(?:today|tonight|this)|this once|just this once|temporarily"
    r"|diesmal|dieses mal|nur heute|für heute|für diese reise|esta vez|(?:solo|sólo) (?:por )?hoy"
    r"|por hoy|para este viaje)\b"
)
_TASK = re.compile(
    r"(?i)^(?:(?:so|ok|okay|well|now|and|then|actually|please|hi|hey|hello|bitte"
    r"|por favor),?\s+)*(?:let's|let us|find|book|search|show|compare|check|look (?:up|for|at)"
    r"|give|send|draft|write|make|create|order|cancel|schedule|set up|summari[sz]e|translate|add"
    r"|change|help me|can you|could you|i need|i want|i'd like|i would like|i'm looking"
    r"|i am looking|we need|we want|we'd like|we're looking|such|suche?|buche?|zeig|ich brauche"
    r"|ich möchte|ich suche|busca|reserva|muéstrame|necesito|quiero|quisiera)\b"
)
_LASTING = re.compile(
    r"(?i)\b(?:always|usually|generally|normally|never|every|prefer|favou?rite|allergic|in general"
    r"|immer|normalerweise|nie|niemals|siempre|nunca)\b"
)


def hypothetical(sentence: str) -> bool:
    """Whether it only wishes, supposes, jokes or tells of childhood."""
    return _HYPOTHETICAL.search(sentence) is not None


def of_the_moment(sentence: str, alone_with_assistant: bool) -> bool:
    """Whether it speaks of the task at hand and not of what lasts.

    Plain wants ("I need a flight on Friday") are tasks only when told to an assistant: between
    people they are news.
    """
    if _TEMPORARY.search(sentence):
        return True
    task = alone_with_assistant and _TASK.search(sentence)
    return bool(task) and not _LASTING.search(sentence)


def not_now(sentence: str) -> bool:
    """Whether it speaks of what could be or what is over."""
    return _NOT_NOW.search(sentence) is not None


def temporary(sentence: str) -> bool:
    """Whether it says of itself that it holds for this once."""
    return _TEMPORARY.search(sentence) is not None
