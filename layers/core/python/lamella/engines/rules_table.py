"""The table of slots: how people say where they live, what they like, whom they are related to.

A pattern names its groups: `me`, `name`, `named` or `relation` is whom it is about, `value` what
fills the slot. English, with the commonest forms of German and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lamella.engines.rules_keys import (
    favourite,
    given_name,
    owned,
    plan,
    preference,
    singular,
    taste,
    thing,
)

RELATIONS = (
    "sister|brother|mother|mom|mum|father|dad|wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?"
    "|son|daughter|cousin|uncle|aunt|niece|nephew|grandmother|grandma|grandfather|grandpa|friend"
    "|best friend|boss|manager|colleague|coworker|roommate|flatmate|neighbou?r|doctor|dentist"
    "|therapist|teacher|coach|mentor|assistant"
)
_OWNABLE = (
    "dog|cat|puppy|kitten|parrot|rabbit|hamster|horse|bird|turtle|snake|pet|car|bike|bicycle"
    "|motorbike|motorcycle|boat|van"
)
_OCCUPATION = (
    "accountant|actor|actress|analyst|architect|artist|author|baker|barista|bartender|biologist"
    "|carpenter|cashier|chef|chemist|consultant|cook|counsell?or|dancer|dentist|designer|developer"
    "|director|doctor|driver|economist|editor|electrician|engineer|farmer|firefighter|freelancer"
    "|gardener|hairdresser|journalist|lawyer|lecturer|librarian|manager|mechanic|musician|nurse"
    "|painter|pharmacist|photographer|physicist|physiotherapist|pilot|plumber|policeman|professor"
    "|programmer|psychologist|receptionist|researcher|salesman|scientist|secretary|singer|soldier"
    "|student|surgeon|tailor|teacher|therapist|trainer|translator|vet|veterinarian|waiter|waitress"
    "|writer|lehrer(?:in)?|ingenieur(?:in)?|arzt|ärztin|krankenpfleger(?:in)?"
    "|profesora?|ingenier[oa]"
    "|médic[oa]|enfermer[oa]|abogad[oa]"
)
_DIET = (
    "vegetarian|vegan|pescatarian|flexitarian|gluten-free|lactose[- ]intolerant|kosher|halal|keto"
    "|carnivore|vegetarier(?:in)?|veganer(?:in)?|vegetarisch|vegetarian[oa]|vegan[oa]"
)
_ADVERBS = (
    r"(?:(?:just|now|also|currently|recently|actually|still|already|finally|really|usually|always"
    r"|absolutely|definitely|generally|mostly|only|strictly|officially|never|no longer|don't"
    r"|do not|didn't|doesn't|does not|have|has|'ve|'s|am|'m|is|are|'re|jetzt|inzwischen"
    r"|seit kurzem|nicht mehr|ya no|ahora|no)\s+)*"
)
_NAME = r"[A-ZÀ-Þ][\w'\-]+(?:\s[A-ZÀ-Þ][\w'\-]+)?"
_WHO = (
    rf"(?:\b(?P<me>[Ii]|[Ww]e)|\b[Mm]y\s(?:\w+\s)?(?P<relation>{RELATIONS})(?:,?\s"
    rf"(?P<named>{_NAME}),?)?"
    rf"|(?<![\w'])(?P<name>{_NAME}))"
)
_SAYS = rf"{_WHO}(?:\s+|(?='))(?:'(?:m|ve|s|re)\s+)?{_ADVERBS}"
_END = (
    r"(?=\s*(?:[.,;!?()]|$|\s-+\s|\b(?:and|but|because|since|so|when|while|with|for|as|which|where"
    r"|who|if|though|although|these days|anymore|any more|any longer|again|now|nowadays|very much"
    r"|a lot|too|ever|more than|und|aber|weil|nicht mehr|y|pero|porque)\b))"
)
_WHAT = rf"(?P<value>[^.,;!?()\n]{{1,60}}?){_END}"
_PLACE = (
    r"(?:back\s|away\s|out\s|over\s|down\s|up\s)?(?:in|to|near|at|outside)\s(?!fear|peace"
    rf"|harmony|hope|tears|the\s(?:moment|present)|another|next|my\s){_WHAT}"
)


class Rule(NamedTuple):
    """One way to say what fills a slot; `key` tells slots of this name apart, or refuses."""

    name: str
    predicate: str
    pattern: re.Pattern[str]
    key: Callable[[re.Match[str]], str | None] | None = None


def _rule(
    name: str,
    predicate: str,
    pattern: str,
    key: Callable[[re.Match[str]], str | None] | None = None,
) -> Rule:
    return Rule(name, predicate, re.compile(pattern), key)


RULES = (
    _rule(
        "name",
        "is called",
        r"\b(?:[Mm]y\sname\s(?:is|'s)|[Mm]y\sname's|[Ii]\sam\scalled|[Pp]lease\scall\sme"
        r"|^[Cc]all\sme|[Ii]ch\shei(?:ß|ss)e|[Mm]ein\sName\sist|[Mm]e\sllamo|[Mm]i\s"
        rf"nombre\ses)\s(?P<value>{_NAME})",
    ),
    _rule(
        "name",
        "is called",
        rf"^(?:(?:[Hh]i|[Hh]ello|[Hh]ey)[,!]?\s)?(?:I'm|I\sam|[Ss]oy)\s(?P<value>{_NAME})"
        r"(?=\s*(?:[.,!]|$|\sand\s|\sfrom\s|\sund\s))",
        given_name,
    ),
    _rule(
        "home",
        "lives in",
        rf"{_SAYS}(?:live|lives|living|reside|resides|based|living|settled|lived)\s{_PLACE}",
    ),
    _rule(
        "home",
        "lives in",
        rf"{_SAYS}(?:moved|relocated|moving\sinto)\s(?:back\s|away\s|out\s|over\s|down\s"
        rf"|up\s)?(?:from\s[\w ]+?\s)?to\s(?!(?:the|a|an|my|tears|another|next)\b){_WHAT}",
    ),
    _rule(
        "home",
        "lives in",
        r"\b[Ii]ch\s(?:wohne|lebe|bin)\s(?:jetzt\s|inzwischen\s|seit\s\w+\s|nicht\smehr\s"
        rf")*(?:in|nach)\s(?P<value>{_NAME})",
    ),
    _rule(
        "home",
        "lives in",
        rf"\b(?:[Vv]ivo|[Yy]a\sno\svivo)\s(?:ahora\s)?en\s(?P<value>{_NAME})|\b[Mm]e\s"
        rf"(?:mudé|he\smudado)\sa\s{_NAME}",
    ),
    _rule(
        "hometown",
        "is from",
        r"(?:\bI'm|\bI\sam|\bi\scome|\bI\scome|[Ii]ch\skomme|[Ss]oy)\s(?:originally\s"
        rf"|ursprünglich\s)?(?:from|aus|de)\s(?P<value>{_NAME})",
    ),
    _rule(
        "job",
        "works as",
        rf"{_SAYS}(?:(?:a|an)\s|(?:work|works|working|started)\sas\s(?:a\s|an\s)?)"
        rf"(?P<value>(?:[\w\-]+\s){{0,3}}?(?:{_OCCUPATION}))\b",
    ),
    _rule(
        "job",
        "works as",
        rf"\b[Mm]y\s(?:current\s|new\s)?(?:job(?:\stitle)?|profession|occupation)\sis\s{_WHAT}",
    ),
    _rule(
        "job",
        "works as",
        r"\b(?:[Ii]ch\s(?:bin|arbeite\sals)|[Ss]oy|[Tt]rabajo\scomo)\s(?:jetzt\s)?"
        rf"(?P<value>(?i:{_OCCUPATION}))\b",
    ),
    _rule(
        "work",
        "works at",
        rf"{_SAYS}(?:work|works|working|employed|hired|got\shired|(?:have\s|has\s|got\s"
        r"|started\s)?a\s(?:new\s)?job|started(?:\sworking)?)\s(?:at|for|by)\s(?!(?:home|night"
        r"|hours?|a\sliving|myself|it|this|that|the\s(?:moment|day)|years?|weeks?"
        rf"|days?|months?|my|least|first|once|\d)\b){_WHAT}",
    ),
    _rule(
        "work",
        "works at",
        rf"\b[Mm]y\s(?:new\s|current\s)?(?:employer|company)\sis\s{_WHAT}|\bI\s(?:just\s"
        r"|have\s)?(?:quit|left|lost)\smy\s(?:old\s)?job\b",
    ),
    _rule(
        "work",
        "works at",
        rf"\b(?:[Ii]ch\sarbeite\s(?:jetzt\s)?(?:bei|für)|[Tt]rabajo\s(?:en|para))\s{_WHAT}",
    ),
    _rule(
        "age",
        "is aged",
        rf"{_SAYS}(?P<value>\d{{1,3}})(?:\syears?\sold|\sJahre\salt)|\bI(?:'ve)?\s(?:just\s"
        rf")?turned\s\d{{1,3}}\b|\b[Tt]engo\s\d{{1,3}}\saños",
    ),
    _rule(
        "birthday",
        "was born on",
        r"\b(?:[Mm]y\sbirthday\s(?:is|falls)|I\swas\sborn|[Mm]ein\sGeburtstag\sist|[Mm]i\s"
        rf"cumpleaños\ses)\s(?:on\s|in\s|am\s|el\s)?{_WHAT}",
    ),
    _rule(
        "relationship",
        "is",
        rf"{_SAYS}(?:got\s|getting\s|been\s)?(?P<value>single|married|engaged(?!\sin|\s"
        r"with)|divorced|separated|widowed|in\sa\srelationship)\b|\bwe\s(?:just\s)?broke\sup\b",
    ),
    _rule(
        "relationship",
        "is",
        r"\b(?:[Ii]ch\sbin\s(?:jetzt\s|wieder\s)?(?:verheiratet|ledig|geschieden|verlobt|single)"
        r"|[Ee]stoy\s(?:casad|solter|divorciad)[oa])\b",
    ),
    _rule(
        "diet",
        "is",
        rf"{_SAYS}(?:(?:became|become|went|gone|turned|going|a|an|not|eat|mostly)\s)*"
        rf"(?P<value>(?i:{_DIET}))\b",
    ),
    _rule(
        "diet",
        "eats",
        rf"{_SAYS}(?:eat|eating|stopped\seating|gave\sup|started\seating)\s(?:any\s)?"
        r"(?P<value>meat|fish|animal\sproducts|dairy|gluten|pork)\b",
    ),
    _rule(
        "diet",
        "is",
        r"\b(?:[Ii]ch\s(?:bin|esse)|[Ss]oy|[Mm]e\shice)\s(?:jetzt\s|inzwischen\s|strikt\s"
        rf"|kein[e]?\s|nicht\smehr\s)*(?i:{_DIET}|fleisch)\b",
    ),
    _rule(
        "allergy",
        "is allergic to",
        rf"{_SAYS}(?:not\s)?allergic\sto\s{_WHAT}|\b[Ss]oy\salérgic[oa]\sa\s\w+|[Ii]ch\s"
        r"bin\sallergisch\s(?:gegen|auf)\s\w+",
        lambda m: thing(m["value"] or m[0].split()[-1]),
    ),
    _rule(
        "favourite",
        "has as favourite",
        r"(?i:\bmy\s(?:all[- ]time\s|new\s|current\s"
        r"|absolute\s)?favou?rite)\s(?:\w+\s)?(?P<noun>\w+)(?:\s(?:of\sall\stime|now"
        r"|right\snow))?\s(?:is|are|has\sto\sbe"
        rf"|became)\s(?:now\s)?{_WHAT}",
        favourite,
    ),
    _rule(
        "favourite",
        "has as favourite",
        r"(?i:\bmeine?\s(?:neue[rs]?\s)?lieblings)(?P<noun>\w+)\s(?:ist|sind)\s(?P<value>\w+)"
        r"|\b(?i:mi\s)(?P<n2>\w+)\s(?:favorit[oa]|preferid[oa])\s(?:es|son)\s",
        lambda m: singular(m["noun"] or m["n2"]),
    ),
    _rule(
        "prefers",
        "prefers",
        rf"{_SAYS}(?:(?(me)prefer|prefers))\s(?P<value>[^.,;!?()]{{1,60}}?)(?:\s(?:over"
        rf"|to|rather\sthan|instead\sof|than)\s(?P<rejected>[^.,;!?()]{{1,40}}?))?{_END}",
        preference,
    ),
    _rule(
        "prefers",
        "prefers",
        r"\b(?:[Ii]ch\sbevorzuge|[Pp]refiero)\s(?:jetzt\s"
        r"|ahora\s)?(?P<value>[^.,;!?()]{1,50}?)(?:\s(?:statt|gegenüber|a|que"
        r"|en\svez\sde)\s(?P<rejected>[^.,;!?()]{1,40}?))?(?=[.,;!?()]|$)",
        preference,
    ),
    _rule(
        "taste",
        "likes",
        rf"{_SAYS}(?:(?(me)(?:like|love|enjoy|adore|hate|dislike|(?<=m )into|(?<=am "
        r")into)|(?:likes|loves|enjoys|adores|hates|dislikes|(?<=doesn't\s)(?:like|love|enjoy)"
        r"|(?<=not\s)(?:like|love|enjoy)))|can't\sstand|cannot\sstand|stopped\s"
        rf"liking|(?:a\s)?(?:big|huge)\sfan\sof)\s{_WHAT}",
        taste,
    ),
    _rule(
        "taste",
        "likes",
        r"\b(?:[Ii]ch\s(?:mag|liebe|hasse))\s(?:kein(?:e"
        r"|en)?\s)?(?P<value>[^.,;!?()]{1,40}?)(?:\s(?:nicht(?:\smehr)?|sehr|mehr"
        r"|nicht\sbesonders))?(?=[.,;!?()]|$|\sund\s|\saber\s)|\b(?:[Yy]a\sno\s"
        r"|[Nn]o\s)?[Mm]e\s(?:gustan?"
        r"|encantan?)\s(?:mucho\s)?(?P<v2>[^.,;!?()]{1,40}?)(?=[.,;!?()]|$|\sy\s|\spero\s)",
        lambda m: thing(m["value"] or m["v2"]),
    ),
    _rule(
        "language",
        "wants answers in",
        r"(?i:\b(?:answer|reply|respond|write|speak)\s(?:to\s)?(?:me\s)?(?:always\s|only\s)?in\s"
        r"|\bmy\s(?:preferred|native|first)\slanguage\sis\s|\bmeine\s(?:muttersprache"
        r"|sprache)\sist\s|\bmi\s(?:idioma|lengua)\s(?:\w+\s)?es\s)(?P<value>[A-Za-zñ]+)",
    ),
    _rule(
        "timezone",
        "is in the time zone",
        r"(?i:\bmy\stime\s?zone\sis\s(?P<value>[\w/+:\-]+)|\bI'm\s(?:in"
        r"|on)\s(?:the\s)?[A-Z][\w/+\-]+\s(?:time\s?zone|time)\b)",
    ),
    _rule(
        "email",
        "can be mailed at",
        r"(?i:\bmy\s(?:new\s|work\s|private\s)?e-?mail(?:\saddress)?\sis\s)(?P<value>\S+)",
    ),
    _rule(
        "phone",
        "can be called at",
        r"(?i:\bmy\s(?:new\s|work\s|mobile\s)?(?:phone|mobile"
        r"|cell)(?:\snumber)?\sis\s)(?P<value>[+\d(][^.,;!?]*)",
    ),
    _rule(
        "owns",
        "owns",
        rf"{_SAYS}(?:got|have|has|own|owns|drive|drives|bought|adopted|sold)\s(?:a|an|my"
        rf"|our)\s(?:[\w\-]+\s){{0,2}}?(?P<thing>{_OWNABLE})\b(?:\s(?:named|called)\s"
        rf"{_NAME})?",
        owned,
    ),
    _rule(
        "owns:car",
        "owns",
        rf"{_SAYS}(?:drive|drives)\s(?:a|an)\s(?:\w+\s){{0,2}}?(?P<value>{_NAME})",
    ),
    _rule(
        "owns",
        "owns",
        rf"\b[Mm]y\s(?:new\s)?(?P<thing>{_OWNABLE})(?:'s\sname\sis|\sis\scalled|\sis\s"
        rf"named|\sis)\s(?P<value>(?:a\s)?{_NAME})",
        owned,
    ),
    _rule(
        "plan",
        "plans",
        rf"{_SAYS}(?:plan|planning|plans|cancelled\smy\splans?|canceled\smy\splans?)\s"
        rf"(?:on\s|to\s){_WHAT}",
        plan,
    ),
)

KIN = (
    re.compile(
        rf"\b[Mm]y\s(?:\w+\s)?(?P<kin>{RELATIONS})(?:'s\sname)?(?:\sis)?(?:\s(?:called"
        rf"|named))?,?\s(?P<value>{_NAME})"
    ),
    re.compile(rf"(?P<value>{_NAME})\sis\smy\s(?:\w+\s)?(?P<kin>{RELATIONS})\b"),
    re.compile(rf"\b(?:a|an)\s(?P<kin>{RELATIONS})\s(?:called|named)\s(?P<value>{_NAME})"),
)
TASK_SLOTS = (
    (
        "budget",
        re.compile(
            r"(?i)\b(?:my|our|the)\s(?:\w+\s)?budget(?:\sfor\s[\w ]{1,30}?)?\s(?:is|was|of"
            r"|has)\s[^.;!?]*\d[^.;!?]*|\b(?:mein|unser|das)\sbudget\s.*\d.*|\b(?:mi|el"
            r"|nuestro)\spresupuesto\s.*\d.*"
        ),
    ),
    (
        "trip:dates",
        re.compile(
            r"(?i)\b(?:travel|trip|departure|flight|return|check-?in|check-?out)\s?dates?\s(?:is"
            r"|are|will\sbe|changed)\b.*|\bwe(?:'re|\sare)?\s(?:leave|fly|arrive|depart|leaving"
            r"|flying|arriving|departing)\s(?:out\s|back\s)?on\s.*"
        ),
    ),
)
