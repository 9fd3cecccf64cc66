"""Topics: what a statement about somebody's life speaks of, so that a later one can end it.

Read from its grammar rather than from a table: who, what they do, and what with. "I play the
violin" speaks of the violin; "I'm training for a triathlon now" of what one trains for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lamella.engines.rules_change import (
    Exchange,
    beside,
    ended,
    exchanged,
    gone,
    instead,
    news,
    returned,
)
from lamella.engines.rules_clauses import PREPOSITIONS, Read, read
from lamella.engines.rules_frames import Frame, frames, names_somebody
from lamella.engines.rules_keys import singular
from lamella.engines.rules_kinds import kinds
from lamella.engines.rules_lasting import (
    intends,
    not_now,
    of_the_moment,
    temporary,
    unquoted,
)
from lamella.engines.rules_measures import measured
from lamella.engines.rules_phrase_heads import given_up, heads, named, things
from lamella.engines.rules_verbs import (
    begun,
    doing,
    exchangeable,
    happened,
    lasts,
    many,
    stem,
    tasted,
)
from lamella.engines.rules_wording import clauses, heard
from lamella.regex import regex
from lamella.slots import ENDS, LEAVES, RENEWS, STATES
from lamella.wordlists import MONTHS

LONGEST = 30
"""Words of the longest sentence that is read: longer ones tell a story."""

MOST = 6
"""Topics of one statement: each is a line that is read and written."""

_MONTH = "|".join(MONTHS)
_NEGATED = regex(
    r"(?i)\b(?:no longer|\w+n't|not|never|hardly|barely|cannot|no)\b(?! only)|\bany ?more\b"
)
_IS = regex(
    r"\b(?:[Mm]y|[Oo]ur|[Tt]he)\s(?P<thing>(?:(?!is\b|are\b|the\b|my\b|our\b)[\w'\-]+\s){0,3}?(?!is\b|are\b)[\w'\-]+)"
    r"(?:\s(?P<verb>is|are|will\sbe|has|have|runs?|starts?|ends?|costs?|lives?|goes|takes|uses|works?|sits?"
    r"|meets?|opens?|closes?|comes|stays|happens|needs|wants|plays)|(?P<short>'s|'re))\b"
    r"(?P<rest>\s.*)$"
)
_AT_A_TIME = regex(
    r"^(?P<thing>[A-Z][\w\-]*(?:\s[a-z]\w+)?)\s(?:is|are|will\sbe|starts?|begins?|(?:got\s|was\s|has\s)?moved"
    r"\sto)\s(?P<rest>(?:now\s)?(?:(?:on|at|from|to)\s)?(?:\d|\w+days?\b|noon|tomorrow).*)$"
)
_WHERE = regex(
    r"(?i)^(?:\s(?:now|still|actually))*\s(?P<how>in|on|at|under|by|with)\s"
    rf"(?P<time>(?:\d|noon|midnight|the \d|\w+days?\b|{_MONTH}))?"
)
_MINE = regex(
    r"\b(?:my|our)\s(?P<thing>(?:[\w'\-]+\s){0,1}?[\w'\-]+)(?=\s(?:in|on|at|with|for"
    r"|from|to|by|is|are|using)\b|\s*$)"
)
_ONCE_NOT = regex(r"(?i)\b(?:didn't|did not|wasn't|weren't|hadn't)\b")
_EVER_SINCE = regex(r"(?i)\b(?:any ?more|any longer|since|at all)\b")
_WITH = regex(r"\bwith (?P<what>.+)$")
_GOT = regex(r"(?i)(?:'ve|'s|\bhave|\bhas) got\b")
_OURS = regex(r"(?i)(?:my|our)\b")
_PLAN = regex(
    r"(?i)\b(?:I|we)(?:'m|'re| am| are) (?:going|flying|travell?ing|driving|heading|off|spending) "
    r"(?!to (?:be|have|try|get|need|make|do|take|see|go)\b).*?(?P<when>(?:this|next|in|for|at"
    r"|over) "
    r"(?:the )?(?:summer|winter|spring|autumn|fall|easter|christmas|holidays|new year|weekend|year"
    rf"|\w+day|{_MONTH}))\b"
)


def topics_of(plain: str) -> tuple[str | None, tuple[str, ...]]:
    """Whom the sentence (as it is `spelled`) is about, None for the speaker, and its topics."""
    if len(plain.split()) > LONGEST:
        return None, ()
    if temporary(plain):
        return None, tuple(_plans(plain))
    plain, renews, replaces = unquoted(plain), news(plain), instead(plain)
    found: dict[str, str] = {}
    about: Read | None = None
    meant = [part for part in clauses(heard(plain)) if _holds(part)]
    alone = [part for part in meant if not beside(part)]
    framed = [frame for part in alone for frame in frames(part)]
    for clause in meant:
        if names_somebody(clause):
            continue
        told = None if _AT_A_TIME.match(clause) else read(clause)
        if told and not found and not gone(clause):
            about = told
        for topic, says in _spoken_of(clause, told, renews, replaces):
            found.setdefault(topic, says)
    values = [*framed, *(one for part in alone for one in _measures(part))]
    return _whom(about, framed), _marked({**{one.key: RENEWS for one in values}, **found})


def _holds(clause: str) -> bool:
    return not intends(clause) and (not not_now(clause) or ended(clause) is not None)


def _measures(clause: str) -> Iterator[Frame]:
    """The clause as a frame of its numbers and times, unless it tells of an event or a task."""
    if _at_times(clause) or ended(clause) or of_the_moment(clause, True):
        return
    if left := measured(clause):
        yield Frame(left, "#")


def _at_times(clause: str) -> bool:
    """Whether it can be true of many numbers and days: an event, or what one likes or plays."""
    told = read(clause)
    if told is None or _GOT.search(clause):
        return False
    over = happened(told.act, told.before) or begun(told.act)
    return over or tasted(stem(told.act))


def _whom(about: Read | None, framed: Sequence[Frame]) -> str | None:
    """Who acts; nobody where a thing is spoken of, or takes another's place."""
    if about is None or about.who is None or about.act == "replaced":
        return None
    who, act = about.who.casefold(), singular(about.act)
    acts = not framed or any(who in one.thing and act not in one.thing for one in framed)
    return about.who if acts else None


def _marked(found: dict[str, str]) -> tuple[str, ...]:
    """What passes away beside what begins is only left: "I went from Vim to Zed" is about Zed."""
    begins = any(says != ENDS for says in found.values())
    ends = LEAVES if begins else ENDS
    marked = [f"{topic}{ends if says == ENDS else says}" for topic, says in found.items()]
    return tuple(marked[:MOST])


def _plans(plain: str) -> Iterator[str]:
    for plan in _PLAN.finditer(plain):
        yield f"plan {plan['when'].casefold()}{RENEWS if news(plain) else STATES}"
        yield from heads(plan[0].removesuffix(plan["when"]).split(" to ", 1)[-1])


def _spoken_of(
    clause: str, told: Read | None, renews: bool, replaces: bool
) -> Iterator[tuple[str, str]]:
    thing = _IS.search(clause) or _AT_A_TIME.match(clause)
    if change := exchanged(clause):
        yield from _exchanged(change)
        yield from kinds(clause, renews, None, ())
    elif over := ended(clause):
        yield from ((one, ENDS) for one in [*given_up(over), *doing(over)])
        yield from ((f"@{one}", ENDS) for one in given_up(over) if _OURS.match(over))
    elif thing and (told is None or told.who is None):
        yield from _of_a_thing(clause, thing, renews)
    elif told:
        yield from _of_somebody(clause, told, renews, replaces)


def _exchanged(change: Exchange) -> Iterator[tuple[str, str]]:
    if change.old:
        yield from ((one, ENDS) for one in [*given_up(change.old), *doing(change.old)])
    if change.thing:
        for one in dict.fromkeys([*heads(change.thing), *given_up(change.thing)]):
            yield from ((f"@{one}", RENEWS), (f"{one} is", RENEWS), (f"#{one}", RENEWS))
    yield from ((one, STATES) for one in heads(change.new or ""))


def _of_a_thing(clause: str, match: re.Match[str], renews: bool) -> Iterator[tuple[str, str]]:
    says = RENEWS if renews else STATES
    negated = bool(_NEGATED.search(match["rest"]))
    if not negated and (where := _WHERE.match(match["rest"])):
        sort = "time" if where["time"] else "place"
        yield from ((f"{one} {where['how']} {sort}", RENEWS) for one in things(match["thing"])[:1])
    for one in heads(match["thing"]):
        yield f"{one} is", RENEWS if negated else says
        yield f"@{one}", STATES
    if not negated:
        yield from ((one, STATES) for one in heads(match["rest"])[:2])
        yield from kinds(clause, renews, None, things(match["thing"]))


def _of_somebody(
    clause: str, told: Read, renews: bool, replaces: bool
) -> Iterator[tuple[str, str]]:
    if happened(told.act, told.before) or not lasts(told.act, told.before, told.rest):
        return
    act, first = stem(told.act), told.rest.split(" ")[0].casefold()
    if _ONCE_NOT.search(told.before) and not _EVER_SINCE.search(clause):
        return
    if told.negated or _NEGATED.search(f"{told.before} {told.rest}"):
        yield from ((one, ENDS) for one in [*given_up(told.rest), *named(told.rest)])
        if not given_up(told.rest) or told.act.endswith("ing"):
            yield from ((act, ENDS), (f"do {act}", ENDS))
        return
    manner = f"{act} {first}" if first in PREPOSITIONS else act
    several = (
        (many(act) and first not in ("around", "by"))
        or act == "be"
        or told.act.casefold() in PREPOSITIONS
    )
    if exchangeable(act) or not several:
        yield f"do {manner}", RENEWS if replaces or (renews and not several) else STATES
    yield from kinds(clause, renews, act, things(told.rest))
    says = RENEWS if returned(clause) else STATES
    yield from ((one, says) for one in [*heads(told.rest)[:4], *named(told.rest)[:2]])
    yield from ((f"@{one}", STATES) for mine in _MINE.finditer(told.rest) for one in heads(mine[0]))
    if exchangeable(act) and (beside := _WITH.search(told.rest)):
        yield from ((one, STATES) for one in things(beside["what"]))
    if not several and not heads(told.rest):
        yield act, STATES
