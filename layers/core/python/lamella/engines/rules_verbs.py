"""Verbs, without a dictionary of them: one form for all, and which of them tell of an event."""

from __future__ import annotations

import re

from lamella.regex import regex
from lamella.wordlists import words

_MANY = words(
    """
    hav has lik lov enjoy hat know speak play own need want think say se get mak feel eat drink
    ador dislik prefer collect tak giv help tell mean guess hop believ understand look go com try
    learn be find let bring buy sell agre car keep call ask seem wish sound a an the my our his
    her us am i are was ben got so very just us stand
    """
)
_TASTED = words("lik lov enjoy hat know speak play dislik ador see think say watch read collect")
_EXCHANGED = words("drink eat tak us want wear")
_PLACED = words("on in at with off under back down up out")
_KEPT_AS = regex(
    r"(?:an?|the) (?:\w+ )?(?:treasurer|chair\w*|president|secretary|captain|trustee|volunteer"
    r"|members?|size|regular|subscriber|customer|client|patient|resident|student|user)\b"
)
_SETTLED = words("employed insured based enrolled registered subscribed signed engaged married")
_MENTAL = words(
    """
    think feel guess hop wish know believ understand agre mean see say tell ask seem sound look
    remember forget imagin wonder suppos bet thank appreciat admir car mind matter let sur
    excit glad happy proud sorry love lov lik enjoy hat ador can could will wil would should try
    find com now even just really also still so very more as what how that when if gon it
    and or but must might may last serv remind help need realiz realis cherish treasur inspir
    motivat hold stay hear thos this there always
    """
)
_UNSAID = words("that it this what how so if when why you your there like well great fine good")
_BEGUN = words("got bought adopted started joined became switched moved took found signed won")
_EVENTS = words(
    """
    went saw had was were did made came said told found felt ran ate drank wrote met heard knew
    thought began brought caught fell held lost paid sent spent stood taught won woke wore broke
    """
)
_HAVING = regex(r"(?i)(?:'ve|\b(?:have|has|got))\b[\w' ]*$")
_BEING = regex(r"(?i)(?:'m|'re|'s|\bam|\bis|\bare|\bbeen)\b[\w' ]*$")


def auxiliary_in(before: str) -> str | None:
    """The verb among the words before another, if that is none itself: "have", "be" or None."""
    if _BEING.search(before):
        return "be"
    return "have" if _HAVING.search(before) else None


def participle(word: str) -> bool:
    """Whether the word can follow "have" or "be" as a verb."""
    plain = word.casefold()
    return plain in _EVENTS or plain in _BEGUN or plain.endswith(("ed", "ing", "en"))


def stem(verb: str) -> str:
    """One form for "smoke", "smokes" and "smoking"."""
    plain = verb.casefold()
    if plain.endswith("ing") and len(plain) > 4:
        plain = plain.removesuffix("ing")
    elif plain.endswith("s") and not plain.endswith("ss") and len(plain) > 2:
        plain = plain[:-1]
    plain = plain.removesuffix("e")
    return plain[:-1] if len(plain) > 3 and plain[-1] == plain[-2] else plain


def many(act: str) -> bool:
    """Whether people do the act (a stem) with several things at once, as liking or owning."""
    return act in _MANY


def tasted(act: str) -> bool:
    """Whether the act (a stem) is about what one likes, knows or plays: seldom one thing."""
    return act in _TASTED


def exchangeable(act: str) -> bool:
    """Whether one thing can take another's place in the act although people do many at once."""
    return act in _EXCHANGED


def lasts(act: str, before: str, rest: str) -> bool:
    """Whether the act tells of somebody's life, and not of what they feel or think."""
    first, plain = rest.split(" ")[0].casefold(), act.casefold()
    if plain == "be":
        return first in _PLACED or _KEPT_AS.match(rest) is not None
    if plain.endswith("ed") and _BEING.search(before) and plain not in _SETTLED:
        return False
    return stem(plain) not in _MENTAL and plain.isalpha() and first not in _UNSAID


def happened(act: str, before: str) -> bool:
    """Whether the act is an event and no state; `before` is what stands between who and act."""
    plain = act.casefold()
    if plain in _BEGUN or _BEING.search(before):
        return False
    return plain in _EVENTS or (plain.endswith("ed") and len(plain) > 4)


def begun(act: str) -> bool:
    """Whether the act is the event that a state began with: "got", "joined"."""
    return act.casefold() in _BEGUN


def doing(phrase: str) -> list[str]:
    """The act that is over, where what is over is a bare act: "smoking"."""
    first, *rest = phrase.split() or [""]
    over = re.fullmatch(r"[a-z]{2,}ing", first) and (not rest or _WHEN.match(" ".join(rest)))
    return [stem(first)] if over else []


_WHEN = regex(
    r"(?i)(?:\d+|a|an|two|three|four|five|six|a few|several|last|this|in|on|since|for|yesterday"
    r"|altogether|completely|entirely|now|ages|years|months|weeks)\b"
)
