"""Whether a sentence is meant, and meant to last: not wished, quoted, past, or of the moment."""

from __future__ import annotations

from lamella.regex import mentions, regex

hypothetical = mentions(
    r"\b(?:if|unless|(?:was|were) going to|dropped the idea|came to nothing"
    r"|wish(?! me\b)|imagine|what if|pretend|suppose|supposing|hypothetically|as though"
    r"|joking"
    r"|april fools?'?|pulling (?:your|my) leg|sarcas\w+"
    r"|jk|lol|lmao|rofl|dream(?:ed|t|ing)?|kidding|when i was|as a (?:kid|child)|wenn ich|wünschte"
    r"|stell dir vor|si (?:yo )?(?:viviera|fuera|tuviera)|ojalá)\b|[\U0001f602\U0001f923\U0001f61c]"
    r"|(?<=\s)(?::-?[dp]|;-?\)|xd)(?=\s|$)"
)
"""Whether a sentence only wishes, supposes, jokes or tells of childhood."""

_MAY = regex(r"\bmay\b(?! \d)")
_COULD_BE = mentions(
    r"\b(?:would|could|might|maybe|perhaps"
    r"|(?<!get )(?<!got )(?<!getting )used to|back then|back when|years ago i|you'd|i'd"
    r"|hätte|würde|früher|antes)\b"
)
intends = mentions(
    r"\b(?:consider(?:ing|ed)?|thinking (?:of|about)|thought (?:of|about)|tempted|toying"
    r"|wonder\w*|suggest\w*|propos(?:ed|es|ing)|vot(?:e|ed|ing) (?:on|about)"
    r"|hop(?:e|es|ing) (?:to|for)|wants? to|wanted to|wanna|would like|dreaming|debating|plan"
    r"(?:s|ned"
    r"|ning)? (?:to|on)|contemplat\w+|looking (?:at|into)|appl(?:ied|ying) (?:to|at|for)|about to"
    r"|gonna"
    r"|interview\w* (?:at|with|for)|should|need to|need a|have to (?!admit|say|confess|be \d)"
    r"|won't|will (?!be\b))\b"
)
"""Whether a sentence speaks of what is only thought of, wanted or asked for."""

_STAGED = regex(
    r"(?i)\bin (?:the|my|this|a|our|that|his|her) (?:\w+ )?(?:game|novel|story|book|movie|film|play"
    r"|dream|campaign|series|show|script|song|sketch|simulation|musical|comic|fantasy)\b"
    r"|\b(?:feels?|felt|acts?|looks?|sounds?|seems?) (?:like|as though)\b|\bas they say\b"
    r"|\bsaid (?:nobody|no one)\b|\b(?:basically|practically|virtually|literally|pretty much"
    r"|almost) (?:live|living|lives|married)\b|\bmarried to (?:my|the|his|her) (?:job|work)\b"
)
_HEARSAY = regex(
    r"(?i)\b(?!i\b|tests?\b|doctors?\b|doc\b|results?\b|lab\b|scans?\b)\w+ (?:(?:keep|keeps"
    r"|kept|always|often|all|still) )?(?:assum\w+|thinks?"
    r"|thought|tells? me|believes?d?|claims?|claimed|say|says|said|insists?|insisted|swears?"
    r"|guess\w*) "
    r"(?:that )?(?:I|I'm|I've|my)\b"
)
_OWN_WORD = regex(r"(?i)\bI(?:'d| would| must| have to| can)? (?:think|say|said|believe|guess)")
_QUOTED = regex(
    r"[\"\u201c\u201e\u00ab][^\"\u201c\u201d\u201e\u00ab\u00bb]+[\"\u201d\u201c\u00bb]"
    r"|(?<![\w'])['\u2018](?=\w).+?(?<=[\w.!?,])['\u2019](?!\w)"
)
_ONCE = mentions(
    r"\b(?:this time|just (?:for )?(?:today|now|tonight|this)|for (?:this|the) (?:trip|booking"
    r"|order|visit|stay|weekend|session|task|flight|dinner|evening|event)\b"
    r"(?! \w+ (?:is|are|was)\b)|for now|for today|one-off"
    r"|today only|only (?:for )?(?:today|tonight|this)|this once|just this once|temporarily"
    r"|diesmal|dieses mal|nur heute|für heute|für diese reise|esta vez|(?:solo|sólo) (?:por )?hoy"
    r"|por hoy|para este viaje)\b"
)
_FOR_A_WHILE = mentions(
    r"\bfor (?:this|that|the next) one\b|\bon (?:[\w']+ ){1,3}only\b"
    r"|^for (?:this|these|the next)\b|\bfor (?:the )?(?:summer|winter|moment|holidays|time being"
    r"|duration|game|tonight)\b|\bfor (?:a|two|three|four|a couple of|a few|\d+)"
    r" (?:days?|nights?|weeks?|months?|while|bit)\b|\bfor \w+ only\b"
    r"|\b(?:only (?:until|till|for)|in the meantime|as an exception|(?:until|till)(?! \d{4}\b)"
    r"|(?:can't|cannot|won't) (?:\w+ ){1,4}before|while i'm|while we're"
    r"|ausnahmsweise|vorübergehend|por ahora|de momento)\b"
)
_THESE_DAYS = mentions(
    r"(?<!since )(?<!as of )(?<!from )\b(?:tonight|today's"
    r"|this (?:week|weekend|month|morning|evening|afternoon|summer"
    r"|semester|quarter)(?! on\b))\b|^today\b(?! was my (?:first|last))"
    r"|\b(?:rented|borrowed|loaner|rental)\b.*\btoday\b"
)
_CHANGES = mentions(
    r"\b(?:moved|relocated|started|starting|quit|left|became|got|bought|sold|switched|turned"
    r"|hired|joined|changed|bumped|raised|reverted|upgraded|adopted|gave up|stopped|born"
    r"|fired|laid off|broke up|retired)\b"
)
_TASK = regex(
    r"(?i)^(?:(?:so|ok|okay|well|now|and|then|actually|please|hi|hey|hello|bitte"
    r"|por favor),?\s+)*(?:let's|let us|find|book|search|show|compare|check|look (?:up|for|at)"
    r"|give|send|draft|write|make|create|order|cancel|schedule|set up|summari[sz]e|translate|add"
    r"|change|help me|can you|could you|i need|i want|i'd like|i would like|i'm looking"
    r"|i am looking|we need|we want|we'd like|we're looking|such|suche?|buche?|zeig|ich brauche"
    r"|ich möchte|ich suche|busca|reserva|muéstrame|necesito|quiero|quisiera)\b"
)
_LASTING = regex(
    r"(?i)\b(?:always|usually|generally|normally|never|every|prefer|favou?rite|allergic|in general"
    r"|immer|normalerweise|nie|niemals|siempre|nunca)\b"
)


def of_the_moment(sentence: str, alone_with_assistant: bool) -> bool:
    """Whether it speaks of the task at hand and not of what lasts.

    Plain wants ("I need a flight on Friday") are tasks only when told to an assistant: between
    people they are news.
    """
    if _ONCE(sentence):
        return True
    task = alone_with_assistant and _TASK.search(sentence)
    return bool(task) and not _LASTING.search(sentence)


def unmeant(sentence: str) -> bool:
    """Whether the speaker plays a part, exaggerates, or tells what others say of them."""
    heard = _HEARSAY.search(sentence) and not _OWN_WORD.search(sentence)
    return bool(heard) or _STAGED.search(sentence) is not None


def unquoted(sentence: str) -> str:
    """The sentence without what it quotes: that is somebody else's word."""
    return _QUOTED.sub(" ", sentence)


def not_now(sentence: str) -> bool:
    """Whether it speaks of what could be or what is over."""
    return _COULD_BE(sentence) or _MAY.search(sentence) is not None


def temporary(sentence: str) -> bool:
    """Whether it says of itself that it holds for this once or for a while."""
    if _ONCE(sentence) or _FOR_A_WHILE(sentence):
        return True
    return _THESE_DAYS(sentence) and not _CHANGES(sentence)
