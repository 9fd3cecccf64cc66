"""A sentence but for its numbers and times, so that the same sentence with others replaces it.

"Mein Stellplatz kostet 45 Euro" and "Mein Stellplatz kostet 62 Euro" measure one thing, whatever
the words are. English, German, Spanish and Chinese numbers.
"""

from __future__ import annotations

from lamella.regex import regex
from lamella.text import content_words, language, tokens
from lamella.wordlists import MONTHS

FEWEST, MOST = 2, 9
"""Words that must be left, so that it is about something, and may, so that it is no story."""

_NUMBER = regex(
    r"(?i)[$€£]?\b\d[\d.,:]*(?:st|nd|rd|th|k|h|am|pm|m|g|kg|mg|cm|km)?\b"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|hundred|once|twice|half|quarter|past|o'clock|noon|midnight"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|halb|viertel|uhr"
    r"|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|media)\b"
    r"|[\d零一二两三四五六七八九十百千]+(?:点半?|点钟|号|年|月|日|块|元|个|岁)(?:半)?"
)
WEEKDAY = (
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b|\b(?:montag|dienstag|mittwoch|donnerstag"
    r"|freitag|samstag|sonntag|lunes|martes|miércoles|jueves|viernes|sábado|domingo)s?\b"
)
"""A day of the week, as a pattern: English, German and Spanish."""
_DAY = regex(
    rf"(?i){WEEKDAY}"
    rf"|\b(?-i:{'|'.join(map(str.capitalize, MONTHS))})\b"
    r"|(?:星期|周|礼拜)[一二三四五六日天]|[上下]午|晚上"
)
_NUMBERED = regex(r"(?i)^(?:(?:the|my|our|his|her|their)\s)?(?!version\b)[a-z\-]+\s#?\d")
_DIGITS = regex(r"\d+(?:[.,:]\d+)*")
_RANGE = regex(r"(?i)\d\S*(?:\s?[-\u2013]\s?| to | until | and )\S*\d")
_UNSPACED = ("zh", "ja", "ko")
_OF_ONESELF = regex(r"(?i)^(?:I|we)\b")
_SEVERAL = regex(r"(?i)\b(?:have|has|had|got|meet|see|visit)\s(?:an?|another|some)\b")


def measured(clause: str) -> frozenset[str] | None:
    """The words that are left without numbers and times; None if it has none or little else.

    What somebody does on one day they may do on another, too: there only numbers are left out.
    A thing that has a number for its name ("server 12") is measured by none.
    """
    if _NUMBERED.match(clause) or (len(_DIGITS.findall(clause)) > 1 and not _RANGE.search(clause)):
        return None
    oneself = _OF_ONESELF.match(clause) is not None
    left = _NUMBER.sub(" ", clause)
    left = left if oneself else _DAY.sub(" ", left)
    if left == clause or _SEVERAL.search(clause):
        return None
    found = frozenset(content_words(left) if language(left) not in _UNSPACED else tokens(left))
    return found if FEWEST <= len(found) <= MOST else None
