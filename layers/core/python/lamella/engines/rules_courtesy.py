"""Courtesies: what people say to greet, thank, agree and take leave, in several languages."""

from __future__ import annotations

from lamella.engines.rules_small_talk import greets
from lamella.regex import regex
from lamella.text import CJK
from lamella.wordlists import words

WORD = regex(r"[^\W_]+(?:['\u2019\-][^\W_]+)*")
_OTHER_SCRIPTS = regex(f"[{CJK}\u0600-\u06ff]")

FIRST_PERSON = (
    r"i|i'(?:m|ve|ll|d)|im|ive|my|me|mine|myself|ich|mein\w*|mir|mich|yo|mis?|soy|estoy|tengo|vivo"
    r"|trabajo|prefiero"
)
SELF = regex(rf"(?i)\b(?:{FIRST_PERSON})\b")

_COURTESY_WORDS = words(
    """
    a aha ah ahh absolutely again agreed all alright tomorrow am and anytime as at aw aww awww
    awesome back be been bet bye catch certainly cheers congrats congratulations cool day
    definitely evening everyone exactly fine for glad good goodbye goodnight gosh got gotcha
    great guys ha haha hahaha happy have hear hello help here hey heya hi hiya hmm how's i i'm
    in indeed is it it's its later likewise lol long lot lots luck man meet mhm morning much my
    my nah nice night no nope of oh ok okay omg ooh on once one pal perfect please pleased
    pleasure problem really right same say see seeing seen so soon sounds sure sweet take care
    talk talking thank thankfully thanks thanx that that's the then there time to ton too
    totally true tons understood until very wait was way weekend welcome well whoa wonderful ya
    woah woohoo wow wow yay yea yeah yep yes you you're you've yup great! thx ty np brb ttyl cya
    dear friend folks worries bless gracias hallo guten morgen tag abend nacht danke dankeschön
    schön sehr vielen dank bitte gern gerne tschüss tschüs ciao servus moin bis bald auf
    wiedersehen ja nein doch klar genau super toll prima okay alles hola buenos días buenas
    tardes noches muchas mil vale claro sí adiós hasta luego pronto mañana nada perfecto genial
    bien igualmente por favor bonjour salut merci beaucoup oui bonsoir
    """
)
_ADDRESSED = regex(
    r"(?i:good (?:morning|evening|night)|hey|hi|hello|thanks|thank you|bye|goodbye|welcome|hallo"
    r"|guten (?:morgen|tag|abend)|danke|hola|buen[oa]s (?:días|tardes|noches)|gracias"
    r"|adiós),? ([A-ZÀ-Þ][\w\-]+)\b"
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


def courteous(plain: str, people: frozenset[str]) -> bool:
    """Whether the sentence only greets, thanks, takes leave or says yes, by name or not."""
    said = [word.casefold() for word in WORD.findall(plain)]
    if greets(plain, people):
        return True
    if in_another_script(plain):
        return False
    strange = [word for word in said if word not in _COURTESY_WORDS and word not in people]
    named = any(word in people for word in said)
    if (strange or named) and SELF.search(plain):
        return False
    if said and not strange and (named or any(word in _CORE_COURTESY for word in said)):
        return True
    return not said or strange == _addressed(plain)


def in_another_script(text: str) -> bool:
    """Whether some of it is Chinese, Japanese, Korean or Arabic."""
    return not text.isascii() and _OTHER_SCRIPTS.search(text) is not None


def _addressed(plain: str) -> list[str]:
    greeted = _ADDRESSED.match(plain)
    return [greeted[1].casefold()] if greeted else []
