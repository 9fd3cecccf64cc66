"""Whether a sentence is meant, and meant to last: not wished, joked, past, or of the moment."""

from __future__ import annotations

import re

_HYPOTHETICAL = re.compile(
    r"(?i)\b(?:if|wish|imagine|what if|pretend|suppose|supposing|hypothetically|as "
    r"though|joking|jk|lol"
    r"|dream(?:ed|t|ing)?|kidding|when i was|as a (?:kid|child)|wenn ich|wünschte|stell dir vor"
    r"|si (?:yo )?(?:viviera|fuera|tuviera)|ojalá)\b"
)
_NOT_NOW = re.compile(
    r"(?i)\b(?:would|could|might|maybe|perhaps|used to|back then|back when|years ago i"
    r"|you'd|i'd|hätte"
    r"|würde|früher|antes)\b"
)
_TEMPORARY = re.compile(
    r"(?i)\b(?:this time|just (?:for )?(?:today|now|tonight|this)|for (?:this|the) "
    r"(?:trip|booking|order"
    r"|visit|stay|weekend|session|task|flight|dinner|evening|event)|for now|for today"
    r"|today only|only (?:for )?"
    r"(?:today|tonight|this)|this once|just this once|temporarily|diesmal|dieses mal|nur "
    r"heute|für heute"
    r"|für diese reise|esta vez|(?:solo|sólo) (?:por )?hoy|por hoy|para este viaje)\b"
)
_TASK = re.compile(
    r"(?i)^(?:(?:so|ok|okay|well|now|and|then|actually|please|hi|hey|hello|bitte|por favor),?\s+)*"
    r"(?:let's|let us|find|book|search|show|compare|check|look (?:up|for|at)|give|send"
    r"|draft|write|make|create"
    r"|order|cancel|schedule|set up|summari[sz]e|translate|add|change|help me|can you"
    r"|could you|i need|i want"
    r"|i'd like|i would like|i'm looking|i am looking|we need|we want|we'd like|we're "
    r"looking|such|suche?|buche?"
    r"|zeig|ich brauche|ich möchte|ich suche|busca|reserva|muéstrame|necesito|quiero|quisiera)\b"
)
_LASTING = re.compile(
    r"(?i)\b(?:always|usually|generally|normally|never|every|prefer|favou?rite|allergic"
    r"|in general|immer"
    r"|normalerweise|nie|niemals|siempre|nunca)\b"
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
