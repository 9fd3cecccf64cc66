"""The table of slots: how people say where they live, what they like, whom they are related to.

English, with the commonest forms of German and Spanish; `rules_grammar` tells how to
read a pattern.
"""

from __future__ import annotations

from lamella.engines.rules_grammar import (
    DIET,
    NAME,
    OCCUPATION,
    OWNABLE,
    PLACE,
    RELATIONS,
    SAYS,
    VEHICLE,
    WHAT,
    rule,
)
from lamella.engines.rules_keys import (
    given_name,
    owned,
    plan,
    thing,
)
from lamella.regex import regex

RULES = (
    rule(
        "name",
        "is called",
        r"\b(?:[Mm]y\sname\s(?:is|'s)|[Mm]y\sname's|[Ii]\sam\scalled|[Pp]lease\scall\sme"
        r"|^[Cc]all\sme|[Ii]ch\shei(?:ß|ss)e|[Mm]ein\sName\sist|[Mm]e\sllamo|[Mm]i\s"
        rf"nombre\ses)\s(?P<value>{NAME})",
    ),
    rule(
        "name",
        "is called",
        rf"^(?:(?:[Hh]i|[Hh]ello|[Hh]ey)[,!]?\s)?(?:I'm|I\sam|[Ss]oy)\s(?P<value>{NAME})"
        r"(?=\s*(?:[.,!]|$|\sand\s|\sfrom\s|\sund\s))",
        given_name,
    ),
    rule(
        "home",
        "lives in",
        rf"{SAYS}(?:been\s)?(?:live|lives|living|reside|resides|based|living|settled|(?<=ve\s)lived|(?<=has\s)lived)\s{PLACE}",
    ),
    rule(
        "home",
        "lives in",
        rf"{SAYS}(?:moved|relocated|moving\sinto)\s(?:back\s|away\s|out\s|over\s|down\s"
        rf"|up\s)?(?:from\s[\w ]+?\s)?to\s(?!(?:the|a|an|my|tears|another|next)\b){WHAT}",
    ),
    rule(
        "home",
        "lives in",
        rf"{SAYS}(?:bought|rented|renting|rents?|shares?|sharing|found|got|in)\s(?:a|an|our|my|the)\s"
        r"(?:(?!holiday|vacation|summer|second|weekend|hotel|meeting|waiting)[\w\-]+\s){0,2}"
        r"(?:house|flat|apartment|condo|place|home|room|studio|cottage|bungalow|loft|dorms?"
        rf"|\w+-bed(?:room)?)\s(?:with\s[\w ]{{1,30}}?\s)?(?:in|near|outside|on|above)\s{WHAT}",
    ),
    rule(
        "home",
        "lives in",
        r"\b(?:[Ii]ch\s(?:wohne|lebe|bin)|(?:wohne|lebe)\sich)\s(?:jetzt\s|inzwischen\s"
        rf"|seit\s(?:\w+\s){{1,3}}|nicht\smehr\s)*(?:in|nach)\s(?P<value>{NAME})",
    ),
    rule(
        "home",
        "lives in",
        rf"\b(?:[Vv]ivo|[Yy]a\sno\svivo)\s(?:ahora\s)?en\s(?P<value>{NAME})|\b[Mm]e\s"
        rf"(?:mudé|he\smudado)\sa\s{NAME}",
    ),
    rule(
        "hometown",
        "is from",
        r"(?:\bI'm|\bI\sam|\bi\scome|\bI\scome|[Ii]ch\skomme|[Ss]oy)\s(?:originally\s"
        rf"|ursprünglich\s)?(?:from|aus|de)\s(?P<value>{NAME})",
    ),
    rule(
        "job",
        "works as",
        rf"{SAYS}(?:(?<!have\s)(?<!has\s)(?:a|an)\s|(?:work|works|working|started)\sas\s(?:a\s|an\s)?)"
        rf"(?P<value>(?:[\w\-]+\s){{0,3}}?(?:{OCCUPATION}))\b",
    ),
    rule(
        "job",
        "works as",
        rf"\b[Mm]y\s(?:current\s|new\s)?(?:job(?:\stitle)?|profession|occupation)\sis\s{WHAT}",
    ),
    rule(
        "job",
        "works as",
        r"\b(?:[Ii]ch\s(?:bin|arbeite\sals)|[Ss]oy|[Tt]rabajo\scomo)\s(?:jetzt\s)?"
        rf"(?P<value>(?i:{OCCUPATION}))\b",
    ),
    rule(
        "work",
        "works at",
        rf"{SAYS}(?:work|works|working|employed|hired|got\shired|(?:have\s|has\s|got\s"
        r"|started\s)?a\s(?:new\s)?job|started(?:\sworking)?)\s(?:at|for|by)\s(?!(?:home|night"
        r"|hours?|a\sliving|myself|it|this|that|the\s(?:moment|day)|years?|weeks?"
        rf"|days?|months?|my|least|first|once|\d)\b){WHAT}",
    ),
    rule(
        "work",
        "works at",
        rf"\b[Mm]y\s(?:new\s|current\s)?(?:employer|company)\sis\s{WHAT}|\bI\s(?:just\s"
        r"|have\s)?(?:quit|left|lost)\smy\s(?:old\s)?job\b",
    ),
    rule(
        "work",
        "works at",
        rf"\b(?:[Ii]ch\sarbeite\s(?:jetzt\s)?(?:bei|für)|[Tt]rabajo\s(?:en|para))\s{WHAT}",
    ),
    rule(
        "age",
        "is aged",
        rf"{SAYS}(?P<value>\d{{1,3}})(?:\syears?\sold|\sJahre\salt)",
    ),
    rule(
        "age",
        "is aged",
        r"\bI(?:'ve)?\s(?:just\s)?turned\s\d{1,3}\b|\b[Tt]engo\s\d{1,3}\saños",
    ),
    rule(
        "birthday",
        "was born on",
        r"\b(?:[Mm]y\sbirthday\s(?:is|falls)|I\swas\sborn|[Mm]ein\sGeburtstag\sist|[Mm]i\s"
        rf"cumpleaños\ses)\s(?:on\s|in\s|am\s|el\s)?{WHAT}",
    ),
    rule(
        "relationship",
        "is",
        rf"{SAYS}(?:got\s|getting\s|been\s)?(?P<value>single|married|engaged(?!\sin|\s"
        r"with)|divorced|separated|widowed|in\sa\srelationship)\b",
    ),
    rule(
        "relationship",
        "is",
        r"\b(?:[Ii]ch\sbin\s(?:jetzt\s|wieder\s)?(?:verheiratet|ledig|geschieden|verlobt|single)"
        r"|[Ee]stoy\s(?:casad|solter|divorciad)[oa]|we\s(?:just\s)?broke\sup)\b",
    ),
    rule(
        "diet",
        "is",
        rf"{SAYS}(?:(?:became|become|went|gone|turned|going|a|an|not|eat|mostly)\s)*"
        rf"(?P<value>(?i:{DIET}))\b",
    ),
    rule(
        "diet",
        "eats",
        rf"{SAYS}(?:eat|eating|stopped\seating|gave\sup|started\seating)\s(?:any\s)?"
        r"(?P<value>meat|fish|animal\sproducts|dairy|gluten|pork)\b",
    ),
    rule(
        "diet",
        "is",
        r"\b(?:[Ii]ch\s(?:bin|esse)|[Ss]oy|[Mm]e\shice)\s(?:jetzt\s|inzwischen\s|strikt\s"
        rf"|kein[e]?\s|nicht\smehr\s)*(?i:{DIET}|fleisch)\b",
    ),
    rule(
        "allergy",
        "is allergic to",
        rf"{SAYS}(?:not\s)?allergic\sto\s{WHAT}",
        lambda m: thing(m["value"]),
    ),
    rule(
        "allergy",
        "is allergic to",
        r"\b[Ss]oy\salérgic[oa]\sa(?:l|\sel|\sl[ao]s?)?\s\w+|[Ii]ch\sbin\sallergisch\s(?:gegen|auf)\s\w+",
        lambda m: thing(m[0].split()[-1]),
    ),
    rule(
        "language",
        "wants answers in",
        r"(?i:\b(?:answer|reply|respond|write|speak)\s(?:to\s)?(?:me\s)?(?:always\s|only\s)?in\s"
        r"|\bmy\s(?:preferred|native|first)\slanguage\sis\s|\bmeine\s(?:muttersprache"
        r"|sprache)\sist\s|\bmi\s(?:idioma|lengua)\s(?:\w+\s)?es\s)(?P<value>[A-Za-zñ]+)",
    ),
    rule(
        "timezone",
        "is in the time zone",
        r"(?i:\bmy\stime\s?zone\sis\s(?P<value>[\w/+:\-]+)|\bI'm\s(?:in"
        r"|on)\s(?:the\s)?[A-Z][\w/+\-]+\s(?:time\s?zone|time)\b)",
    ),
    rule(
        "email",
        "can be mailed at",
        r"(?i:\bmy\s(?:new\s|work\s|private\s)?e-?mail(?:\saddress)?\sis\s)(?P<value>\S+)",
    ),
    rule(
        "phone",
        "can be called at",
        r"(?i:\bmy\s(?:new\s|work\s|mobile\s)?(?:phone|mobile"
        r"|cell)(?:\snumber)?\sis\s)(?P<value>[+\d(][^.,;!?]*)",
    ),
    rule(
        "owns",
        "owns",
        rf"{SAYS}(?:got|have|has|own|owns|drive|drives|bought|sold)\s(?:a|an|my"
        rf"|our)\s(?:[\w\-]+\s){{0,2}}?(?P<thing>{VEHICLE})\b",
        owned,
    ),
    rule(
        "owns:car",
        "owns",
        rf"{SAYS}(?:drive|drives)\s(?:a|an)\s(?:\w+\s){{0,2}}?(?P<value>{NAME})",
    ),
    rule(
        "owns",
        "owns",
        rf"\b[Mm]y\s(?:new\s)?(?P<thing>{OWNABLE})(?:'s\sname\sis|\sis\scalled|\sis\s"
        rf"named|\sis)\s(?P<value>(?:a\s)?{NAME})",
        owned,
    ),
    rule(
        "plan",
        "plans",
        rf"{SAYS}(?:plan|planning|plans|cancelled\smy\splans?|canceled\smy\splans?)\s"
        rf"(?:on\s|to\s){WHAT}",
        plan,
    ),
)

KIN = (
    regex(
        rf"\b[Mm]y\s(?:\w+\s)?(?P<kin>{RELATIONS})(?:'s\sname)?(?:\sis)?(?:\s(?:called"
        rf"|named))?,?\s(?P<value>{NAME})"
    ),
    regex(rf"(?P<value>{NAME})\sis\smy\s(?:\w+\s)?(?P<kin>{RELATIONS})\b"),
    regex(rf"\b(?:a|an)\s(?P<kin>{RELATIONS})\s(?:called|named)\s(?P<value>{NAME})"),
)
TASK_SLOTS = (
    (
        "budget",
        regex(
            r"(?i)\b(?:the|(?:my|our)(?=\sbudget\sfor\s(?:the|this|our|my)\s(?:flights?|trip|hotel|stay"
            r"|journey|booking|tickets?|dinner|order|weekend|holiday)\b))\s(?:\w+\s)?budget(?:"
            r"\sfor\s[\w ]{1,30}?)?\s(?:is|was|of"
            r"|has)\s[^.;!?]*\d[^.;!?]*|\b(?:mein|unser|das)\sbudget\s.*\d.*|\b(?:mi|el"
            r"|nuestro)\spresupuesto\s.*\d.*"
        ),
    ),
    (
        "trip:dates",
        regex(
            r"(?i)\b(?:travel|trip|departure|flight|return|check-?in|check-?out)\s?dates?\s(?:is"
            r"|are|will\sbe|changed)\b.*|\bwe(?:'re|\sare)?\s(?:leave|fly|arrive|depart|leaving"
            r"|flying|arriving|departing)\s(?:out\s|back\s)?on\s.*"
        ),
    ),
)
