"""Less direct ways to fill the slots of the table: "I go by Max", "I've gone off mushrooms"."""

from __future__ import annotations

from lamella.engines.rules_grammar import END, NAME, OCCUPATION, OWNABLE, SAYS, WHAT, rule
from lamella.engines.rules_keys import favourite, owned, taste

_AGE = (
    r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:-(?:one|two|three|four|five|six|seven|eight|nine))?|eighteen|nineteen)"
)

RULES = (
    rule("home", "lives in", rf"{SAYS}(?:based\sout\sof)\s{WHAT}"),
    rule(
        "home",
        "lives in",
        rf"{SAYS}moved\sinto\s(?:\w+\s){{1,4}}(?:in|near|outside)\s(?P<value>{NAME})",
    ),
    rule("home", "lives in", rf"\b[Ww]ir\s(?:wohnen|leben)\s(?:jetzt\s)?in\s(?P<value>{NAME})"),
    rule(
        "home",
        "lives in",
        r"\b[Mm]eine?\s(?P<relation>Schwester|Bruder|Mutter|Vater|Eltern|Tochter|Sohn|Freund(?:in)?|Frau"
        rf"|Mann)\s(?:wohn|leb|zieh|ist|sind|zog)\w*\s(?:jetzt\s)?(?:in|nach)\s(?P<value>{NAME})",
    ),
    rule(
        "home",
        "lives in",
        r"\b[Mm]is?\s(?P<relation>hermana|hermano|madre|padre|padres|hija|hijo|novia|novio|marido|mujer"
        r"|abuela|abuelo|prima|primo|amiga|amigo)\s(?:ahora\s)?(?:viven?|se\sha\smudado|se\shan\smudado"
        rf"|se\smudó|se\smudaron)\s(?:ahora\s)?(?:a|en)\s(?P<value>{NAME})",
    ),
    rule("home", "lives in", rf"\b[Vv]ivimos\s(?:ahora\s)?en\s(?P<value>{NAME})"),
    rule(
        "work",
        "works at",
        rf"{SAYS}(?:joined\s(?P<value>{NAME})(?=\s(?:as|last|this|in|on|a)\b|\s*[.!]?$)"
        rf"|(?:working|work|works)\swith\s(?!{NAME}\son\b){NAME}(?=\s(?:now|as)\b))",
    ),
    rule(
        "uses",
        "benutzt",
        r"\b(?P<whose>[Ii]ch|[Ww]ir|[Uu]nsere?\s\w+|[Mm]eine?\s\w+)\s(?:benutz|verwend|nutz)\w+\s"
        r"(?:jetzt\s|inzwischen\s)?(?P<value>[A-ZÄÖÜ][\w.+#]*)\sals\s(?P<thing>\w+)",
        lambda m: f"{m['whose'].split()[-1]} {m['thing']}".casefold(),
    ),
    rule("work", "arbeitet bei", rf"\b[Ii]ch\sarbeite\s(?:nicht\smehr\s)(?:bei|für)\s{WHAT}"),
    rule(
        "job",
        "works as",
        rf"{SAYS}(?:(?:got|have|has|found|took)\sa\s(?:new\s)?job\sas|became|trained\sas)\s"
        rf"(?:a|an)\s(?P<value>(?:[\w\-]+\s){{0,3}}?(?:{OCCUPATION}))\b",
    ),
    rule(
        "relationship",
        "is",
        rf"{SAYS}(?:(?P<value>dating|seeing)\s(?:someone|somebody|{NAME})|back\sto\sbeing\ssingle"
        r"|tied\sthe\sknot|split\sup|broke\sup)\b",
    ),
    rule(
        "taste",
        "likes",
        rf"{SAYS}(?:not\s)?(?:that\s|really\s)?(?:gone\soff|went\soff|into|a\sfan\sof|fond\sof|keen\son|tired\sof|sick\sof"
        r"|(?:grown|come|learned|started|begun)\sto\s(?:like|love|enjoy|appreciate|hate|dislike))\s"
        rf"{WHAT}",
        taste,
    ),
    rule(
        "taste",
        "likes",
        rf"{SAYS}over\smy\s(?P<value>[\w ]{{1,30}}?)\sphase\b",
        taste,
    ),
    rule(
        "favourite",
        "has as favourite",
        r"(?:(?P<value>[A-ZÀ-Þ][^.,;!?]{0,50}?)|\b(?:it|that|this))(?:'s|\s(?:is|has\sbecome|became))\s(?:now\s)?my\s(?:new\s"
        rf"|absolute\s|all-time\s)?(?i:favou?rite)\s(?:\w+\s)?(?P<noun>\w+){END}",
        favourite,
    ),
    rule(
        "name",
        "is called",
        rf"\b(?:I|[Pp]eople|[Ee]veryone|[Ee]verybody|[Ff]riends|they|\w+s)\s(?:go\sby|calls?\sme)\s(?P<value>{NAME})",
    ),
    rule(
        "name",
        "is called",
        rf"\b[Mm]y\sname(?:'s|\sis)\snot\s{NAME},?\s(?:it's|it\sis|but)\s(?P<value>{NAME})",
    ),
    rule(
        "age",
        "is aged",
        rf"{SAYS}(?:just\s)?(?:turned\s(?P<value>{_AGE})|(?<=I'm\s)\d\d|(?<=I\sam\s)\d\d)"
        r"(?=\s*(?:[.,;!?]|$|\s(?:now|today|and|yesterday|last|this)\b))",
    ),
    rule(
        "owns",
        "owns",
        rf"{SAYS}(?:gave\saway|lost|rehomed|got\srid\sof|traded\sin)\s(?:my|our|the)\s(?:\w+\s)?"
        rf"(?P<thing>{OWNABLE})\b",
        owned,
    ),
    rule(
        "weight",
        "weighs",
        rf"{SAYS}(?:weigh|weighs)\s(?P<value>\d[\w. ]*)",
    ),
    rule(
        "favourite",
        "has as favourite",
        r"\bchanged\smy\sfavou?rite\s(?:\w+\s)?(?P<noun>\w+)\s(?:from\s[\w ]+\s)?to\s"
        r"(?P<value>[^.,;!?]+)",
        favourite,
    ),
)
