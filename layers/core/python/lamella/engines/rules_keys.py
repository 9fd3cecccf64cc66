"""Keys that tell the slots of one sort apart: what is liked, preferred, owned or planned."""

from __future__ import annotations

import re

from lamella.regex import regex
from lamella.wordlists import NOT_NAMES, STOP_WORDS, words


def singular(word: str) -> str:
    """The word in lower case and the singular, spelled one way."""
    plain = word.casefold().strip("'\"-")
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-1] if plain in ("movies", "cookies", "selfies", "pies") else plain[:-3] + "y"
    if plain.endswith(("ches", "shes", "sses", "xes")):
        return plain[:-2]
    if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) and len(plain) > 3:
        return plain[:-1]
    return {"color": "colour", "flavor": "flavour"}.get(plain, plain)


_BEFORE_PREPOSITION = regex(r"(?i)\s+(?:in|on|at|near|with|from|by|for|of|during|to)\s.*$")
_DETERMINER = regex(
    r"(?i)^(?:a|an|my|some|all|any|eating|drinking|playing|to|der|die|das|el|la|los|las)\s+"
)


def thing(phrase: str, most: int = 3) -> str | None:
    """The thing a phrase names, as a key ("boutique hotel"); None if it names none."""
    plain = _DETERMINER.sub("", phrase.strip())
    if re.match(
        r"(?i)(?:the|this|that|these|those|it|him|her|them|you|your|how|what|when|his"
        r"|their|being|not|is|was|are|will|would)\b",
        plain,
    ):
        return None
    found = re.findall(r"[\w'\-]+", plain.casefold())
    if any(word in _PRONOUNS for word in found):
        return None
    kept = [word for word in found if word not in _FILLERS and word not in STOP_WORDS["en"]]
    if not 1 <= len(kept) <= most:
        return None
    return " ".join([*kept[:-1], singular(kept[-1])])


_RESEMBLES = regex(r"(?i)(?:'re|'m|'s|\bis|\bare|\bam)\s+(?:\w+\s+)?like\b")
_FILLERS = words(
    """
    really so very much more most lot quite pretty just also too anymore longer hear see know
    think say help
    """
)
_PRONOUNS = words("it him her them you us this that these those something anything everything one")


def taste(match: re.Match[str]) -> str | None:
    """What is liked or disliked, as a key."""
    if _RESEMBLES.search(match[0]):
        return None
    return thing(match["value"])


def favourite(match: re.Match[str]) -> str | None:
    """What sort of thing the favourite is of."""
    return singular(match["noun"])


def preference(match: re.Match[str]) -> str | None:
    """The topic of a preference: the head noun, or both things weighed ("coffee/tea")."""
    chosen = _BEFORE_PREPOSITION.sub("", _DETERMINER.sub("", match["value"].strip()))
    found = [word for word in re.findall(r"[\w'\-]+", chosen) if word.casefold() not in _FILLERS]
    if not found:
        return None
    topic = singular(found[-1])
    rejected = re.findall(r"[\w'\-]+", match["rejected"] or "")
    if rejected and len(found) == 1 and topic.isalpha():
        return "/".join(sorted({topic, singular(rejected[-1])}))
    return topic


def owned(match: re.Match[str]) -> str | None:
    """The sort of thing owned."""
    thing = match["thing"].casefold()
    return {"puppy": "dog", "kitten": "cat", "bicycle": "bike"}.get(thing, thing)


def plan(match: re.Match[str]) -> str | None:
    """What is planned, as a key."""
    return thing(_BEFORE_PREPOSITION.sub("", match["value"]), most=4)


def given_name(match: re.Match[str]) -> str | None:
    """ "" if the value can be a name, None if it is a nationality or common word."""
    word = match["value"].split()[0].casefold()
    nationality = word.endswith(
        ("ian", "ean", "can", "ish", "ese", "ench", "utch", "erman", "olic", "ewish")
    )
    return None if word in NOT_NAMES or nationality else ""
