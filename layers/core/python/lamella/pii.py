"""Finds personal data in a text: addresses, telephone numbers, numbers of accounts and people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from lamella.findings import Finding
from lamella.regex import regex

_EMAIL = regex(r"(?<![\w.+%\-])[\w.+%\-]++@[\w\-]+(?:\.[\w\-]+)+")
_IBAN = regex(r"(?<!\w)[A-Za-z]{2}\d{2}(?:[ \-]?[A-Za-z0-9]{1,4}){3,9}(?!\w)")
_SSN = regex(r"(?<![\d\-])(?!000|666|9)\d{3}([\- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\d\-])")
_NAMED_SSN = regex(r"(?i)\b(?:ssn|social security(?: number)?)\W+(?:\w+\W+){0,2}?(?P<it>\d{9})\b")
_NAMED_NUMBER = regex(
    r"(?i:\b(?:passport|driver'?s? licen[cs]e|driving licen[cs]e|id card|identity card|national id"
    r"|national insurance|tax id|reisepass\w*|personalausweis\w*|ausweis\w*|steuer-?id|pasaporte"
    r"|dni|nie)\b)(?:[^\S\n]+|[:#.=\-]){1,3}(?:\w+\.?[ :#]+){0,3}?"
    r"(?P<it>(?=[A-Z\-]*\d)[A-Z0-9][A-Z0-9\-]{5,13})(?!\w)"
)
_ADDRESSES = (
    regex(
        r"(?<![\w.])\d{1,5}[A-Za-z]?(?: [NSEW]\.?)?"
        r"(?: (?:[A-Z][\w'\-]+|\d{1,3}(?:st|nd|rd|th))){1,3} "
        r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Boulevard|Blvd|Terrace)\b\.?"
        r"(?:,? (?:Apt|Apartment|Suite|Unit|Flat)\.? ?\w+|,? #\w+)?"
    ),
    regex(
        r"\b[A-ZÄÖÜ][\w\-]*(?:straße|strasse|str\.|weg|platz|allee|gasse|Straße|Allee|Platz)"
        r" \d{1,4}(?: ?[a-z]\b)?(?:,? \d{5} [A-ZÄÖÜ]\w+)?"
    ),
    regex(
        r"\b(?:[Cc]alle|[Aa]venida|Avda\.?|[Pp]laza|[Pp]aseo)"
        r"(?: (?:de|del|la|los|las|el|[A-ZÁÉÍÓÚÑ]\w+)){1,5},?(?: n[º°úu]m?\.?)? \d{1,4}\b"
    ),
)
_IPV4 = regex(r"(?<![\w.])(?<!version )\d{1,3}(?:\.\d{1,3}){3}(?!\w|\.\d)")
_IPV6 = regex(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")

_DIGITS = r"\(?\d(?:[ .\-/()\u00a0]{0,2}\d)"
_INTERNATIONAL = regex(rf"(?<![\w+])(?:\+|00 ?(?=[1-9])){_DIGITS}{{6,14}}(?!\w)")
_NORTH_AMERICAN = regex(
    r"(?<![\w\-.+])(?:1[ .\-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}(?P<dash>[\-. ]))"
    r"[2-9]\d{2}(?(dash)(?P=dash)|[\-. ])\d{4}(?![\w\-])"
)
_NATIONAL = regex(r"(?<![\w.,+\-/])\(?0[1-9]\d{1,4}\)?[ /\-]\d(?:[ \-]?\d){4,8}(?![\w\-/]|[.,]\d)")
_NAMED_PHONE = regex(
    r"(?i)(?:\b(?:(?:tele)?phone|tel|telefon\w*|handy\w*|mobil\w*|cell|whatsapp|call me|text me"
    r"|ring me|reach me|ruf mich|teléfono|móvil|celular|llámame)\b|电话|電話|手机)[^\d\n]{0,25}?"
    rf"(?P<it>{_DIGITS}{{5,13}})(?![\w\-]|[.,:]\d)"
)


def find(text: str) -> Iterator[Finding]:
    """Every piece of personal data in `text`, in no particular order."""
    if "@" in text:
        yield from _matches("email", _EMAIL, text)
    for pattern in _ADDRESSES:
        yield from _matches("address", pattern, text)
    if not any(map(str.isdigit, text)):
        return
    yield from _accounts(text)
    yield from _matches("ssn", _SSN, text)
    yield from _matches("ssn", _NAMED_SSN, text)
    yield from _matches("id number", _NAMED_NUMBER, text)
    yield from _internet_addresses(text)
    for pattern in (_INTERNATIONAL, _NORTH_AMERICAN, _NATIONAL, _NAMED_PHONE):
        for finding in _matches("phone", pattern, text):
            if not _DATE.fullmatch(text[finding.start : finding.end]):
                yield finding


_DATE = regex(r"(?:\d{4}([.\-/ ])\d{1,2}\1\d{1,2}|\d{1,2}([.\-/ ])\d{1,2}\2\d{2,4}).*")


def _matches(label: str, pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    group = "it" if "it" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        yield Finding(*match.span(group), label)


def _accounts(text: str) -> Iterator[Finding]:
    for match in _IBAN.finditer(text):
        end = match.end()
        while end - match.start() >= 15:
            if _is_iban(text[match.start() : end]):
                yield Finding(match.start(), end, "iban")
                break
            end = max(text.rfind(" ", match.start(), end), text.rfind("-", match.start(), end))


def _is_iban(value: str) -> bool:
    plain = value.replace(" ", "").replace("-", "").upper()
    number = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return 15 <= len(plain) <= 34 and int(number) % 97 == 1


def _internet_addresses(text: str) -> Iterator[Finding]:
    for pattern, address in ((_IPV4, IPv4Address), (_IPV6, IPv6Address)):
        for match in pattern.finditer(text):
            try:
                address(match[0])
            except AddressValueError:
                continue
            if sum(map(str.isalnum, match[0])) > 2:
                yield Finding(*match.span(), "ip address")
