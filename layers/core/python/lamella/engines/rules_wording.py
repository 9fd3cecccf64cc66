"""How the rules hear a sentence: spelled right, clause by clause, each with its subject.

"Turns out I ended up moving to Boise" is heard as "I moved to Boise", "and started at Acme" as "I
started at Acme". What is stored stays as it was said.
"""

from __future__ import annotations

import re

from lamella.engines.rules_grammar import RELATIONS
from lamella.regex import regex

_SPELLED = (
    (regex(r"\b[Ii]m\b|\bi'm\b"), "I'm"),
    (regex(r"\b[Ii]ve\b|\bi've\b"), "I've"),
    (regex(r"\bi\b(?!')"), "I"),
    (regex(r"(?i)\b(do|does|did|is|was|ca|wo)nt\b"), r"\1n't"),
    (regex(r"\b([Mm])y fav(?:e|es|s)?\b"), r"\1y favourite"),
    (regex(r"\bI(?:'d| would) (?:much )?rather (?:have )?(?!not\b|be\b|say\b)"), "I prefer "),
    (regex(r"\b(I|[Ww]e)(?:'ve| have)? (?:went |gone )?back to being\b"), r"\1 am"),
)
_LEAD = regex(
    r"(?i)^(?:(?:so(?! long)|well|ok|okay|oh|and|but|btw|by the way|fyi|(?:quick |small |little"
    r" )?(?:update"
    r"|correction|note|news)|(?:good|great|bad|sad|big|exciting) news|funny thing|to be \w+"
    r"|actually"
    r"|in fact|(?:it |as it )?turns out|turned out|sorry|oops|whoops|my (?:bad|mistake)"
    r"|(?:scratch|scrap|strike|forget|ignore) (?:that|this|it)|wait|no(?! (?:more|longer|one))"
    r"|nope|nah|just so you know"
    r"|just to let you know|for the record|please note|heads[- ]up|honestly|finally|anyway"
    r"|guess what|I meant|I mean|I should say|I misspoke|also|now|lately|recently|these days"
    r"|nowadays|today|yesterday|from now on|last (?:week|month|year|night)|this (?:week|month|year)"
    r"|(?:as of|since) (?:last )?\w+|after all|in the end|big change|change of plans?|never mind"
    r"|hmm|yes|yeah|yep|ha|haha|wow|happy to report|I forgot to (?:say|mention)|as you know)"
    r"(?:\s*[,:;.!\u2013-]+|\s+that\b)?\s+)+"
)
_DONE = (
    r"moved|relocated|quit|got|sold|bought|started|switched|left|joined|changed|gave up|stopped"
    r"|signed up|cancell?ed|adopted|ended up|became|dropped|ditched|lost|traded|swapped|replaced"
    r"|upgraded|downgraded|took up|picked up|turned|graduated|broke up|split up|retired|settled"
    r"|went (?:back|vegan|vegetarian|with|for)|migrated|enrolled|resigned|was|deleted|closed|had to"
)
_ELIDED = regex(
    rf"(?:just |finally |recently |now |officially |also |already |since )*(?i:{_DONE}|no longer"
    r"|used to)\b"
)
_GOING_ON = regex(
    r"(?:now |currently |still |not )?(?i:(?:\w+ing)\b(?=.*\b(?:now|these days|at the moment"
    r"|nowadays"
    r"|currently|instead)\b)|living|working|studying|driving|using|dating|renting|back (?:to|in"
    r"|at|on|with)|down to|up to"
    r"|off (?!to\b)|done with)\b"
)
_THEIRS = regex(
    rf"\b(?P<who>[Mm]y (?:\w+ )?(?:{RELATIONS})|(?!I\b)[A-Z]\w+(?= (?:is|isn't|was|has|works"
    r"|lives|left|quit|moved|got)\b))"
)
_PRONOUN = regex(r"\b(?:[Hh]e|[Ss]he)(?='s\b|\s)")
_TURNED_INTO = regex(
    r"(?i)\b(?:ended up|wound up|went ahead and|decided to|managed to|had to|chose to|have had to"
    r"|finally) (?P<verb>\w+)\b"
)
_BACK_TO = regex(
    r"\b(?P<who>I|[Ww]e)(?:'m|'re|'ve| am| are| have)? (?:just |now )*(?:went|gone|going|go)? ?back"
    r" to (?P<verb>\w+?)(?P<ing>ing)?(?= (?:in|at|for|with|on|as|my|the|a)\b)"
)
_PAST = {
    "go": "went",
    "buy": "bought",
    "get": "got",
    "take": "took",
    "leave": "left",
    "quit": "quit",
    "sell": "sold",
    "choose": "chose",
    "give": "gave",
    "keep": "kept",
    "stop": "stopped",
    "drop": "dropped",
    "swap": "swapped",
    "let": "let",
    "cut": "cut",
    "put": "put",
    "find": "found",
    "become": "became",
    "switch": "switched",
    "postpone": "postponed",
    "move": "moved",
    "cancel": "cancelled",
    "change": "changed",
    "rent": "rented",
    "replace": "replaced",
    "return": "returned",
    "close": "closed",
    "raise": "raised",
    "push": "pushed",
    "trade": "traded",
    "adopt": "adopted",
}
_GERUNDS = {
    **{f"{base.removesuffix('e')}ing": past for base, past in _PAST.items()},
    **{f"{base}{base[-1]}ing": past for base, past in _PAST.items()},
}
_CUT_SHORT = ("us", "liv", "driv", "tak")
_CLAUSE = regex(
    r"(?<!Dr)(?<!Mr)(?<!Mrs)(?<!Ms)(?<!Prof)\.+(?=\s|$)|[;!?()\n\u2026]+\s*|:\s|\s[\u2013\u2014-]+\s|,?\s+(?:because|which|who|while|though|although"
    r"|until|so that|'cause|cause)\s+|,?\s+(?:and|but|so(?! long)|yet|since|when|after"
    r"|as(?!\s(?:my|our)\s(?:[\w\-]+\s?){1,3}[.!]?$)"
    r"|before|then)\s+(?="
    r"(?:I|we|my|our|he|she|they|it|now|then|today|also|the|[A-Z]\w+ (?:is|has|was))\b|I'|we'"
    rf"|(?:{_DONE}|am|have|had)\b)|,\s+(?=\w+ing\b|(?:please |just )?(?:use|call|text|write"
    rf"|send)\b)"
    rf"|,\s+(?:and\s+|so\s+|but\s+)?(?=(?:I|we|my|our|he|she|they|it|that"
    rf"|this|now|then|so|the|for|since|not|no)\b|I'|we'|(?:{_DONE})\b)"
)
_TOGETHER = regex(r"(?:(?<=^)|(?<=[,.;] ))((?:[Mm]y )?\w+) and (I|me)\b")
_SUBJECT = regex(rf"^(?:\w+\s)?(?P<who>I|[Ww]e|[Mm]y (?:\w+ )?(?:{RELATIONS})|[A-Z]\w+)(?=\s|')")


def spelled(sentence: str) -> str:
    """The sentence with one apostrophe, and hasty spellings put right."""
    plain = sentence.replace("\u2019", "'").strip()
    for hasty, right in _SPELLED:
        plain = hasty.sub(right, plain)
    return plain


def heard(plain: str) -> str:
    """The sentence, as `spelled`, without what leads to it, with its subject and its real verb."""
    return _BACK_TO.sub(_resumed, _TURNED_INTO.sub(_done, _with_subject(plain, "I")))


def clauses(plain: str) -> list[str]:
    """The clauses of a sentence that was `heard`, each with a subject if it can do without one."""
    found: list[str] = []
    subject = "I"
    joined = _TOGETHER.sub(r"\1 + \2", _named(plain))
    for part in filter(None, map(str.strip, _CLAUSE.split(joined))):
        clause = _with_subject(part, subject)
        found.append(clause)
        known = _SUBJECT.match(clause)
        subject = known["who"] if known else subject
    return found


def _named(plain: str) -> str:
    """He and she by the name or relation they stand for, where the sentence tells it."""
    theirs = _THEIRS.search(plain)
    if theirs is None:
        return plain
    end = theirs.end()
    return plain[:end] + _PRONOUN.sub(theirs["who"], plain[end:])


def _with_subject(plain: str, subject: str) -> str:
    lead = _LEAD.match(plain)
    start = lead.end() if lead else 0
    rest = plain[start:]
    if _ELIDED.match(rest):
        return f"{subject} {rest[0].lower()}{rest[1:]}"
    if _GOING_ON.match(rest):
        be = "'m" if subject == "I" else "'re" if subject.lower() == "we" else "'s"
        return f"{subject}{be} {rest[0].lower()}{rest[1:]}"
    return rest


def _resumed(match: re.Match[str]) -> str:
    if match["verb"] in ("work", "us", "liv", "live", "driv", "drive", "eat", "drink", "be", "tak"):
        return f"{match['who']} {match['verb']}{'e' if match['verb'] in _CUT_SHORT else ''}"
    return match[0]


def _done(match: re.Match[str]) -> str:
    verb = match["verb"].casefold()
    return _PAST.get(verb) or _GERUNDS.get(verb) or match[0]
