"""Light stemmers: forms of one word become one token. Pure.

Tokens are stored with each memory, so these rules may only change together with a re-index; that
is why they are ours and small, and not a library that moves on by itself. Endings are cut, never
understood: "wohnt" and "wohne" meet at "wohn", "vive" and "vivo" at "viv".
"""

from __future__ import annotations

from functools import lru_cache

from lamella.regex import regex


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """The token of a folded `word`, by the rules of `language` ("de", "es", else English).

    Arabic is known by its letters. Other scripts, numbers and short words stay whole.
    """
    if "'" in word:
        word = word.removesuffix("'s").replace("'", "")
    if len(word) < 4 or not word.isalpha():
        return word
    if _ARABIC.fullmatch(word):
        return _arabic(word)
    if language == "de":
        return _german(word)
    if language == "es":
        return _spanish(word)
    return _english(word) if word.isascii() else word


def _english(word: str) -> str:
    if word.endswith(("ies", "ied")):
        return word[:-3] + "y" if len(word) > 4 else word[:-1]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    if len(word) > 4 and word.endswith("ie"):
        return word[:-2] + "y"
    word = _without_verb_ending(word)
    if len(word) > 3 and word.endswith("e") and not word.endswith("ee"):
        word = word[:-1]
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "aeiou":
        word = word[:-1]
    return word


def _without_verb_ending(word: str) -> str:
    for ending, shortest in (("ing", 2), ("ed", 3)):
        stemmed = word.removesuffix(ending)
        if stemmed != word and len(stemmed) >= shortest and not stemmed.endswith("e"):
            return stemmed if _HAS_VOWEL.match(stemmed) else word
    return word


_HAS_VOWEL = regex("[a-z]*[aeiouy]")
_ARABIC = regex("[\u0621-\u064a]+")


def _german(word: str) -> str:
    plain = word.translate(_UMLAUTS)
    for ending in ("ern", "est", "et", "em", "en", "er", "es", "st", "e", "s", "n", "t"):
        stemmed = plain.removesuffix(ending)
        if stemmed != plain and len(stemmed) >= 3 and not stemmed.endswith(_NOT_BEFORE[ending[-1]]):
            return stemmed
    return plain


_UMLAUTS = str.maketrans("äöü", "aou")
_NOT_BEFORE = {"t": tuple("aeiou"), "s": ("s",), "e": ("e",), "m": (), "n": (), "r": ()}
"""After what a German ending of this last letter is none: "Arbeit", "Fluss", "Kaffee"."""


def _spanish(word: str) -> str:
    plain = word.translate(_ACCENTS)
    if len(plain) > 4 and plain.endswith("ces"):
        return plain.removesuffix("ces") + "z"
    for ending in ("amos", "emos", "imos", "os", "as", "es", "an", "en", "s", "a", "o", "e"):
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return plain.removesuffix(ending)
    return plain


_ACCENTS = str.maketrans("áéíóúü", "aeiouu")


def _arabic(word: str) -> str:
    """Without article, preposition, person and ending, as far as three letters are left."""
    for before, least in _ARABIC_BEFORE:
        found = before.match(word)
        if found and len(word) - found.end() >= least:
            word = word[found.end() :]
    after = _ARABIC_AFTER.search(word, 3)
    return (word[: after.start()] if after else word).translate(_ARABIC_LETTERS)


_ARABIC_BEFORE = (
    (regex("[وف]?(?:[بك]?ال|لل)"), 3),
    (regex("[بل]"), 4),
    (regex("[وف]?س?[أينت]"), 3),
)
_ARABIC_AFTER = regex(
    "(?:تها|هما|كما|تين|تان|[هن]\u0627|هم|كم|ات|ون|ين|ان|تي|ته|تك|ية|وا|[ةهيتا])$"
)
_ARABIC_LETTERS = str.maketrans("أإآىؤئ", "اااييي")
