"""What belongs to somebody and has one value: a rent, a dose, a laptop, a school, a date.

The noun itself is the slot, whatever it is, where its value is a name or a number: "my rent is
900" gives way to "my rent is 980", while "my rent is outrageous" fills nothing.
"""

from __future__ import annotations

import re

from lamella.engines.rules_grammar import NAME, RELATIONS, SAYS, WHAT, rule
from lamella.engines.rules_keys import given_name, singular
from lamella.wordlists import words

_DAY = (
    r"(?:(?:next|this|the)\s)?(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March"
    r"|April|May|June|July|August|September|October|November|December|\d|tomorrow|noon|midnight)"
)
_NUMBER = r"(?:\d+|two|three|four|five|six|seven|eight|nine|ten|no)"
_COUNTED = (
    r"kids|children|sons|daughters|siblings|brothers|sisters|grandchildren|grandkids|nieces"
    r"|nephews|dogs|cats|horses|cars|bikes|employees|roommates|flatmates"
)
_SCHOOL = (
    r"School|Primary|Elementary|Secondary|High|Middle|College|University|Academy|Kindergarten"
    r"|Preschool|Institute|Gymnasium"
)
_ONE_OF_A_KIND = (
    r"mother|mom|mum|father|dad|wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?|boss|manager"
    r"|landlord|landlady|accountant|lawyer|p(?:a)?ediatrician|physio|nanny|babysitter|trainer|vet"
    r"|hairdresser|barber|therapist|tutor|supervisor|team lead|advisor|cleaner|plumber|GP"
    r"|doctor|dentist|therapist|coach|mentor|assistant|roommate|flatmate"
)
_SAYS_LITTLE = words(
    """
    problem point question idea concern issue advice guess bad thing reason fear worry hope wish
    dream goal plan plans impression opinion view understanding mistake turn fault answer response
    suggestion recommendation focus heart mind god goodness day week year life world stuff way
    side friend family hobby passion interest highlight memory story
    """
)


def _noun(match: re.Match[str]) -> str | None:
    """The thing that has the value, as a key; None for nouns that hold many values."""
    found = [word for word in match["noun"].casefold().split() if word not in ("new", "current")]
    last = found[-1] if found else ""
    if not last or last in _SAYS_LITTLE or (len(found) == 1 and re.fullmatch(RELATIONS, last)):
        return None
    return " ".join([*found[:-1], singular(last)])


def _begins(match: re.Match[str]) -> str | None:
    noun, verb = _noun(match), match["verb"].casefold()
    return noun and f"{noun} {'ends' if verb in ('ends', 'finishes', 'closes') else 'begins'}"


def _named(match: re.Match[str]) -> str | None:
    return None if given_name(match) is None else match["kin"].casefold()


RULES = (
    rule(
        "relation",
        "is",
        rf"\b(?:[Mm]y|[Oo]ur)\s(?:new\s|current\s)?(?P<kin>{_ONE_OF_A_KIND})(?:'s\sname\sis|'s|\sis)\s(?:now\s)?"
        rf"(?:an?\s)?(?:called\s|named\s)?(?P<value>(?:(?:Dr|Mrs?|Ms|Prof)\.?\s)?{NAME})(?=\s*(?:[.,;!?]|$|\s(?:now|and)\b))",
        _named,
    ),
    rule(
        "relation",
        "is",
        rf"(?P<value>(?:(?:Dr|Mrs?|Ms|Prof)\.?\s)?{NAME})\sis\s(?:now\s)?(?:my|our)\s(?:new\s)?"
        rf"(?P<kin>{_ONE_OF_A_KIND})\b(?=\s*(?:[.,;!?]|$|\s(?:now|these|since)\b))",
        _named,
    ),
    rule(
        "team",
        "is on",
        rf"{SAYS}(?:on|in|part\sof|joined|joining|moved\sto|switched\sto|transferred\sto|assigned\sto"
        r"|lead|leads|leading|works?\s(?:on|in)|working\s(?:on|in)|started\son)\s(?:the|our)\s"
        r"(?P<value>[\w\- ]{2,30}?\s(?P<noun>team|squad"
        r"|department|division|shift|ward|branch|unit))\b",
        lambda m: m["noun"],
    ),
    rule(
        "own",
        "pays",
        rf"{SAYS}(?:pays?|paying)\s(?P<value>(?:[$€£]\s?)?\d[\d.,]*\s?(?:euros?|dollars?|pounds?|bucks)?)"
        r"(?:\s(?:a|per)\s(?:month|year|week))?\s(?:for\s|in\s|of\s)?(?:my\s|our\s|the\s)?(?P<noun>(?!a\b|per\b)\w+)",
        lambda m: singular(m["noun"]),
    ),
    rule(
        "dose",
        "takes",
        rf"{SAYS}(?:take|takes|taking|on|need|needs|inject|injects)\s(?P<value>\d[\w.,]*\s?(?:mg|mcg"
        r"|ml|g|(?:micro|milli)?grams?|units?|pills?|tablets?|drops?)?)\sof\s(?P<noun>\w+)",
        _noun,
    ),
    rule(
        "dose",
        "takes",
        r"\b(?:bumped|raised|lowered|increased|reduced|cut)\s(?:my|his|her)\s(?P<noun>\w+)\s"
        r"(?:up\s|down\s|back\s)?to\s(?P<value>\d[\w.,]*)",
        _noun,
    ),
    rule(
        "takes",
        "takes",
        rf"{SAYS}(?:take|takes|drink|drinks|have|like|order)\s(?:my|his|her)\s(?P<noun>\w+)\s"
        r"(?P<value>(?:with(?:out)?\s[^.,;!?]{1,40}|black|plain|straight|iced|hot|cold|strong|weak"
        r"|rare|medium|well[ -]done|neat|sweet))",
        _noun,
    ),
    rule(
        "counts",
        "has",
        rf"{SAYS}(?:have|has|got)\s(?P<value>{_NUMBER})\s(?P<noun>{_COUNTED})\b",
        lambda m: singular(m["noun"]),
    ),
    rule(
        "study",
        "studies",
        rf"{SAYS}(?:study|studies|studying|majoring\sin)\s(?!for|at|to\b|with){WHAT}",
    ),
    rule(
        "school",
        "goes to",
        rf"{SAYS}(?:go|goes|going|went|attends?|attending|started|starts|enrolled)\s(?:now\s)?"
        rf"(?:to|at|in)?\s?(?P<value>(?:[A-Z][\w'.\-]+\s){{0,3}}(?:{_SCHOOL})\b)",
    ),
    rule("job", "has", rf"{SAYS}(?P<value>retired)\b(?!\s(?:people|teacher|nurse|couple))"),
    rule(
        "work",
        "works at",
        rf"(?:{SAYS}(?:been\s)?|^(?:so\s|well\s)?)(?:got\s|was\s|were\s)?(?P<value>laid\soff|fired|let"
        r"\sgo|made\sredundant|sacked)\b",
    ),
    rule(
        "when",
        "is on",
        r"\b(?:[Tt]he|[Oo]ur|[Mm]y)\s(?P<noun>(?:\w+\s){0,2}?\w+)\s(?:is|are|got|was|has\sbeen|have"
        r"\sbeen|will\sbe)\s(?:now\s|going\sto\sbe\s)?(?:(?:moved|rescheduled|pushed(?:\sback)?"
        r"|postponed|brought\sforward|shifted|changed)\s(?:to|until|till)|(?:(?<!was\s)"
        rf"(?:scheduled\sfor\s|set\sfor\s|on\s|at\s|due\s(?:on\s|by\s)?)))\s?(?:on\s)?(?P<value>{_DAY}[^.,;!?]*)",
        _noun,
    ),
    rule(
        "when",
        "begins",
        r"\b(?:[Tt]he|[Oo]ur|[Mm]y)\s(?P<noun>(?:\w+\s){0,2}?\w+)\s(?P<verb>starts|begins|opens|ends"
        rf"|finishes|closes)\s(?:now\s)?(?:on\s|at\s)?(?P<value>{_DAY}[^.,;!?]*)",
        _begins,
    ),
    rule(
        "own",
        "has as its own",
        r"\b(?:[Mm]y|[Oo]ur)\s(?P<noun>(?:(?!is\b|favou?rite\b)[\w']+\s){0,2}?(?!is\b)\w+)(?:"
        r"\sfor\s[\w' ]{1,30}?)?\s(?:is|'s)\s"
        r"(?:now\s|at\s|a\s|an\s|the\s|called\s|named\s|about\s|around\s|currently\s)*"
        r"(?P<value>(?!I\b)(?:[A-ZÀ-Þ\d]|\w+[_@\d])[^,;!?]*)",
        _noun,
    ),
    rule(
        "own",
        "hat als",
        r"\b(?:[Mm]eine?|[Mm]i)\s(?:neuer?\s|neues\s|nuev[oa]\s)?(?P<noun>\w+)\s(?:ist|es)\s"
        r"(?:jetzt\s|ahora\s)?(?P<value>[\d]\S*[^.,;!?]*)",
        _noun,
    ),
)
