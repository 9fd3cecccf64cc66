"""Finds passwords, PINs and keys that somebody tells in words: "my password is …", "pwd=…"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from lamella.findings import Finding
from lamella.regex import regex
from lamella.wordlists import STOP_WORDS, words

_MENTIONS = regex(
    r"passw|passcode|passphrase|pass phrase|pwd|\bpass\b|\bpin\b|\bpin-|code|combination|kennwort"
    r"|geheimzahl|contraseña|\bclave|código|api[ _-]?key|token|secret|key|密码|密碼|パスワード"
    r"|暗証番号|비밀번호|كلمة"
)
_FOR = (
    r"(?:\s+(?:for|to|of|on|at|into|für|zum|zur|von|vom|beim|am|de|del|para)"
    r"(?:\s+[\w'.\-@]+){1,5}?)?"
)
_IS = (
    r"(?:[\"']?\s*(?:=>|[:=]|->)\s*"
    r"|\s+(?:is|was|will be|should be|must be|ist|war|lautet|es|era|has been set to|changed to|now)"
    r"(?:\s+(?:now|still|currently|just|simply|set to|jetzt|ahora)\b)?\s*:?\s+)"
)
_MARKER = (
    r"\[(?:password|PIN|card number|card code|private key|bearer token|JSON web token|npm token"
    r"|[A-Z]\w+(?: Face)? (?:key|token)) removed\]"
)
_VALUE = (
    rf"(?!{_MARKER})(?:\"(?P<q1>[^\"\n]+)\"|'(?P<q2>[^'\n]+)'|“(?P<q3>[^”\n]+)”"
    r"|`(?P<q4>[^`\n]+)`|(?P<bare>(?=\S*\w|\S{4})[^\s\"“`]\S*)"
    r"(?=(?P<more>(?: [a-z]+(?![\w'])){0,7})))"
)
_PLACE = (
    r"(?:gate|door|alarm|safe|entry|lock|locker|garage|access|wi-?fi|building|house|unlock"
    r"|security|login|sim|puk)"
)
_WORDY = r"password\w*|passwd|passcode|passphrase|pass phrase|passwort|kennwort|contraseña|pwd"
_NUMERIC = (
    rf"(?<!\w)pin(?:[ -]?(?:code|number|nummer))?|{_PLACE}[ -]code"
    rf"|(?:the|my) code(?= (?:for|to|of) (?:the|my|our) {_PLACE})|(?:safe|lock|locker) combination"
    r"|combination(?= (?:for|to|of) )|geheimzahl|(?:zugangs|tür|sicherheits|zahlen)code|clave"
    r"|código(?: de (?:acceso|seguridad|la puerta))?"
)
_TECHNICAL = (
    r"(?:api|access|auth|secret|private|client|encryption|licen[cs]e|refresh|session|signing|bot)"
    r"[ _\-]?(?:access[ _\-]?)?(?:keys?|tokens?|secret)|apikey|\btoken(?=\s*[:=])"
)
_CHANGES = r"\b(?:set|sets|change|changed|update|updated|reset|make|made)\s+(?:[\w']+\s+){0,3}?"


def _patterns(*told: tuple[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((label, regex(f"(?i){pattern}")) for label, pattern in told)


_TOLD = _patterns(
    ("password", rf"(?:{_WORDY}){_FOR}{_IS}{_VALUE}"),
    ("password", rf"\bpass[\"']?\s*[:=]\s*{_VALUE}"),
    ("PIN", rf"(?:{_NUMERIC}){_FOR}{_IS}{_VALUE}"),
    ("API key", rf"(?:{_TECHNICAL}){_FOR}{_IS}{_VALUE}"),
    ("password", rf"{_CHANGES}(?:{_WORDY}|pin){_FOR}\s+to\s+{_VALUE}"),
)
_TOLD_BARE = _patterns(
    ("PIN", r"\bpin(?:[ -]?(?:code|number|nummer))?[ #:]{1,3}(?P<bare>\d{4,8})\b"),
    ("password", rf"\b(?:{_WORDY})\s+(?P<bare>(?=[^\s]*\d)(?=[^\s]*[a-z])[^\s\[]{{5,}})"),
    (
        "password",
        r"(?<!\S)(?P<bare>[^\s\[\]]+) (?:is|ist|es) (?:my|the|our|mein|das|mi|la) "
        r"(?:new |old |wi-?fi |login )?"
        r"(?:password|passcode|pin|passwort|kennwort|contraseña)\b",
    ),
    (
        "password",
        r"(?:密码|密碼|パスワード|暗証番号|비밀번호)(?:是|为|為|は|는|은|[:\uff1a=\s])+(?P<bare>[!-Z^-~]{3,})",
    ),
    ("password", r"كلمة (?:المرور|السر)[^:\n]{0,20}?(?:هي|:)\s*(?P<bare>[!-Z^-~]{3,})"),
)
_NO_PASSWORD = words(
    """
    a about again almost already also always an and another any as at back bad based because
    been before being between blank broken by called case-sensitive changed changing common
    complex complicated compromised confidential correct created different difficult due easy
    either empty encrypted enough entered every according every expired expiring fine for
    forgotten from getting going gone good great hacked hard hashed hers hidden his how i if
    important in incorrect insecure inside is invalid it just kept known leaked like locked long
    longer lost mandatory maybe meant mine missing my myself necessary needed never new no
    nobody none not nothing now of off ok okay old on one only optional or our ours out outdated
    over possible private probably protected quite random really rejected required reset
    resetting right safe same saved secret secure sent set shared short so some somebody someone
    something somewhere stale still stolen stored strong stupid such super supposed temporary
    terrible that the their there these they this those to too totally unique unknown unsafe
    unset unusual up updated useless valid very weak what when where which who why with wrong
    you your yours working written annoying tricky simple bit which's what's that's it's here
    there's all everything anything both it'll invalid. click enter forgot please see required.
    abgelaufen abgelehnt alt anders auf aus bei das dasselbe dein den der die dieselbe dir du
    ein eine einfach falsch geheim geändert gesetzt gespeichert gleich gut gültig hier ich ihr
    im immer jetzt kein komplex kompliziert kurz lang leer mein mir nicht nichts noch nur nötig
    notwendig richtig schlecht schon schwach schwer sehr sein sicher so stark ungültig unsicher
    verloren vergessen verschlüsselt viel was weg wichtig wie wo zu zurückgesetzt erforderlich
    al antigua aquí caducada cambiada como complicada correcta corta de débil demasiado difícil
    distinta eso esta está este fuerte fácil guardada igual importante incorrecta inválida la
    larga lo malo mi misma muy necesaria no nueva obligatoria olvidada para que qué secreta
    segura si siempre su su tan tu un una ya
    """
)
_ENDS_PASSPHRASE = STOP_WORDS["en"] | words(
    "please thanks so then remember keep note ok okay don't und y"
)


def find(text: str) -> Iterator[Finding]:
    """Every value told as a secret, in no particular order; overlaps are possible."""
    if not _MENTIONS.search(text.casefold()):
        return
    for label, pattern in _TOLD:
        for match in pattern.finditer(text):
            yield from _told_value(label, match)
    for label, pattern in _TOLD_BARE:
        for match in pattern.finditer(text):
            start = match.start("bare")
            value = match["bare"].rstrip(".,;)")
            if value.strip("\"'").casefold() not in _NO_PASSWORD:
                yield Finding(start, start + len(value), label)


def _told_value(label: str, match: re.Match[str]) -> Iterator[Finding]:
    for quoted in ("q1", "q2", "q3", "q4"):
        if match[quoted] is not None:
            yield Finding(*match.span(quoted), label)
            return
    first, more = match["bare"], match["more"].split()
    value = first.rstrip(".,;)?")
    phrase = _passphrase(more) if label == "password" and first.isalpha() else ""
    told = value.strip("!'").casefold() not in _NO_PASSWORD or phrase.count(" ") >= 3
    if value and told and _likely(label, value):
        start = match.start("bare")
        yield Finding(start, start + len(value + phrase), label)


def _passphrase(words_after: list[str]) -> str:
    """The plain words that go on a passphrase, up to the first that belongs to the sentence."""
    said = takewhile(lambda word: word not in _ENDS_PASSPHRASE, words_after)
    return "".join(f" {word}" for word in said)


def _likely(label: str, value: str) -> bool:
    has_digit = any(map(str.isdigit, value))
    if label == "PIN":
        return has_digit and len(value) >= 3
    if label == "API key":
        return len(value) >= 6 and (has_digit or not value.isalpha())
    return True
