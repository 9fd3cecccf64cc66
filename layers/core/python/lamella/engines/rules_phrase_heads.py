"""The things that a phrase names, as keys of topics: "my old gym membership" names three."""

from __future__ import annotations

import re

from lamella.engines.rules_keys import singular
from lamella.regex import regex
from lamella.wordlists import STOP_WORDS, words

MOST_WORDS = 4

_TAIL = regex(
    r"(?i)\s+(?:(?:a|per) (?:day|week|month|year|night)|(?:\d+|two|three|four|five|six) times"
    r"|every|each|daily|weekly|monthly|once|twice|almost|during|after|before|about|like"
    r"|most|several|(?:\d+|two|three|four|five|six|ten|a few|a couple of) (?:days?|weeks?"
    r"|months?|years?|hours?)|altogether|completely|entirely|last|this|next|yesterday|today|tomorrow|tonight"
    r"|years?|months?|weeks?|ages|long|for good|anymore|any ?more|any longer|again|pretty|around"
    r"|regularly|now|nowadays|instead|too|as well|these days|right now|from now on|at all|lately"
    r"|currently|either|since|until|till|ago|whenever|a lot|all|(?:on|in|at|from) (?:\d|(?:the )?"
    r"(?:morning|evening|afternoon|night|weekend|summer|winter)|\w+days?\b|january|february|march"
    r"|april|june|july|august|september|october|november|december)|for (?:a|\d|two|three|many|some"
    r"|good)\b)\b.*$"
)
_PREPOSITION = regex(
    r"(?i)\s+(?:in|on|at|near|with|from|by|for|during|to|into|about|over|because|per|under|via"
    r"|through|without|outside|inside|than|as"
    r"|(?:up|out|off|away|back|down)(?=\s(?:to|in|on|at|from|for|with|by)\b|$))(?:\s.*|$)"
)
_NAMES = regex(r"(?<![\w'])(?!I\b|I')[A-Z][\w.+#\-]*(?:\s[A-Z\d][\w.+#\-]*)*")
_WITH = regex(r"\swith\s.*$")
_LEADING = regex(
    r"(?i)^(?:(?:back (?:to|on|at|in|with|into|from)|in|on|at|with|from|for|to|into|about|of|by"
    r"|as|up|out|off|using|eating|drinking"
    r"|playing|having|doing|taking|going|watching|wearing|a|an|the|my|our|his|her|their|some|any"
    r"|all|no|another|both|more|most|old|new|little|big|small|last|current|previous|former|own"
    r"|beloved|entire|whole|trusty|poor|only|daily|weekly|regular|usual|second|good|really|just|also"
    r"|even|still|mostly|main|two|three|four|five|six|\d+|dear|lovely|local|first|whole|lots of"
    r"|(?:a )?(?:lot|bit|couple|few|cups?|glass(?:es)?|bottles?|packs?|pieces?) of|those|these|this"
    r"|that|being|one of)\s+)+"
)
_APART = regex(r"(?i)\s*(?:,|/|&|\+)\s*|\s+(?:and|or|plus|called|named|und|y)\s+")
_NAMED = regex(
    r"^(?:[Mm]y|[Oo]ur|[Tt]he) (?:(?!in|on|at|from|with|for)[a-z]+ ){1,2}(?=[A-Z])"
    r"|\b(?:Dr|Mrs?|Ms|Prof)\.? "
)
_CONTAINED = regex(
    r"\b(?P<what>membership|subscription|account|contract|plan)\s(?:at|with|to|for|of|in)\s(?P<of>.+)$"
)
_NOT_THINGS = words(
    """
    it him her them you us this that these those something anything everything nothing one ones
    myself himself herself time way thing stuff lot bit here there someone somebody people much
    him them what how why where when day week month year while moment not well fine good better
    sure sorry able going happy glad sad tired sick home work job house place great awesome best
    fun important hard amazing nice cool kind lots ton bit recently really too also difference
    life world love joy together blast story stories memory memories
    """
)
_CONTAINERS = words(
    """
    subscription membership account plan job class classe lesson course diet habit app contract
    venue date location budget time trip holiday vacation flight booking reservation appointment
    ticket pass
    team club routine practice school shift training phone provider league season bank
    """
)


def things(phrase: str) -> list[str]:
    """Each thing the phrase lists, whole, as a key."""
    short = _TAIL.sub("", f" {_NAMED.sub('', phrase.strip())}").strip()
    short = _PREPOSITION.sub("", _LEADING.sub("", f"{short} ".lstrip()).strip())
    parts = [_whole(part) for part in _APART.split(short)]
    return [part for part in dict.fromkeys(parts) if part]


def heads(phrase: str) -> list[str]:
    """The things the phrase lists and what sort of thing each is: "old tabby cat" is a cat."""
    found: list[str] = []
    if contained := _CONTAINED.search(phrase):
        found += [f"{one} {contained['what']}" for one in heads(contained["of"])]
    for whole in things(phrase):
        *before, last = whole.split()
        sort = f"{before[-1]} {last}" if len(before) > 1 else whole
        found += [whole, sort, *([last] if _telling(last) else before[-1:])]
    return [one for one in dict.fromkeys(found) if one not in _NOT_THINGS]


def named(phrase: str) -> list[str]:
    """The proper names in the phrase, as keys: "my mail in Outlook" speaks of Outlook."""
    found = [_whole(name) for name in _NAMES.findall(_WITH.sub("", phrase))]
    return [name for name in dict.fromkeys(found) if name]


def given_up(phrase: str) -> list[str]:
    """What is over when somebody gives up what the phrase names: with the gym pass, the gym."""
    found: list[str] = []
    for whole in things(phrase):
        *before, last = whole.split()
        found.append(whole)
        if before and last in _CONTAINERS:
            found.append(" ".join(before))
    return found


def _whole(part: str) -> str | None:
    plain = _LEADING.sub("", f"{part.strip()} ").strip()
    found = re.findall(r"[\w+#'.\-]*[\w+#]", plain.casefold().replace("'s ", " "))
    kept = [word for word in found if word not in STOP_WORDS["en"]]
    if not 1 <= len(kept) <= MOST_WORDS or (len(kept) == 1 and kept[0] in _NOT_THINGS):
        return None
    return " ".join([*kept[:-1], singular(kept[-1])])


def _telling(word: str) -> bool:
    return len(word) > 2 and word not in _NOT_THINGS and word not in _CONTAINERS
