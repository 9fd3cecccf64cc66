"""Pure text tools: the one tokenizer of every engine, sentences, question words, names.

Tokens are stored with each memory, so their rules may only change together with a re-index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from unicodedata import normalize

from lamella.regex import regex
from lamella.stems import stem
from lamella.wordlists import (
    ABBREVIATIONS,
    CALENDAR,
    FUNCTION_CHARACTERS,
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
_PLAIN_WORD = regex(r"[a-z0-9]+(?:'[a-z0-9]+)*")
_WORD = regex(f"[{CJK}]+|{_LETTERS}(?:'{_LETTERS})*")
_IS_CJK = regex(f"[{CJK}]")
_TELLING_SCRIPT = regex("(?P<kana>[\u3040-\u30ff])|(?P<hangul>[\uac00-\ud7a3])")

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

    Compatibility forms and case are folded, endings too ("moved", "moving" -> "mov"), by the
    text's language; apostrophes vanish ("don't" -> "dont", "Mara's" -> "mara"); Chinese, Japanese
    and Korean runs become pairs of characters.
    """
    words = _words(text)
    spoken = _spoken(words)
    found: list[str] = []
    for word in words:
        if unspaced(word):
            found += [a + b for a, b in pairwise(word)] or [word]
        else:
            found.append(stem(word, spoken))
    return found


def content_words(text: str) -> tuple[str, ...]:
    """The distinct tokens of a question, in order, without question words and stop words.

    Stop words are those of the text's language. When nothing would be left, all tokens are.
    """
    everything = tuple(dict.fromkeys(tokens(text)))
    spoken = language(text)
    stops, grammar = _stop_stems(spoken), FUNCTION_CHARACTERS.get(spoken)
    telling = (word for word in everything if word not in stops)
    return tuple(word for word in telling if not (grammar and grammar.search(word))) or everything


def language(text: str) -> str:
    """The guess "en", "de", "es", "ar", "zh", "ja" or "ko"; "en" where nothing tells."""
    return _spoken(_words(text))


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


def unspaced(word: str) -> bool:
    """Whether it begins in a script without spaces between words."""
    return not word.isascii() and _IS_CJK.match(word) is not None


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


_STOP = regex(
    r"[.!?\u2026]+[\"')\]\u201d\u2019*]*(?=\s|$)|[\u3002\uff01\uff1f\uff61]+[\u300d\u300f\u201d\"]*|[\u061f\u0964]+"
)
_INITIAL = regex(r"(?:^|.*[\s(.])[A-HJ-Z]$")
_LIST_NUMBER = regex(r"\d{1,3}$")
_CAPITALISED = r"[^\W\d_a-z][\w'\-&]*"
_NAME = regex(rf"(?<![\w'@/.#\-]){_CAPITALISED}(?:(?: {NAME_LINKS})? (?![Ii]\b){_CAPITALISED})*")


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
    return name if len(name) > 1 or unspaced(name) else None


def _common(word: str, initial: bool) -> bool:
    plain = word.casefold()
    if plain in NOT_NAMES or plain in CALENDAR or plain.partition("'")[0] in NOT_NAMES:
        return True
    return not word[:1].isupper() or (initial and plain.endswith(("ing", "ly")))


def _words(text: str) -> list[str]:
    return _PLAIN_WORD.findall(text.lower()) if text.isascii() else _WORD.findall(_folded(text))


def _spoken(words: Sequence[str]) -> str:
    """The language that has most stop words among these; scripts without spaces are known.

    Where no stop word tells, as in a question of one word, umlauts do.
    """
    runs = [word for word in words if unspaced(word)]
    if sum(map(len, runs)) / 2 > len(words) - len(runs):
        script = _TELLING_SCRIPT.search("".join(runs))
        return "zh" if script is None else "ko" if script["hangul"] else "ja"
    matches = {code: sum(map(stops.__contains__, words)) for code, stops in STOP_WORDS.items()}
    if not any(matches.values()) and any(_UMLAUT.search(word) for word in words):
        return "de"
    return max(matches, key=matches.__getitem__)


def _folded(text: str) -> str:
    """Unicode's compatibility caseless form (definition D146), composed and tidied."""
    once = normalize("NFKD", normalize("NFD", text).casefold()).casefold()
    composed = normalize("NFKC", once).translate(_TIDY)
    return normalize("NFKC", composed)


_UMLAUT = regex("[äöü]")


@cache
def _stop_stems(code: str) -> frozenset[str]:
    """A language's stop words as `tokens` gives them."""
    return frozenset(stem(word, code) for word in STOP_WORDS.get(code, ()))
