"""Whether a text tells nothing: greetings, acknowledgements and bare questions. Pure.

A measure of its own, which shares no list with the rules that it judges.
"""

from __future__ import annotations

import re

from lamella.wordlists import words

_SENTENCE = re.compile(r"[^.!?]+[.!?]*")
_WORD = re.compile(r"[a-z']+")
_TELLS = re.compile(r"(?i)(?:i|i'\w+|my|we)\b(?: [^\s,]+){3,}(?:,| -) ")
_ANSWERS = words("yes yeah yep yup no nope nah")
_SAYS_NOTHING = words(
    """
    hi hey hello howdy greetings welcome good great nice morning afternoon evening night day bye
    goodbye later soon see you ya take care talk to thanks thank so much a lot for your the my ok
    okay alright sure right exactly absolutely definitely totally agreed true cool awesome amazing
    wow oh ah aww haha lol yes yeah yep yup no nope nah of course congrats congratulations glad
    it's that's is that it sounds hear from again long time how are what's up i'm fine doing well
    and have one weekend
    """
)


def small_talk(text: str, names: frozenset[str] = frozenset()) -> bool:
    """Whether no sentence of `text` states anything, said among people called `names` (casefolded).

    A question that is answered by yes or no does, and one that first tells of its speaker.
    """
    said = [sentence.strip() for sentence in _SENTENCE.findall(text) if _words(sentence)]
    asks = [sentence.endswith("?") and not _TELLS.match(sentence) for sentence in said]
    answered = any(
        asked and _ANSWERS.intersection(_words(reply))
        for asked, reply in zip(asks, said[1:], strict=False)
    )
    return not answered and all(
        asked or all(word in _SAYS_NOTHING or word in names for word in _words(sentence))
        for sentence, asked in zip(said, asks, strict=True)
    )


def _words(sentence: str) -> list[str]:
    return _WORD.findall(sentence.casefold().replace("\u2019", "'"))
