"""Slots: the places of a life only one current value can fill, read out of one sentence.

"I moved to Oslo" fills "home"; "I don't like olives any more" fills the same "taste:olive" that
"I like olives" filled. What is only wished, imagined, joked about or long past fills none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from lamella.engines import (
    rules_life,
    rules_own,
    rules_phrases,
    rules_scripts,
    rules_table,
    rules_tastes,
    rules_times,
)
from lamella.engines.rules_change import beside
from lamella.engines.rules_grammar import Rule, any_says
from lamella.engines.rules_lasting import (
    hypothetical,
    intends,
    not_now,
    temporary,
    unmeant,
    unquoted,
)
from lamella.engines.rules_table import KIN, TASK_SLOTS
from lamella.engines.rules_topics import topics_of
from lamella.engines.rules_wording import clauses, heard, spelled
from lamella.regex import regex
from lamella.slots import ENDS, LEAVES, RENEWS
from lamella.wordlists import NOT_NAMES, words

_ONE_OF_A_KIND = words(
    "mother mom mum father dad wife husband partner girlfriend boyfriend fiancé fiancée "
    "boss manager"
)

_HAD_SEVERAL = ("work", "job", "school", "study", "home", "owns")
_AT_SOMEBODY = regex(r"\b(?:at|for|with) (?:the )?[A-Z]")
_PLANS = regex(r"(?i)\b(?:plan|plans|planning)\b")
_LONGEST_SENTENCE = 600
"""Characters of the longest sentence that is read: longer ones are lists or pasted text."""


RULES = (
    *rules_table.RULES,
    *rules_tastes.RULES,
    *rules_own.RULES,
    *rules_times.RULES,
    *rules_life.RULES,
    *rules_phrases.RULES,
    *rules_scripts.RULES,
)
"""Every rule, in order of precedence: what one can only be or have once comes before habits."""

_SAYS = any_says(RULES)
_WITHOUT_SAYS = tuple(rule for rule in RULES if rule.says is None)
_ALONE = 8
"""Clauses that a new process asks rule by rule: to compile `_SAYS` takes longer than that."""

_clauses_asked = count()


class Slot(NamedTuple):
    """A filled slot: its name, whose it is, and what fills it, in the speaker's words.

    `who` is None for the speaker, else a third person's name ("Mara") or relation ("sister").
    """

    name: str | None
    who: str | None
    predicate: str
    value: str
    durable: bool = True
    topics: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def slot_of(sentence: str) -> Slot | None:
    """The slot that the sentence fills, if it fills one, and the topics it speaks of."""
    if len(sentence) > _LONGEST_SENTENCE:
        return None
    plain = spelled(sentence)
    for name, pattern in TASK_SLOTS:
        if match := pattern.search(plain):
            return Slot(name, None, "is", match[0], durable=False)
    if any(check(plain) for check in (hypothetical, unmeant)):
        return None
    whom, topics = topics_of(plain)
    slot = None if not_now(plain) or temporary(plain) else _first_filled(heard(unquoted(plain)))
    if slot is None:
        return Slot(None, whom, "", "", topics=topics) if topics else None
    if (slot.name or "").split(":")[0] in _HAD_SEVERAL and beside(plain):
        slot = slot._replace(name=None)
    if slot.who == whom:
        return slot._replace(topics=(*_employed(slot, plain), *topics))
    ends = whom is None and any(topic.endswith((ENDS, LEAVES)) for topic in topics)
    return Slot(None, whom, "", "", topics=topics) if ends else slot


def _employed(slot: Slot, plain: str) -> tuple[str, ...]:
    """That a job tells of an employer too, so that the next employer takes its place."""
    told = slot.name == "work" or (slot.name == "job" and _AT_SOMEBODY.search(plain))
    return (f"employer{RENEWS}",) if told else ()


def _first_filled(plain: str) -> Slot | None:
    """The first rule that the sentence meets as a whole; else the first clause that meets one."""
    parts = [part for part in clauses(plain) if not intends(part)]
    in_parts = len(parts) == 1 or (intends(plain) and not _PLANS.search(plain))
    for told in parts if in_parts else [plain, *parts]:
        alone = next(_clauses_asked) < _ALONE
        rules = RULES if alone or _SAYS.search(told) else _WITHOUT_SAYS
        filled = (_filled(rule, match) for rule in rules for match in rule.pattern.finditer(told))
        if slot := next((slot for slot in filled if slot), None):
            return slot
    return None


def kin_of(sentence: str) -> tuple[str, str] | None:
    """A relation of the speaker and who it is, as ("sister", "Mara")."""
    plain = sentence[:_LONGEST_SENTENCE].replace("\u2019", "'")
    for pattern in KIN:
        for match in pattern.finditer(plain):
            if match["value"].split()[0].casefold() not in NOT_NAMES:
                return match["kin"], match["value"].removesuffix("'s")
    return None


def only_one(relation: str) -> bool:
    """Whether people have one of this relation at a time, so that a newer one supersedes."""
    return relation.casefold() in _ONE_OF_A_KIND


def _filled(rule: Rule, match: re.Match[str]) -> Slot | None:
    groups = match.groupdict()
    who = groups.get("named") or groups.get("name") or groups.get("relation")
    if who and who != groups.get("relation") and not _could_be_name(who):
        return None
    key = rule.key(match) if rule.key else ""
    if key is None:
        return None
    value = (groups.get("value") or match[0]).strip()
    return Slot(f"{rule.name}:{key}" if key else rule.name, who, rule.predicate, value)


def _could_be_name(who: str) -> bool:
    return "'" not in who and who.split()[0].casefold() not in NOT_NAMES
