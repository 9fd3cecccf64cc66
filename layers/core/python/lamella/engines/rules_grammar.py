"""The grammar that slot rules share: who is spoken of, what is said of them, where it ends.

A pattern names its groups: `me`, `name`, `named` or `relation` is whom it is about, `value` what
fills the slot. English, with the commonest forms of German and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from lamella.regex import regex

RELATIONS = (
    "sister-in-law|brother-in-law|mother-in-law|father-in-law|son-in-law|daughter-in-law|sister|brother|mother|mom|mum|father|dad|wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?"
    "|son|daughter|cousin|uncle|aunt|niece|nephew|grandmother|grandma|grandfather|grandpa|friend"
    "|best friend|boss|manager|colleague|coworker|roommate|flatmate|neighbou?r|doctor|dentist"
    "|therapist|teacher|coach|mentor|assistant|parents|kids?|children|sons|daughters|twins|siblings"
    "|brothers|sisters|grandparents|in-laws|family|baby|toddler|ex|stepson|stepdaughter|landlord"
    "|trainer|accountant|lawyer|pediatrician|physio|nanny|babysitter|aunts|uncles|cousins|friends"
)
OWNABLE = (
    "dog|cat|puppy|kitten|parrot|rabbit|hamster|horse|bird|turtle|snake|pet|car|bike|bicycle"
    "|motorbike|motorcycle|boat|van"
)
VEHICLE = "car|bike|bicycle|motorbike|motorcycle|boat|van"
OCCUPATION = (
    "accountant|actor|actress|analyst|architect|artist|author|baker|barista|bartender|biologist"
    "|carpenter|cashier|chef|chemist|consultant|cook|counsell?or|dancer|dentist|designer|developer"
    "|director|doctor|driver|economist|editor|electrician|engineer|farmer|firefighter|freelancer"
    "|gardener|hairdresser|journalist|lawyer|lecturer|librarian|manager|mechanic|musician|nurse"
    "|painter|pharmacist|photographer|physicist|physiotherapist|pilot|plumber|policeman|professor"
    "|programmer|psychologist|receptionist|researcher|salesman|scientist|secretary|singer|soldier"
    "|student|surgeon|tailor|teacher|therapist|trainer|translator|vet|veterinarian|waiter|waitress"
    "|writer|paramedic|intern|apprentice|founder|CEO|CTO|CFO|tutor|instructor|coach|guard|officer"
    "|clerk|agent|operator|technician|inspector|supervisor|coordinator|specialist|representative"
    "|broker|banker|courier|butcher|florist|builder|roofer|welder|barber|stylist|tester|planner"
    "|principal|team lead|tech lead|lead|head of [\\w ]{2,25}|vice president|social worker|partner"
    "|seamstress|[a-z]+(?:ologist|ographer|ician|keeper)|midwife|caregiver|cleaner|dancer|florist"
    "|joiner|mason|bricklayer|sailor|steward(?:ess)?|flight attendant|judge|notary|politician"
    "|lehrer(?:in)?|ingenieur(?:in)?|arzt|ärztin|krankenpfleger(?:in)?"
    "|profesora?|ingenier[oa]"
    "|médic[oa]|enfermer[oa]|abogad[oa]"
)
DIET = (
    "vegetarian|vegan|pescatarian|flexitarian|gluten-free|lactose[- ]intolerant|kosher|halal|keto"
    "|carnivore|vegetarier(?:in)?|veganer(?:in)?|vegetarisch|vegetarian[oa]|vegan[oa]"
)
ADVERBS = (
    r"(?:(?:just|now|also|currently|recently|actually|still|already|finally|really|usually|always"
    r"|absolutely|definitely|generally|mostly|only|strictly|officially|never|no longer|don't"
    r"|do not|didn't|doesn't|does not|have|has|'ve|'s|am|'m|is|are|'re|not|been|isn't|aren't"
    r"|haven't|hasn't|can|can't|cannot|barely|hardly|all|both|each|mainly|primarily|then|since"
    r"|successfully|sadly|happily|eventually|lately|nowadays|simply|fully|long|jetzt|inzwischen"
    r"|seit kurzem|nicht mehr|ya no|ahora|no)\s+)*"
)
NAME = r"[A-ZÀ-Þ][\w'\-]+(?:\s(?!I')[A-ZÀ-Þ][\w'\-]+)?"
WHO = (
    r"(?:\b(?P<me>[Ii]|[Ww]e)|\b(?:[Mm]y|[Oo]ur|[Tt]he(?=\s(?:kids|twins|children|baby)\b))\s"
    rf"(?:\w+\s)?(?P<relation>{RELATIONS})\b(?:,?\s(?P<named>{NAME}),?)?"
    rf"|(?<![\w'])(?P<name>{NAME}))"
)
SAYS = rf"{WHO}(?:\s+|(?='))(?:'(?:m|ve|s|re)\s+)?{ADVERBS}"
END = (
    r"(?=\s*(?:[.,;!?()]|$|\s-+\s|\b(?:and|but|because|since|so|when|while|with|for|as|which|where"
    r"|who|if|though|although|these days|anymore|any more|any longer|again|now|nowadays|very much"
    r"|a lot|too|ever|more than|und|aber|weil|nicht mehr|y|pero|porque)\b))"
)
WHAT = rf"(?P<value>[^.,;!?()\n]{{1,60}}?){END}"
PLACE = (
    r"(?:back\s|away\s|out\s|over\s|down\s|up\s|alone\s|on\s(?:my|our|his|her|their)\sown\s"
    r"|together\s|with\s[\w' ]{1,30}?\s)?"
    r"(?:in|to|near|at|outside)\s(?!fear|peace"
    rf"|harmony|hope|tears|the\s(?:moment|present)|another|next|my\s){WHAT}"
)
_GROUP_NAME = regex(r"\(\?(?:P<\w+>|\(\w+\))")


class Rule(NamedTuple):
    """One way to say what fills a slot; `key` tells slots of this name apart, or refuses.

    `says` is what follows `SAYS` in the pattern, without names of groups; None without it.
    """

    name: str
    predicate: str
    pattern: re.Pattern[str]
    key: Callable[[re.Match[str]], str | None] | None = None
    says: str | None = None


def rule(
    name: str,
    predicate: str,
    pattern: str,
    key: Callable[[re.Match[str]], str | None] | None = None,
) -> Rule:
    """A rule of the table, its pattern compiled by its first use."""
    says = _nameless(pattern.removeprefix(SAYS)) if pattern.startswith(SAYS) else None
    return Rule(name, predicate, regex(pattern), key, says)


def any_says(rules: Iterable[Rule]) -> re.Pattern[str]:
    """Found in whatever one of the rules that begin with `SAYS` meets, and tells who once for all.

    Most sentences meet none, and who is spoken of is what every such pattern spends most on.
    """
    said = "|".join(rule.says for rule in rules if rule.says is not None)
    return regex(f"{_nameless(SAYS)}(?:{said})")


def _nameless(pattern: str) -> str:
    """The pattern without groups' names, and with both of what depends on one."""
    return _GROUP_NAME.sub("(?:", pattern)
