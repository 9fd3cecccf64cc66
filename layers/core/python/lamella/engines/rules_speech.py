"""What a sentence does in a conversation: greets, reacts, asks, recalls or states something."""

from __future__ import annotations

import re
from enum import Enum, auto

from lamella.engines.rules_courtesy import FIRST_PERSON, SELF, WORD, courteous, in_another_script
from lamella.engines.rules_small_talk import reacts
from lamella.regex import regex
from lamella.text import language, sentences


class Act(Enum):
    """What somebody does by saying a sentence."""

    COURTESY = auto()  # greetings, thanks, farewells, "ok", "haha"
    REACTION = auto()  # praise, sympathy, encouragement: about what the other said
    OPINION = auto()  # judgements and general truths, of nobody in particular
    QUESTION = auto()
    RECALL = auto()  # what the other is reminded of having said
    STATEMENT = auto()


_INTERJECTIONS = regex(
    r"(?i)^(?:(?:wow+|oh+|a+w+|ah+|ha+|(?:ha)+|hah|yeah|yep|yes|yup|nope|no|hey|hi|hello|thanks"
    r"|thank you|thx|cool|nice|great|awesome|sure|ok|okay|totally|absolutely|exactly|definitely"
    r"|congrats|congratulations|woah|whoa|man|gosh|omg|true|right|well|agreed|glad|sweet|a (?:lot"
    r"|ton|bunch)|so much|again|for sure|of course)\b[\s,.!~-]*)+"
)
_YOU = regex(r"(?i)\b(?:you|your|yours|yourself|yourselves|y'all|ya|u|you'(?:re|ve|ll|d))\b")
_ME = regex(
    rf"(?i)\b(?:{FIRST_PERSON}|we|we'(?:re|ve|ll|d)|our|ours|us|wir|uns\w*|nosotr\w+|nuestr\w+)\b"
)
_VERY = r"(?:so|really|very|such|super|pretty|just|truly|quite|always|definitely|an?|the|even) "
_PRAISED = (
    r"(?:amaz\w+|awesome|adorable|beautiful\w*|best|better|brave|brilliant|cool\w*|crucial|cute\w*"
    r"|delicious|encouraging|essential|everything|excellent|excited|exciting|fantastic|fascinating"
    r"|fine|frustrating|fun|funny|gorgeous|great|good|hard|happy|healing|helpful|huge|important"
    r"|impressive|incredible|inspir\w+|interesting|invaluable|key|lovely|lucky|meaningful"
    r"|motivating|necessary|nice|peaceful|perfect|powerful|precious|priceless|proud|relaxing"
    r"|rewarding|rough|sad|satisfying|serene|special|strong|stunning|sweet\w*|talented|thoughtful"
    r"|touching|tough|tragic|true|unforgettable|vital|wild|wonderful|worth\w*|yummy)"
)
_IS = (
    r"(?: is| are| was| were|'s|'re| can be| must be| must have been| looks?| sounds?| seems?"
    r"| feels?)"
)
_JUDGES = regex(rf"(?i)^[^,;]*{_IS} (?:like )?(?:{_VERY})*(?:[\w']+ ){{0,2}}?{_PRAISED}\b")
_BARE_JUDGEMENT = regex(
    rf"(?i)^(?:(?:sounds?|looks?|seems?|feels?)(?: like)?\b|(?:what an? |how |{_VERY})*{_PRAISED}\b"
    r"|love (?:it|that|this|the|your|how)\b)"
)
_SYMPATHY = regex(
    rf"(?i)^(?:i'm |i am |im )?(?:{_VERY})*(?:glad|happy|proud|sorry|thrilled|excited"
    r"|stoked|pleased|impressed|rooting|here|grateful|thankful|curious|pumped"
    r"|sure)\b(?: \w+)?(?: (?:to (?:hear|see|know|help|support|have)|for (?:you|your|this)|of you"
    r"|about (?:that|your)|that|if|it|you|your|you've|you're|we)\b.*|[\s.!]*$)"
)
_AGREES = regex(
    r"(?i)^(?:i|we)(?: can| do| could|'d|'ll)?(?: (?:totally|really|completely|so|truly|also"
    r"|definitely|absolutely|only|just|100%))* (?:agree|understand|get it|get that|get you"
    r"|appreciate|hope (?:you|it|that|this|so|all|your)|bet|see(?= (?:what|how|why|you|that)|[.,!]"
    r"|$)|know right|know,|imagine|admire (?:you|your|that)|feel (?:you|the same)|think so|guess"
    r"|relate|love (?:it|that|this|your|how|to (?:hear|see))|wish you)(?!\w)"
)
_WISHES_WELL = regex(
    r"(?i)^(?:you(?:'ve| have)? got this|you can do it|good (?:luck|job|for|idea|call|point|to)"
    r"|great (?:job|idea|to|work|pic|photo|shot|news)|nice (?:job|work|one|to)|well done|have (?:a"
    r"|an|fun|lots)\b|talk to|talk soon|see (?:you|ya)|catch|best of|all the best|no (?:worries"
    r"|problem|doubt|need)|my pleasure|of course|happy to|always happy|same here|me (?:too"
    r"|neither)|long time|thanks?\b|bye|wish(?:ing)? you|it's been (?:a while|ages|so long|great"
    r"|good|nice|too long)|way to|take care)"
)
_THANKS_FOR = regex(
    r"(?i)^(?:\w+,? )?(?:thanks?(?: you)?|danke|gracias)(?: \w+){0,3}? (?:for|to|für|por)\b"
)
_CHEERS = regex(
    r"(?i)^(?:let me know|keep |don't (?:worry|give|forget|sweat|mention|let|hesitate|be|get)"
    r"|never give|go for|take |enjoy\b|stay |no way|check |look at|here's (?:to|a pic|the pic)"
    r"|hop(?:e|ing)\b|i'll (?:let|keep you|check|talk|see|definitely|be (?:there|here))|tell me"
    r"|(?:i )?can't wait|cannot wait|crossing my|missed you|if you (?:need|ever|know)|if there's"
    r"|just do it|remember,? |we (?:can|got this|work well)|we'll (?:make|keep|get)|make sure"
    r"|speaking of|that's (?:the spirit|what|why|how|so|awesome|true))"
)
_MEANS_MUCH = regex(
    r"(?i)\bmeans? (?:a lot|so much|the world|everything|a ton)|\bappreciate (?:your|you|the|it)\b"
    r"|\b(?:here for|here to (?:support|help)|let me know|since we(?:'ve| have)? (?:last )?(?:talk"
    r"|chat|spoke|caught|met)\w*)|^(?:we )?love(?:d)? having you|^your (?:support|words"
    r"|encouragement|friendship|help|faith|advice)\b"
)
_LONGEST_REACTION = 8
_OWN_STORY = regex(
    r"(?i)\b(?:my (?!pleasure|god|goodness|friend\b)|i was|i had|i went|i've (?:been|had)|when i"
    r"|i used)"
)
_LETS = regex(r"(?i)^(?:so )?let(?:'s| us)\b")
_DETAIL = regex(
    r"\d|(?<=[\w,] )(?!I\b)[A-Z]\w|(?i:\b(?:yesterday|last (?:\w+day|week|month|year|night|summer"
    r"|winter|fall|spring)|next (?:\w+day|week|month|year|summer)|tomorrow|tonight|ago|since|mon"
    r"|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b)"
)
_RECALL = regex(
    r"(?i)\b(?:you (?:said|mentioned|told|were (?:telling|saying))|you've (?:told|mentioned|said)"
    r"|i (?:do )?remember (?:you|that you|when you|your)|as you (?:know|said|told)"
    r"|du hast (?:mir )?(?:gesagt|erzählt|erwähnt)|me (?:dijiste|contaste)|dijiste que)\b"
)
_ASKS = regex(
    r"(?i)^(?:(?:and|so|but|or|by the way|btw),?\s+)?(?:who|what|when|where|why|how|which|whose|do"
    r"|does|did|is|are|was|were|am|have|has|had|can|could|will|would|shall|should|may|might|any"
    r"|anything|ready|got|wer|wie|was|wann|wo|warum|welche[rsmn]?|hast|bist|kannst|quién|qué|cómo"
    r"|cuándo|dónde|por qué|cuál)\b"
)
_QUESTION_MARK = regex("[?\uff1f\u061f][\\s\"')\\]*\u300d]*$|[吗呢か][\u3002.]?$")


def acts(text: str, people: frozenset[str]) -> list[tuple[str, Act]]:
    """The sentences of `text`, blanks evened out, each with what it does."""
    said = (" ".join(sentence.split()) for sentence in sentences(text))
    return [(sentence, act(sentence, people)) for sentence in said]


def act(sentence: str, people: frozenset[str] = frozenset()) -> Act:
    """What `sentence` does, said among `people` (first names, casefolded)."""
    plain = sentence.replace("\u2019", "'").strip().lstrip("¡¿")
    if courteous(plain, people):
        return Act.COURTESY
    if _QUESTION_MARK.search(plain) and not _states_before_asking(plain):
        return Act.QUESTION
    if reacts(plain, people):
        return Act.REACTION
    if _RECALL.search(plain):
        return Act.RECALL
    if _THANKS_FOR.match(plain) and not SELF.search(plain):
        return _weighed(plain)
    rest = _without_address(plain, people)
    if not rest:
        return Act.COURTESY
    return _comment(rest, bool(people)) or Act.STATEMENT


def personal(sentence: str) -> bool:
    """Whether the speaker speaks of themselves or their own."""
    return bool(_ME.search(sentence.replace("\u2019", "'")))


def _without_address(plain: str, people: frozenset[str]) -> str:
    """The sentence without interjections and names that only address somebody."""
    before = ""
    while before != plain:
        before = plain
        plain = _INTERJECTIONS.sub("", plain).lstrip(" ,.!-~")
        first = WORD.match(plain)
        if first and first[0].casefold() in people and plain[first.end() :][:1] in ",!.":
            plain = plain[first.end() :].lstrip(" ,.!-~")
    last = re.search(r"[,\s]+([^\W_]+)[\s.!]*$", plain)
    if last and last[1].casefold() in people:
        plain = plain[: last.start()]
    return plain


def _states_before_asking(plain: str) -> bool:
    return len(plain.split()) >= 10 and bool(_ME.search(plain)) and not _ASKS.match(plain)


def _comment(rest: str, among_people: bool) -> Act | None:
    """REACTION or OPINION where it only praises, pities, cheers or judges; else None.

    To an assistant, "keep it short" and "don't …" are instructions; among people, they cheer.
    """
    if in_another_script(rest) or language(rest) != "en" or _DETAIL.search(rest):
        return None
    kindly = (_SYMPATHY, _AGREES, _WISHES_WELL, _MEANS_MUCH)
    if any(pattern.search(rest) for pattern in kindly):
        return None if _OWN_STORY.search(rest) else _weighed(rest)
    if _BARE_JUDGEMENT.search(rest) and not _ME.search(rest):
        return _weighed(rest)
    of_others = not _ME.search(rest)
    if of_others and len(WORD.findall(rest)) < 3:
        return Act.REACTION
    judges = of_others and _JUDGES.search(rest)
    if not among_people:
        return _weighed(rest) if judges and _YOU.search(rest) else None
    cheers = (_CHEERS.search(rest) and not _OWN_STORY.search(rest)) or _LETS.search(rest)
    about_you = of_others and _YOU.search(rest)
    return _weighed(rest) if judges or cheers or about_you else None


def _weighed(rest: str) -> Act:
    return Act.OPINION if len(WORD.findall(rest)) > _LONGEST_REACTION else Act.REACTION
