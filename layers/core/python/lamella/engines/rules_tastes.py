"""What people like, prefer and have as their favourite, in English, German and Spanish."""

from __future__ import annotations

from lamella.engines.rules_grammar import END, SAYS, WHAT, rule
from lamella.engines.rules_keys import favourite, preference, singular, taste, thing

RULES = (
    rule(
        "favourite",
        "has as favourite",
        r"(?i:\bmy\s(?:all[- ]time\s|new\s|current\s"
        r"|absolute\s)?favou?rite)\s(?:\w+\s)?(?P<noun>\w+)(?:\s(?:of\sall\stime|now"
        r"|right\snow))?\s(?:is|are|has\sto\sbe"
        rf"|became)\s(?:now\s)?{WHAT}",
        favourite,
    ),
    rule(
        "favourite",
        "has as favourite",
        r"(?i:\bmeine?\s(?:neue[rs]?\s)?lieblings)(?P<noun>\w+)\s(?:ist|sind)\s(?P<value>\w+)"
        r"|\b(?i:mi\s)(?P<n2>\w+)\s(?:favorit[oa]|preferid[oa])\s(?:es|son)\s",
        lambda m: singular(m["noun"] or m["n2"]),
    ),
    rule(
        "prefers",
        "prefers",
        rf"{SAYS}(?:(?(me)prefer|prefers))\s(?P<value>[^.,;!?()]{{1,60}}?)(?:\s(?:over"
        rf"|to|rather\sthan|instead\sof|than)\s(?P<rejected>[^.,;!?()]{{1,40}}?))?{END}",
        preference,
    ),
    rule(
        "prefers",
        "prefers",
        r"\b(?:[Ii]ch\sbevorzuge|[Pp]refiero)\s(?:jetzt\s"
        r"|ahora\s)?(?P<value>[^.,;!?()]{1,50}?)(?:\s(?:statt|gegenüber|a|que"
        r"|en\svez\sde)\s(?P<rejected>[^.,;!?()]{1,40}?))?(?=[.,;!?()]|$)",
        preference,
    ),
    rule(
        "taste",
        "likes",
        rf"{SAYS}(?:(?(me)(?:like|love|enjoy|adore|hate|dislike|(?<=m )into|(?<=am "
        r")into)|(?:likes|loves|enjoys|adores|hates|dislikes|(?<=doesn't\s)(?:like|love|enjoy)"
        r"|(?<=not\s)(?:like|love|enjoy)))|can't\sstand|cannot\sstand|stopped\s"
        rf"liking|(?:a\s)?(?:big|huge)\sfan\sof)\s{WHAT}",
        taste,
    ),
    rule(
        "taste",
        "likes",
        r"\b(?:[Ii]ch\s(?:mag|liebe|hasse))\s(?:kein(?:e"
        r"|en)?\s)?(?P<value>[^.,;!?()]{1,40}?)(?:\s(?:nicht(?:\smehr)?|sehr|mehr"
        r"|nicht\sbesonders))?(?=[.,;!?()]|$|\sund\s|\saber\s)|\b(?:[Yy]a\sno\s"
        r"|[Nn]o\s)?[Mm]e\s(?:gustan?"
        r"|encantan?)\s(?:mucho\s)?(?P<v2>[^.,;!?()]{1,40}?)(?=[.,;!?()]|$|\sy\s|\spero\s)",
        lambda m: thing(m["value"] or m["v2"]),
    ),
)
