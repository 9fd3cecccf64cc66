"""Slots: the places of a life only one current value can fill, read out of one sentence.

"I moved to Oslo" fills "home"; "I don't like olives any more" fills the same "taste:olive" that
"I like olives" filled. What is only wished, imagined, joked about or long past fills none.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from lamella.text import content_words, tokens
from lamella.wordlists import NOT_NAMES, words


class Slot(NamedTuple):
    """A filled slot: its name, whose it is, and what fills it, in the speaker's words.

    `who` is None for the speaker, else a third person's name ("Mara") or relation ("sister").
    """

    name: str
    who: str | None
    predicate: str
    value: str
    durable: bool = True


RELATIONS = (
    "sister|brother|mother|mom|mum|father|dad|wife|husband|partner|girlfriend|boyfriend|fianc[eé]e?"
    "|son|daughter|cousin|uncle|aunt|niece|nephew|grandmother|grandma|grandfather|grandpa|friend"
    "|best friend|boss|manager|colleague|coworker|roommate|flatmate|neighbou?r|doctor|dentist"
    "|therapist|teacher|coach|mentor|assistant"
)
_ONE_OF_A_KIND = words(
    "mother mom mum father dad wife husband partner girlfriend boyfriend fiancé fiancée boss manager"
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
    "|writer|lehrer(?:in)?|ingenieur(?:in)?|arzt|ärztin|krankenpfleger(?:in)?|profesora?|ingenier[oa]"
    "|médic[oa]|enfermer[oa]|abogad[oa]"
)
_DIET = (
    "vegetarian|vegan|pescatarian|flexitarian|gluten-free|lactose[- ]intolerant|kosher|halal|keto"
    "|carnivore|vegetarier(?:in)?|veganer(?:in)?|vegetarisch|vegetarian[oa]|vegan[oa]"
)
_ADVERBS = (
    r"(?:(?:just|now|also|currently|recently|actually|still|already|finally|really|usually|always"
    r"|absolutely|definitely|generally|mostly|only|strictly|officially|never|no longer|don't|do not"
    r"|didn't|doesn't|does not|have|has|'ve|'s|am|'m|is|are|'re|jetzt|inzwischen|seit kurzem|nicht mehr"
    r"|ya no|ahora|no)\s+)*"
)
_NAME = r"[A-ZÀ-Þ][\w'\-]+(?:\s[A-ZÀ-Þ][\w'\-]+)?"
_WHO = (
    rf"(?:\b(?P<me>[Ii]|[Ww]e)|\b[Mm]y\s(?:\w+\s)?(?P<relation>{RELATIONS})(?:,?\s(?P<named>{_NAME}),?)?"
    rf"|(?<![\w'])(?P<name>{_NAME}))"
)
_SAYS = rf"{_WHO}(?:\s+|(?='))(?:'(?:m|ve|s|re)\s+)?{_ADVERBS}"
_END = r"(?=\s*(?:[.,;!?()]|$|\s-+\s|\b(?:and|but|because|since|so|when|while|with|for|as|which|where|who|if|though|although|these days|anymore|any more|any longer|again|now|nowadays|very much|a lot|too|ever|more than|und|aber|weil|nicht mehr|y|pero|porque)\b))"
_WHAT = rf"(?P<value>[^.,;!?()\n]{{1,60}}?){_END}"
_PLACE = rf"(?:back\s|away\s|out\s|over\s|down\s|up\s)?(?:in|to|near|at|outside)\s(?!fear|peace|harmony|hope|tears|the\s(?:moment|present)|another|next|my\s){_WHAT}"

_UNREAL = re.compile(
    r"(?i)\b(?:if|wish|imagine|what if|would|could|might|maybe|perhaps|pretend|used to|suppose|supposing"
    r"|hypothetically|as though|dream(?:ed|t|ing)?|just kidding|only kidding|kidding|joking|jk|lol"
    r"|when i was|as a (?:kid|child)|back then|back when|years ago i|you'd|i'd|wenn ich|wünschte|hätte"
    r"|würde|früher|stell dir vor|si (?:yo )?(?:viviera|fuera|tuviera)|ojalá|antes)\b"
)
_TEMPORARY = re.compile(
    r"(?i)\b(?:this time|just (?:for )?(?:today|now|tonight|this)|for (?:this|the) (?:trip|booking|order"
    r"|visit|stay|weekend|session|task|flight|dinner|evening|event)|for now|for today|today only|only (?:for )?"
    r"(?:today|tonight|this)|this once|just this once|temporarily|diesmal|dieses mal|nur heute|für heute"
    r"|für diese reise|esta vez|(?:solo|sólo) (?:por )?hoy|por hoy|para este viaje)\b"
)
_TASK = re.compile(
    r"(?i)^(?:(?:so|ok|okay|well|now|and|then|actually|please|hi|hey|hello|bitte|por favor),?\s+)*"
    r"(?:let's|let us|find|book|search|show|compare|check|look (?:up|for|at)|give|send|draft|write|make|create"
    r"|order|cancel|schedule|set up|summari[sz]e|translate|add|change|help me|can you|could you|i need|i want"
    r"|i'd like|i would like|i'm looking|i am looking|we need|we want|we'd like|we're looking|such|suche?|buche?"
    r"|zeig|ich brauche|ich möchte|ich suche|busca|reserva|muéstrame|necesito|quiero|quisiera)\b"
)
_LASTING = re.compile(
    r"(?i)\b(?:always|usually|generally|normally|never|every|prefer|favou?rite|allergic|in general|immer"
    r"|normalerweise|nie|niemals|siempre|nunca)\b"
)


def unreal(sentence: str) -> bool:
    """Whether it only wishes, supposes, jokes or tells of a past that is over."""
    return _UNREAL.search(sentence) is not None


def of_the_moment(sentence: str, alone_with_assistant: bool) -> bool:
    """Whether it speaks of the task at hand and not of what lasts.

    Plain wants ("I need a flight on Friday") are tasks only when told to an assistant: between
    people they are news.
    """
    if _TEMPORARY.search(sentence):
        return True
    task = alone_with_assistant and _TASK.search(sentence)
    return bool(task) and not _LASTING.search(sentence)


def slot_of(sentence: str) -> Slot | None:
    """The slot that the sentence fills, if it fills one."""
    plain = sentence.replace("\u2019", "'").strip()
    for name, pattern in _TASK_SLOTS:
        if match := pattern.search(plain):
            return Slot(name, None, "is", match[0], durable=False)
    if unreal(plain) or _TEMPORARY.search(plain):
        return None
    for rule in _RULES:
        for match in rule.pattern.finditer(plain):
            if slot := _filled(rule, match):
                return slot
    return None


# --- the table of slots ---------------------------------------------------------------------


class _Rule(NamedTuple):
    name: str
    predicate: str
    pattern: re.Pattern[str]
    key: Callable[[re.Match[str]], str | None] | None = None


def _filled(rule: _Rule, match: re.Match[str]) -> Slot | None:
    groups = match.groupdict()
    who = groups.get("named") or groups.get("name") or groups.get("relation")
    if who and who.split()[0].casefold() in NOT_NAMES and not groups.get("relation"):
        return None
    key = rule.key(match) if rule.key else ""
    if key is None:
        return None
    value = (groups.get("value") or match[0]).strip()
    return Slot(f"{rule.name}:{key}" if key else rule.name, who, rule.predicate, value)


def _singular(word: str) -> str:
    plain = word.casefold().strip("'\"-")
    if plain.endswith("ies") and len(plain) > 4:
        return plain[:-1] if plain in ("movies", "cookies", "selfies", "pies") else plain[:-3] + "y"
    if plain.endswith(("ches", "shes", "sses", "xes")):
        return plain[:-2]
    if plain.endswith("s") and not plain.endswith(("ss", "us", "is")) and len(plain) > 3:
        return plain[:-1]
    return {"color": "colour", "flavor": "flavour"}.get(plain, plain)


_BEFORE_PREPOSITION = re.compile(r"(?i)\s+(?:in|on|at|near|with|from|by|for|of|during|to)\s.*$")
_DETERMINER = re.compile(r"(?i)^(?:a|an|my|some|all|any|eating|drinking|playing|to|der|die|das|el|la|los|las)\s+")


def _thing(phrase: str, most: int = 3) -> str | None:
    """The thing a phrase names, as a key ("boutique hotel"); None if it names none."""
    plain = _DETERMINER.sub("", phrase.strip())
    if re.match(r"(?i)(?:the|this|that|these|those|it|him|her|them|you|your|how|what|when|his|their|being)\b", plain):
        return None
    kept = [word for word in re.findall(r"[\w'\-]+", plain) if content_words(word) == tuple(tokens(word))]
    kept = [word for word in kept if word.casefold() not in _FILLERS]
    if not 1 <= len(kept) <= most or not content_words(plain):
        return None
    return " ".join([*map(str.casefold, kept[:-1]), _singular(kept[-1])])


_FILLERS = words("really so very much more most lot quite pretty just also too anymore longer")


def _taste(match: re.Match[str]) -> str | None:
    return _thing(match["value"])


def _favourite(match: re.Match[str]) -> str | None:
    return _singular(match["noun"])


def _preference(match: re.Match[str]) -> str | None:
    chosen = _BEFORE_PREPOSITION.sub("", _DETERMINER.sub("", match["value"].strip()))
    found = [word for word in re.findall(r"[\w'\-]+", chosen) if word.casefold() not in _FILLERS]
    if not found:
        return None
    topic = _singular(found[-1])
    rejected = re.findall(r"[\w'\-]+", match["rejected"] or "")
    if rejected and len(found) == 1 and topic.isalpha():
        return "/".join(sorted({topic, _singular(rejected[-1])}))
    return topic


def _relation(match: re.Match[str]) -> str | None:
    return match["kin"].casefold() if match["kin"].casefold() in _ONE_OF_A_KIND else None


def _owned(match: re.Match[str]) -> str | None:
    return {"puppy": "dog", "kitten": "cat", "bicycle": "bike"}.get(match["thing"], match["thing"])


def _plan(match: re.Match[str]) -> str | None:
    return _thing(_BEFORE_PREPOSITION.sub("", match["value"]), most=4)


def _is_name(match: re.Match[str]) -> str | None:
    word = match["value"].split()[0].casefold()
    nationality = word.endswith(("ian", "ean", "can", "ish", "ese", "ench", "utch", "erman", "olic", "ewish"))
    return None if word in NOT_NAMES or nationality else ""


def _rule(
    name: str,
    predicate: str,
    pattern: str,
    key: Callable[[re.Match[str]], str | None] | None = None,
) -> _Rule:
    return _Rule(name, predicate, re.compile(pattern), key)


_RULES = (
    _rule("name", "is called", rf"\b(?:[Mm]y\sname\s(?:is|'s)|[Mm]y\sname's|[Ii]\sam\scalled|[Pp]lease\scall\sme|^[Cc]all\sme|[Ii]ch\shei(?:ß|ss)e|[Mm]ein\sName\sist|[Mm]e\sllamo|[Mm]i\snombre\ses)\s(?P<value>{_NAME})"),
    _rule("name", "is called", rf"^(?:(?:[Hh]i|[Hh]ello|[Hh]ey)[,!]?\s)?(?:I'm|I\sam|[Ii]ch\sbin|[Ss]oy)\s(?P<value>{_NAME})(?=\s*(?:[.,!]|$|\sand\s|\sfrom\s|\sund\s))", _is_name),
    _rule("home", "lives in", rf"{_SAYS}(?:live|lives|living|reside|resides|based|living|settled|lived)\s{_PLACE}"),
    _rule("home", "lives in", rf"{_SAYS}(?:moved|relocated|moving\sinto)\s(?:back\s|away\s|out\s|over\s|down\s|up\s)?(?:from\s[\w ]+?\s)?to\s(?!(?:the|a|an|my|tears|another|next)\b){_WHAT}"),
    _rule("home", "lives in", rf"\b[Ii]ch\s(?:wohne|lebe|bin)\s(?:jetzt\s|inzwischen\s|seit\s\w+\s|nicht\smehr\s)*(?:in|nach)\s(?P<value>{_NAME})"),
    _rule("home", "lives in", rf"\b(?:[Vv]ivo|[Yy]a\sno\svivo)\s(?:ahora\s)?en\s(?P<value>{_NAME})|\b[Mm]e\s(?:mudé|he\smudado)\sa\s{_NAME}"),
    _rule("hometown", "is from", rf"(?:\bI'm|\bI\sam|\bi\scome|\bI\scome|[Ii]ch\skomme|[Ss]oy)\s(?:originally\s|ursprünglich\s)?(?:from|aus|de)\s(?P<value>{_NAME})"),
    _rule("job", "works as", rf"{_SAYS}(?:(?:a|an)\s|(?:work|works|working|started)\sas\s(?:a\s|an\s)?)(?P<value>(?:[\w\-]+\s){{0,3}}?(?:{_OCCUPATION}))\b"),
    _rule("job", "works as", rf"\b[Mm]y\s(?:current\s|new\s)?(?:job(?:\stitle)?|profession|occupation)\sis\s{_WHAT}"),
    _rule("job", "works as", rf"\b(?:[Ii]ch\s(?:bin|arbeite\sals)|[Ss]oy|[Tt]rabajo\scomo)\s(?:jetzt\s)?(?P<value>(?i:{_OCCUPATION}))\b"),
    _rule("work", "works at", rf"{_SAYS}(?:work|works|working|employed|started|hired)\s(?:\w+\s)?(?:at|for|by)\s(?!(?:home|night|hours?|a\sliving|myself|it|this|that|the\s(?:moment|day)|years?|weeks?|days?|months?|my|least|first|once|\d)\b){_WHAT}"),
    _rule("work", "works at", rf"\b[Mm]y\s(?:new\s|current\s)?(?:employer|company)\sis\s{_WHAT}|\bI\s(?:just\s|have\s)?(?:quit|left|lost)\smy\s(?:old\s)?job\b"),
    _rule("work", "works at", rf"\b(?:[Ii]ch\sarbeite\s(?:jetzt\s)?(?:bei|für)|[Tt]rabajo\s(?:en|para))\s{_WHAT}"),
    _rule("age", "is aged", rf"{_SAYS}(?P<value>\d{{1,3}})(?:\syears?\sold|\sJahre\salt)|\bI(?:'ve)?\s(?:just\s)?turned\s\d{{1,3}}\b|\b[Tt]engo\s\d{{1,3}}\saños"),
    _rule("birthday", "was born on", rf"\b(?:[Mm]y\sbirthday\s(?:is|falls)|I\swas\sborn|[Mm]ein\sGeburtstag\sist|[Mm]i\scumpleaños\ses)\s(?:on\s|in\s|am\s|el\s)?{_WHAT}"),
    _rule("relationship", "is", rf"{_SAYS}(?:got\s|getting\s|been\s)?(?P<value>single|married|engaged(?!\sin|\swith)|divorced|separated|widowed|in\sa\srelationship)\b|\bwe\s(?:just\s)?broke\sup\b"),
    _rule("relationship", "is", r"\b(?:[Ii]ch\sbin\s(?:jetzt\s|wieder\s)?(?:verheiratet|ledig|geschieden|verlobt|single)|[Ee]stoy\s(?:casad|solter|divorciad)[oa])\b"),
    _rule("diet", "is", rf"{_SAYS}(?:(?:became|become|went|gone|turned|going|a|an|not|eat|mostly)\s)*(?P<value>(?i:{_DIET}))\b"),
    _rule("diet", "eats", rf"{_SAYS}(?:eat|eating|stopped\seating|gave\sup|started\seating)\s(?:any\s)?(?P<value>meat|fish|animal\sproducts|dairy|gluten|pork)\b"),
    _rule("diet", "is", rf"\b(?:[Ii]ch\s(?:bin|esse)|[Ss]oy|[Mm]e\shice)\s(?:jetzt\s|inzwischen\s|strikt\s|kein[e]?\s|nicht\smehr\s)*(?i:{_DIET}|fleisch)\b"),
    _rule("allergy", "is allergic to", rf"{_SAYS}(?:not\s)?allergic\sto\s{_WHAT}|\b[Ss]oy\salérgic[oa]\sa\s\w+|[Ii]ch\sbin\sallergisch\s(?:gegen|auf)\s\w+", lambda m: _thing(m["value"] or m[0].split()[-1])),
    _rule("favourite", "has as favourite", rf"(?i:\bmy\s(?:all[- ]time\s|new\s|current\s|absolute\s)?favou?rite)\s(?:\w+\s)?(?P<noun>\w+)(?:\s(?:of\sall\stime|now|right\snow))?\s(?:is|are|has\sto\sbe|became)\s(?:now\s)?{_WHAT}", _favourite),
    _rule("favourite", "has as favourite", r"(?i:\bmeine?\s(?:neue[rs]?\s)?lieblings)(?P<noun>\w+)\s(?:ist|sind)\s(?P<value>\w+)|\b(?i:mi\s)(?P<n2>\w+)\s(?:favorit[oa]|preferid[oa])\s(?:es|son)\s", lambda m: _singular(m["noun"] or m["n2"])),
    _rule("prefers", "prefers", rf"{_SAYS}(?:prefer|prefers|would\srather\shave)\s(?P<value>[^.,;!?()]{{1,60}}?)(?:\s(?:over|to|rather\sthan|instead\sof|than)\s(?P<rejected>[^.,;!?()]{{1,40}}?))?{_END}", _preference),
    _rule("prefers", "prefers", r"\b(?:[Ii]ch\sbevorzuge|[Pp]refiero)\s(?:jetzt\s|ahora\s)?(?P<value>[^.,;!?()]{1,50}?)(?:\s(?:statt|gegenüber|a|que|en\svez\sde)\s(?P<rejected>[^.,;!?()]{1,40}?))?(?=[.,;!?()]|$)", _preference),
    _rule("taste", "likes", rf"{_SAYS}(?:like|likes|love|loves|enjoy|enjoys|adore|adores|hate|hates|dislike|dislikes|can't\sstand|cannot\sstand|stopped\sliking|into|a\s(?:big|huge)\sfan\sof|big\sfan\sof)\s{_WHAT}", _taste),
    _rule("taste", "likes", r"\b(?:[Ii]ch\s(?:mag|liebe|hasse))\s(?:kein(?:e|en)?\s)?(?P<value>[^.,;!?()]{1,40}?)(?:\s(?:nicht(?:\smehr)?|sehr|mehr|nicht\sbesonders))?(?=[.,;!?()]|$|\sund\s|\saber\s)|\b(?:[Yy]a\sno\s|[Nn]o\s)?[Mm]e\s(?:gustan?|encantan?)\s(?:mucho\s)?(?P<v2>[^.,;!?()]{1,40}?)(?=[.,;!?()]|$|\sy\s|\spero\s)", lambda m: _thing(m["value"] or m["v2"])),
    _rule("language", "wants answers in", r"(?i:\b(?:answer|reply|respond|write|speak)\s(?:to\s)?(?:me\s)?(?:always\s|only\s)?in\s|\bmy\s(?:preferred|native|first)\slanguage\sis\s|\bmeine\s(?:muttersprache|sprache)\sist\s|\bmi\s(?:idioma|lengua)\s(?:\w+\s)?es\s)(?P<value>[A-Za-zñ]+)"),
    _rule("timezone", "is in the time zone", r"(?i:\bmy\stime\s?zone\sis\s(?P<value>[\w/+:\-]+)|\bI'm\s(?:in|on)\s(?:the\s)?[A-Z][\w/+\-]+\s(?:time\s?zone|time)\b)"),
    _rule("email", "can be mailed at", r"(?i:\bmy\s(?:new\s|work\s|private\s)?e-?mail(?:\saddress)?\sis\s)(?P<value>\S+)"),
    _rule("phone", "can be called at", r"(?i:\bmy\s(?:new\s|work\s|mobile\s)?(?:phone|mobile|cell)(?:\snumber)?\sis\s)(?P<value>[+\d(][^.,;!?]*)"),
    _rule("owns", "owns", rf"{_SAYS}(?:got|have|has|own|owns|drive|drives|bought|adopted|sold)\s(?:a|an|my|our)\s(?:[\w\-]+\s){{0,2}}?(?P<thing>{_OWNABLE})\b(?:\s(?:named|called)\s{_NAME})?", _owned),
    _rule("owns", "owns", rf"\b[Mm]y\s(?:new\s)?(?P<thing>{_OWNABLE})(?:'s\sname\sis|\sis\scalled|\sis\snamed|\sis)\s(?P<value>(?:a\s)?{_NAME})", _owned),
    _rule("plan", "plans", rf"{_SAYS}(?:plan|planning|plans|cancelled\smy\splans?|canceled\smy\splans?)\s(?:on\s|to\s){_WHAT}", _plan),
)

_KIN = (
    re.compile(rf"\b[Mm]y\s(?:\w+\s)?(?P<kin>{RELATIONS})(?:'s\sname)?(?:\sis)?(?:\s(?:called|named))?,?\s(?P<value>{_NAME})"),
    re.compile(rf"(?P<value>{_NAME})\sis\smy\s(?:\w+\s)?(?P<kin>{RELATIONS})\b"),
    re.compile(rf"\b(?:a|an)\s(?P<kin>{RELATIONS})\s(?:called|named)\s(?P<value>{_NAME})"),
)
_TASK_SLOTS = (
    ("budget", re.compile(r"(?i)\b(?:my|our|the)\s(?:\w+\s)?budget(?:\sfor\s[\w ]{1,30}?)?\s(?:is|was|of|has)\s[^.;!?]*\d[^.;!?]*|\b(?:mein|unser|das)\sbudget\s.*\d.*|\b(?:mi|el|nuestro)\spresupuesto\s.*\d.*")),
    ("trip:dates", re.compile(r"(?i)\b(?:travel|trip|departure|flight|return|check-?in|check-?out)\s?dates?\s(?:is|are|will\sbe|changed)\b.*|\bwe(?:'re|\sare)?\s(?:leave|fly|arrive|depart|leaving|flying|arriving|departing)\s(?:out\s|back\s)?on\s.*")),
)


def kin_of(sentence: str) -> tuple[str, str] | None:
    """A relation of the speaker and who it is, as ("sister", "Mara")."""
    plain = sentence.replace("\u2019", "'")
    for pattern in _KIN:
        for match in pattern.finditer(plain):
            if match["value"].split()[0].casefold() not in NOT_NAMES:
                return match["kin"], match["value"].removesuffix("'s")
    return None


def only_one(relation: str) -> bool:
    """Whether people have one of this relation at a time, so that a newer one supersedes."""
    return relation.casefold() in _ONE_OF_A_KIND
