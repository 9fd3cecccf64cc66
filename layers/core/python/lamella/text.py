"""Pure text tools: the one tokenizer of every engine, sentences, question words, names.

Tokens are stored with each memory, so their rules may only change together with a re-index;
that is why the stemmer is ours and small, and not a library that moves on by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from unicodedata import normalize

from lamella.wordlists import (
    ABBREVIATIONS,
    CALENDAR,
    GERMAN_DETERMINERS,
    NAME_LINKS,
    NOT_NAMES,
    NUMBER_ABBREVIATIONS,
    STOP_WORDS,
)

CJK = (
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"
    "\U00020000-\U0003134f"
)
"""Scripts written without spaces between words, and Korean, as ranges of a character class."""

_MARKS = (
    "\u0900-\u0903\u093a-\u094f\u0981-\u0983\u09bc-\u09cd\u0b82-\u0bcd"
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
)
_LETTERS = f"(?:[^\\W_{CJK}]|[{_MARKS}])+"
_PLAIN_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_WORD = re.compile(f"[{CJK}]+|{_LETTERS}(?:'{_LETTERS})*")
_IS_CJK = re.compile(f"[{CJK}]").match

_DROPPED = (
    (0x0300, 0x036F),  # accents that compose with nothing
    (0x0610, 0x061A),
    (0x064B, 0x065F),  # Arabic vowel signs
    (0x0640, 0x0640),
    (0x0670, 0x0670),
    (0x00AD, 0x00AD),
    (0x200B, 0x200F),
    (0x2060, 0x2064),
    (0xFEFF, 0xFEFF),
)
_TIDY: dict[int, int | None] = {c: None for first, last in _DROPPED for c in range(first, last + 1)}
_TIDY |= dict.fromkeys(map(ord, "\u2018\u2019\u02bc`\u00b4"), ord("'"))


def tokens(text: str) -> list[str]:
    """The words of `text` for keyword search, in order: never empty, never with whitespace.

    Compatibility forms and case are folded, English endings too ("moved", "moving" -> "mov"),
    apostrophes vanish ("don't" -> "dont", "Mara's" -> "mara"); Chinese, Japanese and Korean runs
    become pairs of characters. Other words stay whole.
    """
    if text.isascii():
        return [_stem(word) for word in _PLAIN_WORD.findall(text.lower())]
    found: list[str] = []
    for word in _WORD.findall(_folded(text)):
        if _IS_CJK(word):
            found += [a + b for a, b in pairwise(word)] or [word]
        else:
            found.append(_stem(word))
    return found


def content_words(text: str) -> tuple[str, ...]:
    """The distinct tokens of a question, in order, without question words and stop words.

    Stop words are those of the language that has most of them in the text. When nothing
    would be left, all tokens are.
    """
    everything = tuple(dict.fromkeys(tokens(text)))
    stops = _STOPS[language(text)]
    return tuple(word for word in everything if word not in stops) or everything


def language(text: str) -> str:
    """The guess "en", "de" or "es", by stop words; "en" where nothing speaks for another."""
    words = tokens(text)
    matches = {code: sum(map(stops.__contains__, words)) for code, stops in _STOPS.items()}
    return max(matches, key=matches.__getitem__)


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order, every word kept; a line break ends one, too.

    What runs on for more than 1,000 characters is cut between words.
    """
    found: list[str] = []
    for line in text.splitlines():
        start = 0
        for stop in _STOP.finditer(line):
            if _ends(line, start, stop):
                found.append(line[start : stop.end()])
                start = stop.end()
        found.append(line[start:])
    return [piece for each in found for piece in _pieces(each.strip())]


def length(text: str) -> int:
    """How many words `text` has, where two characters of a script without spaces count as one."""
    unspaced = sum(char >= "\u3005" for char in text)
    return len(text.split()) + unspaced // 2


def names(text: str) -> tuple[str, ...]:
    """The distinct names of people, places and things in `text`, known by their capitals.

    A word that begins a sentence counts if it is no common word. Days and months don't.
    """
    german = language(text) == "de"
    found: dict[str, None] = {}
    for sentence in sentences(text):
        if sentence.isupper() and " " in sentence:
            continue
        for match in _NAME.finditer(sentence.replace("\u2019", "'")):
            before = sentence[: match.start()].split()
            if german and before and before[-1].casefold() in GERMAN_DETERMINERS:
                continue
            if name := _name(match.group(), initial=not before):
                found[name] = None
    return tuple(found)


LONGEST_SENTENCE = 1_000


def _pieces(sentence: str) -> Iterator[str]:
    while len(sentence) > LONGEST_SENTENCE:
        cut = sentence.rfind(" ", 1, LONGEST_SENTENCE)
        cut = cut if cut > 0 else LONGEST_SENTENCE
        yield sentence[:cut]
        sentence = sentence[cut:].lstrip()
    if sentence:
        yield sentence


_STOP = re.compile(
    r"[.!?\u2026]+[\"')\]\u201d\u2019*]*(?=\s|$)|[\u3002\uff01\uff1f\uff61]+[\u300d\u300f\u201d\"]*|[\u061f\u0964]+"
)
_INITIAL = re.compile(r"(?:^|.*[\s(.])[A-HJ-Z]$")
_LIST_NUMBER = re.compile(r"\d{1,3}$")
_CAPITALISED = r"[^\W\d_a-z][\w'\-&]*"
_NAME = re.compile(
    rf"(?<![\w'@/.#\-]){_CAPITALISED}(?:(?: {NAME_LINKS})? (?![Ii]\b){_CAPITALISED})*"
)


def _ends(line: str, start: int, stop: re.Match[str]) -> bool:
    if stop.group() != ".":
        return stop.group() != "..." or not line[stop.end() :].lstrip()[:1].islower()
    words = line[start : stop.start()].split()
    rest = line[stop.end() :].split()
    if not words or not rest:
        return True
    last, following = words[-1].lstrip("(\"'").casefold(), rest[0]
    if last in NUMBER_ABBREVIATIONS:
        return not following[0].isdigit()
    if last in ("etc", "usw", "a.m", "p.m", "am", "pm", "inc", "ltd", "jr", "sr"):
        return not following[0].islower() and not following[0].isdigit()
    if _LIST_NUMBER.match(last) and last == words[-1]:
        return len(words) > 1 and following.strip(".,;!?").casefold() not in CALENDAR
    return last not in ABBREVIATIONS and not _INITIAL.match(words[-1])


def _name(words: str, initial: bool) -> str | None:
    parts = [part.removesuffix("'s").rstrip("'-&") for part in words.split()]
    while parts and _common(parts[0], initial):
        parts, initial = parts[1:], False
        while parts and parts[0].islower():
            parts = parts[1:]
    while parts and _common(parts[-1], initial and len(parts) == 1):
        parts = parts[:-1]
    name = " ".join(parts)
    return name if len(name) > 1 or _IS_CJK(name) else None


def _common(word: str, initial: bool) -> bool:
    plain = word.casefold()
    if plain in NOT_NAMES or plain in CALENDAR or plain.partition("'")[0] in NOT_NAMES:
        return True
    return not word[:1].isupper() or (initial and plain.endswith(("ing", "ly")))


def _folded(text: str) -> str:
    """Unicode's compatibility caseless form (definition D146), composed and tidied."""
    once = normalize("NFKD", normalize("NFD", text).casefold()).casefold()
    composed = normalize("NFKC", once).translate(_TIDY)
    return normalize("NFKC", composed)


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    if "'" in word:
        word = word.removesuffix("'s").replace("'", "")
    if len(word) < 4 or not (word.isascii() and word.isalpha()):
        return word
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
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= shortest and not stem.endswith("e"):
            return stem if _HAS_VOWEL(stem) else word
    return word


_HAS_VOWEL = re.compile("[a-z]*[aeiouy]").match
_STOPS = {code: frozenset(map(_stem, words)) for code, words in STOP_WORDS.items()}
