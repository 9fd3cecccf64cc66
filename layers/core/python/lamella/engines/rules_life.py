"""More ways to say where one lives, what one works as and who one is with, than the table has."""

from __future__ import annotations

import re

from lamella.engines.rules_grammar import NAME, SAYS, WHAT, rule
from lamella.engines.rules_keys import preference

_HOME = r"(?:place|house|flat|apartment|home|studio|condo|cottage)"
_PARTNER = r"(?:girlfriend|boyfriend|partner|fianc[eé]e?|wife|husband)"
_ROLE = (
    r"(?P<value>(?!work\b)[a-z][\w\- ]{2,40}?)(?=\s*(?:[.,;!?()]|$|\s(?:at|in|for|with|by"
    r"|now|and|since|last)\b))"
)

RULES = (
    rule("home", "lives in", rf"\b[Hh]ome\sis\s(?:now\s)?(?!where\b){WHAT}"),
    rule(
        "home",
        "lives in",
        rf"\b(?:[Mm]y|[Oo]ur|[Tt]he)\s(?:new\s)?{_HOME}\sis\s(?:now\s)?(?:in|near|outside)\s{WHAT}",
    ),
    rule(
        "home",
        "lives in",
        rf"{SAYS}(?:(?:ended\sup|landed|wound\sup|settled(?:\sdown)?|back(?:\shome)?)\sin"
        rf"|returned\sto|moved\sback\sto|calls?)\s(?P<value>{NAME})(?=\s*(?:[.,;!?]|$|\s(?:now|for\sgood"
        r"|again|after|home|and|with|last|this|since|permanently)\b))",
    ),
    rule(
        "home",
        "lives in",
        rf"{SAYS}(?:a\s)?(?:residents?\sof|living\son|lives?\son)\s(?!(?:my|our|his|her|their)\b){WHAT}",
    ),
    rule("home", "lives in", rf"\b(?:[Mm]y|[Oo]ur)\snew\s{_HOME}\s(?:is\s)?in\s(?P<value>{NAME})"),
    rule("home", "lives in", rf"(?P<value>{NAME})\sis\s(?:now\s)?(?:my|our)\s(?:new\s)?home\b"),
    rule(
        "job",
        "works as",
        rf"{SAYS}(?:got\s|was\s)?(?:promoted\sto|hired\sas|appointed|qualified\sas|retrained\sas"
        rf"|works?\sas|working\sas|took\sover\sas)\s(?:an?\s|the\s|our\s)?{_ROLE}",
    ),
    rule(
        "job",
        "works as",
        rf"{SAYS}(?:became|become)\s(?:an?\s|the\s)(?P<value>(?!father|mother|dad|mum|mom|fan|member"
        r"|vegan|vegetarian|parent|citizen|grand\w+|uncle|aunt|homeowner)[a-z][\w\- ]{2,30}?)"
        r"(?=\s*(?:[.,;!?()]|$|\s(?:at|in|for|with|now|and|last|this)\b))",
    ),
    rule(
        "job", "is", rf"{SAYS}an?\s(?P<value>(?:stay-at-home|full-time)\s(?:mom|mum|dad|parent))\b"
    ),
    rule(
        "work",
        "works as",
        rf"{SAYS}(?P<value>self-employed|freelancing|unemployed|between\sjobs|out\sof\swork"
        r"|on\s(?:parental|maternity|paternity)\sleave|jobless)\b",
    ),
    rule(
        "work",
        "works at",
        rf"{SAYS}(?:accepted\s(?:an\soffer|a\sjob|a\sposition)\s(?:from|at|with)|signed\swith"
        r"|(?:took|got|found|landed|started|accepted)\sa\s(?:new\s)?(?:job|position|role|post|gig)\s"
        rf"(?:at|with|in|for)|rejoined|(?:went|gone|going|go)\sback\sto\s(?:work|working)\s(?:at|for))\s{WHAT}",
    ),
    rule(
        "hours",
        "works",
        rf"{SAYS}(?:works?|working|gone|go|went|going|switched\sto|changed\sto|back\sto|on|employed)?\s?"
        r"(?P<value>(?:full|part|half)[- ]time)\b",
    ),
    rule(
        "age",
        "is aged",
        r"\b[Mm]y\s(?:\w+\s)?(?P<relation>son|daughter|kid|brother|sister|nephew|niece|baby|mother|mom|mum"
        r"|father|dad|wife|husband|grandson|granddaughter|girlfriend|boyfriend)\s(?:is|(?:just\s|has\s)?"
        r"turned|turns)\s(?:now\s)?(?P<value>\d{1,3})(?=\s*(?:[.,;!?]|$|\s(?:now|today|already)\b))",
    ),
    rule(
        "relationship",
        "is",
        rf"{SAYS}(?:(?:have|has|got)\sa\s(?:new\s|lovely\s|great\s)?(?P<value>{_PARTNER})\b"
        r"|(?:got\s)?back\stogether|dating\sagain|got\shitched|on\s(?:my|his|her)\sown\sagain"
        rf"|seeing\s(?:someone|somebody)|married\sto|engaged\sto|living\swith\smy\s{_PARTNER}"
        r"|got\s(?:married|engaged|divorced)|said\syes"
        r"|called\soff\s(?:the|my|our|his|her)\s(?:engagement|wedding))",
    ),
    rule(
        "relationship",
        "is",
        r"\b(?:[Mm]y|[Oo]ur)\s(?:divorce|wedding|marriage|engagement)\s(?:is|was|came|got|has\sbeen)\s"
        r"(?P<value>final(?:ised|ized)?|over|through|called\soff|off|broken\soff)\b"
        rf"|\b{NAME}\s(?:and\s(?:I|me)|&\sI)\s(?:have\s|just\s|are\s|'re\s|finally\s|recently\s)*(?:got\s"
        r"|getting\s|been\s)?(?:married|engaged|divorced|separated|broke\sup|split(?:\sup)?|back\stogether"
        r"|together|dating|a\scouple|over|done|history|tied\sthe\sknot)\b",
    ),
    rule(
        "household",
        "lives",
        rf"{SAYS}(?:live|lives|living)\s(?P<value>alone|on\s(?:my|his|her|our)\sown|by\s(?:my|him|her)self"
        r"|with\s[\w' ]{2,40}?)(?=\s*(?:[.,;!?()]|$|\s(?:now|again|since|and|in|these)\b))",
    ),
    rule(
        "school",
        "goes to",
        rf"{SAYS}(?:at|in|to|attends?|attending|joined|starts?|started|goes\sto|transferred\sto"
        r"|moved\sto|changed\sto|switched\sto|goes|accepted\s(?:at|to|into))\s(?P<value>(?:[A-Z][\w'.\-]+\s){1,3}(?:School|Primary"
        r"|Elementary|Secondary|High|Middle|College|University|Academy|Kindergarten|Preschool"
        r"|Institute|Gymnasium)\b)",
    ),
    rule(
        "grade",
        "is in",
        rf"{SAYS}(?:in|into|starts?|starting|started|began|entered|entering|finished|moved\s(?:up\s)?to"
        r"|goes\sto|repeating)\s(?:the\s|(?:my|his|her|their)\s)?(?P<value>(?:first|second|third"
        r"|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|final|last|\d+(?:st|nd|rd"
        r"|th))\s(?:grade|year|class|semester)|(?:grade|year)\s\d+|kindergarten|preschool|daycare)\b",
    ),
    rule(
        "study",
        "studies",
        r"\b(?:switched|changed)\s(?:my\s)?(?:majors?|degree|course|subject)\s(?:from\s[\w ]+"
        r"\s)?to\s"
        rf"{WHAT}|\b[Mm]y\s(?:new\s)?major\sis\s(?:now\s)?\w+",
    ),
    rule(
        "prefers",
        "prefers",
        r"^(?i:(?:please\s|always\s|never\s|only\s|just\s|from\snow\son,?\s)*)(?i:use|give\sme|send\sme|write"
        r"|format|keep)\s(?P<value>(?:my\s|the\s|your\s)?[\w\-]+\s[\w\-]+)(?:\s(?:instead\sof|rather\sthan)\s"
        r"(?P<rejected>[^.,;!?()]{1,40}?))?(?=\s*(?:[.,;!?()]|$|\s(?:from|for|in|when|please|again|instead)\b))",
        lambda m: None if re.match(r"(?:my|the|your)\s", m["value"]) else preference(m),
    ),
)
