"""What a sentence does in a conversation: greets, reacts, asks, recalls or states something."""

from __future__ import annotations

import re
from enum import Enum, auto

from lamella.text import CJK
from lamella.wordlists import words


class Act(Enum):
    """What somebody does by saying a sentence."""

    COURTESY = auto()  # greetings, thanks, farewells, "ok", "haha"
    REACTION = auto()  # praise, sympathy, encouragement: about what the other said
    QUESTION = auto()
    RECALL = auto()  # what the other is reminded of having said
    STATEMENT = auto()


_COURTESY_WORDS = words(
    """
    a aha ah ahh absolutely again agreed all alright am and anytime as at aw aww awww awesome
    back be been bet bye catch certainly cheers congrats congratulations cool day definitely
    evening everyone exactly fine for glad good goodbye goodnight gosh got gotcha great guys ha
    haha hahaha happy have hear hello help here hey heya hi hiya hmm how's i i'm in indeed is it
    it's its later likewise lol long lot lots luck man meet mhm morning much my my nah nice
    night no nope of oh ok okay omg ooh on once one pal perfect please pleased pleasure problem
    really right same say see seeing seen so soon sounds sure sweet take care talk talking thank
    thankfully thanks thanx that that's the then there time to ton too totally true tons
    understood until very wait was way weekend welcome well whoa wonderful woah woohoo wow wow
    yay yea yeah yep yes you you're you've yup great! thx ty np brb ttyl cya dear friend folks
    worries bless gracias hallo guten morgen tag abend nacht danke dankeschön schön sehr vielen
    dank bitte gern gerne tschüss tschüs ciao servus moin bis bald auf wiedersehen ja nein doch
    klar genau super toll prima okay alles hola buenos días buenas tardes noches muchas mil vale
    claro sí adiós hasta luego pronto mañana nada perfecto genial bien igualmente por favor
    bonjour salut merci beaucoup oui bonsoir
    """
)
_CORE_COURTESY = words(
    """
    absolutely agreed aha ah ahh alright anytime aw aww awww awesome bye certainly cheers
    congrats congratulations cool definitely exactly glad goodbye goodnight gosh got gotcha
    great ha haha hahaha hello hey heya hi hiya hmm indeed likewise lol luck mhm morning nah
    nice no nope oh ok okay omg ooh perfect please pleased pleasure problem right same sounds
    sure sweet care talk thank thanks thanx totally true understood welcome well whoa wonderful
    woah woohoo wow yay yea yeah yep yes yup thx ty np brb ttyl cya worries seeing see good
    catch hallo guten danke dankeschön dank bitte gern gerne tschüss tschüs ciao servus moin
    bald wiedersehen ja nein doch klar genau super toll prima hola buenos buenas gracias vale
    claro sí adiós hasta nada perfecto genial igualmente favor bonjour salut merci oui bonsoir
    """
)
_OTHER_SCRIPTS_COURTESY = re.compile(
    r"(?:你好|您好|谢谢|謝謝|多谢|再见|再見|早上好|晚上好|晚安|好的?|是的|嗯|哈+|没问题|不客气|太好了|明白了?|"
    r"こんにちは|こんばんは|おはよう|ありがとう|ございます|ました|どうも|さようなら|またね|はい|いいえ|わかりました|了解|すごい|"
    r"안녕|하세요|하십니까|감사|고마워요?|고맙|합니다|습니다|네|예|아니요|좋아요?|"
    r"مرحبا|أهلا|السلام|عليكم|وعليكم|شكرا|جزيلا|لك|مع|السلامة|نعم|لا|حسنا|صباح|مساء|الخير|النور|وسهلا|"
    r"你|您|吗|[\s!.,?~\u3001\u3002\uff01\uff0c\uff1f\u060c\u061f])+"
)

_INTERJECTIONS = re.compile(
    r"(?i)^(?:(?:wow+|oh+|a+w+|ah+|ha+|(?:ha)+|hah|yeah|yep|yes|yup|nope|no|hey|hi|hello|thanks|thank you|thx|cool|nice|great"
    r"|awesome|sure|ok|okay|totally|absolutely|exactly|definitely|congrats|congratulations|woah|whoa|man|gosh|omg|true"
    r"|right|well|agreed|glad|sweet|a (?:lot|ton|bunch)|so much|again|for sure|of course)\b[\s,.!~-]*)+"
)
_YOU = re.compile(r"(?i)\b(?:you|your|yours|yourself|yourselves|y'all|ya|u|you'(?:re|ve|ll|d))\b")
_ME = re.compile(
    r"(?i)\b(?:i|i'(?:m|ve|ll|d)|im|ive|my|me|mine|myself|we|we'(?:re|ve|ll|d)|our|ours|us)\b"
)
_REACTION = re.compile(
    r"""(?ix)^(?:
      (?:that|it|this|those|these|they|which)(?:'s|'re|\s+(?:is|was|are|were|must|sounds?|looks?|seems?|would|will|has))
        (?:\s+(?:so|really|very|such|super|pretty|just|absolutely|truly|quite|be|been|have|gotta|like|definitely|totally|always|a|an|the))*
        \s+[\w'-]+(?:\s+(?:to\s+hear|of\s+you|for\s+you|idea|thing|thought|plan|news|indeed|too|though|job|work|way|man|stuff|attitude|story|shot|pic|photo|picture))*
    | (?:sounds?|looks?|seems?|feels?)\s+(?:like\s+you|so|really|very|pretty|super|awesome|amazing|great|good|nice|fun|interesting|cool|incredible|fantastic|wonderful|delicious|yummy|perfect|lovely|beautiful|intense|tough|exciting|peaceful|relaxing)\b.*
    | (?:so|really|very|super|pretty|how|what\s+an?)\s+(?:glad|happy|proud|cool|sweet|nice|great|awesome|amazing|cute|inspiring|exciting|wonderful|fun|true|sorry|impressive|lovely|beautiful|stoked|thrilled)\b(?!.*\bmy\b).*
    | (?:i'm|i\s+am|im)\s+(?:so\s+|really\s+|very\s+|super\s+|always\s+|truly\s+|just\s+)*(?:glad|happy|proud|sorry|thrilled|excited|stoked|pleased|impressed|rooting|here|grateful|thankful|lucky|sure|jealous|curious)
        \s*(?:to\s+(?:hear|see|know|help|have\s+you|support)|for\s+(?:you|your)|of\s+you|that\s+you|you|about\s+(?:that|your|you)|if\s+you|i\s+(?:could|can)\s+help)?\b(?!.*\bmy\b)[^,;]*
    | i\s+(?:totally\s+|really\s+|completely\s+|so\s+|truly\s+|also\s+|do\s+|definitely\s+|absolutely\s+|can\s+|just\s+)*
        (?:agree|understand|get|appreciate|hope|bet|see|know|imagine|believe|admire|feel|love)\s*
        (?:with\s+you|it|that|this|you|your|how\s+you|what\s+you|so|right|the\s+(?:feeling|support|help|encouragement))?(?:\s+(?:so\s+much|too|a\s+lot|all|completely|and\s+your.*|for\s+you|can.*|could.*|get.*|enjoy.*|find.*|have.*|had.*|.*\byou.*))?
    | (?:i\s+)?(?:can't|cannot)\s+wait\s+(?:to\s+(?:see|hear|catch|chat|talk)|for\s+(?:you|it|that)).*
    | (?:i\s+)?(?:wish|hope|hoping|wishing)\s+(?:you|it|that|everything|all|your).*
    | (?:let\s+me\s+know|keep\s+(?:it\s+up|up|going|at\s+it|me|pushing|on|shining|chasing|believing|doing|rocking|in\s+touch|that)|don't\s+(?:worry|give\s+up|forget|sweat|mention|let|hesitate|be)|never\s+give\s+up|go\s+for\s+it|you\s+(?:got|can)|way\s+to\s+go|good\s+(?:luck|job|for\s+you|idea|call|point|to|stuff)|great\s+(?:job|idea|to|work|pic|photo|shot|news)|nice\s+(?:job|work|one|to|pic)|well\s+done|take\s+care|have\s+(?:a|fun)|enjoy|talk\s+to\s+you|catch\s+(?:you|up)|see\s+you|stay\s+\w+|best\s+of\s+luck|all\s+the\s+best|no\s+(?:way|worries|problem|doubt)|my\s+pleasure|of\s+course|happy\s+to\s+help|anytime|love\s+(?:it|that|to\s+hear|your|the\s+\w+)|same\s+here|me\s+(?:too|neither)|long\s+time|it's\s+been\s+(?:a\s+while|ages|so\s+long|great|good|nice)|good\s+to\s+(?:see|hear)|great\s+to\s+(?:see|hear)|nice\s+to\s+(?:see|hear|meet)|check\s+(?:it|this|that|them|these)\s+out|take\s+a\s+look|look\s+at\s+(?:this|that|these|it)|here's\s+(?:a|the|one|some)?\s*(?:pic|photo|picture|link|it|look)s?\b[^,]{0,20}|thanks?\b(?!.*\bmy\b)(?:\s+(?:you|a\s+\w+|so\s+much))?(?:\s+for\b.*)?|i'll\s+(?:let\s+you\s+know|keep\s+you|check\s+it|talk|see|definitely\s+(?:check|try|keep|let|give))\b.*|talk\s+soon|bye.*)
    )[\s.!)~\U0001F300-\U0001FAFF\u2600-\u27bf\ufe0f<3:;()]*$"""
)
_RECALL = re.compile(
    r"(?i)\b(?:you (?:said|mentioned|told|were (?:telling|saying))|you've (?:told|mentioned|said)"
    r"|i (?:do )?remember (?:you|that you|when you|your)|as you (?:know|said|told)"
    r"|du hast (?:mir )?(?:gesagt|erzählt|erwähnt)|me (?:dijiste|contaste)|dijiste que)\b"
)
_ASKS = re.compile(
    r"(?i)^(?:(?:and|so|but|or|by the way|btw),?\s+)?(?:who|what|when|where|why|how|which|whose|do|does|did|is|are|was|were|am"
    r"|have|has|had|can|could|will|would|shall|should|may|might|any|anything|ready|got|wer|wie|was|wann|wo|warum"
    r"|welche[rsmn]?|hast|bist|kannst|quién|qué|cómo|cuándo|dónde|por qué|cuál)\b"
)
_QUESTION_MARK = re.compile("[?\uff1f\u061f][\\s\"')\\]*\u300d]*$|[吗呢か][\u3002.]?$")
_WORD = re.compile(r"[^\W_]+(?:['\u2019\-][^\W_]+)*")
_ASIAN_OR_ARABIC = re.compile(f"[{CJK}\u0600-\u06ff]")


def act(sentence: str, people: frozenset[str] = frozenset()) -> Act:
    """What `sentence` does, said among `people` (first names, casefolded)."""
    plain = sentence.replace("\u2019", "'").strip()
    said = [word.casefold() for word in _WORD.findall(plain)]
    if not said or _courteous(plain, said, people):
        return Act.COURTESY
    if _QUESTION_MARK.search(plain) and not _states_before_asking(plain):
        return Act.QUESTION
    if _RECALL.search(plain):
        return Act.RECALL
    rest = _without_address(plain, people)
    if not rest or _REACTION.match(rest) or (_YOU.search(rest) and not _ME.search(rest)):
        return Act.REACTION
    return Act.STATEMENT if _ME.search(rest) or _tells(rest) else Act.REACTION


def personal(sentence: str) -> bool:
    """Whether the speaker speaks of themselves or their own."""
    return bool(_ME.search(sentence.replace("\u2019", "'")))


def _courteous(plain: str, said: list[str], people: frozenset[str]) -> bool:
    if _ASIAN_OR_ARABIC.search(plain):
        return _OTHER_SCRIPTS_COURTESY.fullmatch(plain) is not None
    rest = [word for word in said if word not in people]
    if not rest:
        return True
    if not any(word in _CORE_COURTESY for word in rest):
        return False
    strange = [word for word in rest if word not in _COURTESY_WORDS]
    return not strange or (
        len(strange) == 1 and len(rest) <= 3 and _ends_with_name(plain, strange[0])
    )


def _ends_with_name(plain: str, word: str) -> bool:
    last = _WORD.findall(plain)[-1]
    return last.casefold() == word and last[:1].isupper()


def _without_address(plain: str, people: frozenset[str]) -> str:
    """The sentence without interjections and names that only address somebody."""
    before = ""
    while before != plain:
        before = plain
        plain = _INTERJECTIONS.sub("", plain).lstrip(" ,.!-~")
        first = _WORD.match(plain)
        if first and first[0].casefold() in people and plain[first.end() :][:1] in ",!.":
            plain = plain[first.end() :].lstrip(" ,.!-~")
    last = re.search(r"[,\s]+([^\W_]+)[\s.!]*$", plain)
    if last and last[1].casefold() in people:
        plain = plain[: last.start()]
    return plain


def _states_before_asking(plain: str) -> bool:
    return len(plain.split()) >= 10 and bool(_ME.search(plain)) and not _ASKS.match(plain)


def _tells(rest: str) -> bool:
    if _ASIAN_OR_ARABIC.search(rest):
        return True
    return len(_WORD.findall(rest)) >= 3
