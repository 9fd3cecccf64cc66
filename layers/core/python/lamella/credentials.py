"""Finds secrets in a text: keys of providers by their shape, payment cards by their checksum."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module

from lamella import passwords
from lamella.findings import Finding
from lamella.regex import regex

_PLUGINS = {
    "artifactory.ArtifactoryDetector": "Artifactory key",
    "aws.AWSKeyDetector": "AWS key",
    "azure_storage_key.AzureStorageKeyDetector": "Azure key",
    "basic_auth.BasicAuthDetector": "password",
    "cloudant.CloudantDetector": "Cloudant key",
    "discord.DiscordBotTokenDetector": "Discord token",
    "github_token.GitHubTokenDetector": "GitHub token",
    "gitlab_token.GitLabTokenDetector": "GitLab token",
    "ibm_cloud_iam.IbmCloudIamDetector": "IBM key",
    "ibm_cos_hmac.IbmCosHmacDetector": "IBM key",
    "mailchimp.MailchimpDetector": "Mailchimp key",
    "pypi_token.PypiTokenDetector": "PyPI token",
    "sendgrid.SendGridDetector": "SendGrid key",
    "slack.SlackDetector": "Slack token",
    "softlayer.SoftlayerDetector": "SoftLayer key",
    "square_oauth.SquareOAuthDetector": "Square key",
    "stripe.StripeDetector": "Stripe key",
    "telegram_token.TelegramBotTokenDetector": "Telegram token",
    "twilio.TwilioKeyDetector": "Twilio key",
}
_NAMED_BY_GROUP = ("AWS key", "password", "Cloudant key", "IBM key", "SoftLayer key")

# What the plugins lack, cut short (the signature of a JWT) or search in quadratic time.
_OWN_SHAPES = (
    ("GitHub token", regex(r"\bgithub_pat_\w{22,}")),
    ("Anthropic key", regex(r"(?<![\w\-])sk-ant-[\w\-]{20,}+")),
    ("OpenAI key", regex(r"(?<![\w\-])sk-(?=[\w\-]*\d)[\w\-]{20,}+")),
    (
        "JSON web token",
        regex(r"(?<![\w\-=])eyJ[\w\-=]++\.[\w\-=]++(?:\.[\w\-=+/]*+)?"),
    ),
    ("Google key", regex(r"\bAIza[\w\-]{35}")),
    ("npm token", regex(r"\bnpm_[A-Za-z0-9]{36}|(?<=_authToken=)[^\s\[]\S*")),
    ("Hugging Face token", regex(r"\bhf_[A-Za-z0-9]{30,}")),
    ("Stripe key", regex(r"\b(?:[srp]k_(?:test|live)|whsec)_[A-Za-z0-9]{16,}")),
    ("Slack token", regex(r"\bxapp-\d-[\w\-]{20,}|\bxox[a-z]-[\w\-]{20,}")),
    ("Lamella key", regex(r"\blm_[A-Za-z0-9]+_[A-Za-z0-9_\-]{16,}")),
    ("bearer token", regex(r"(?i)(?<=\bbearer )\s*(?=\S*\d)[\w\-.~+/]{16,}=*")),
    (
        "AWS key",
        regex(
            r"(?i)(?:aws.{0,12}secret|secret.{0,3}access.{0,3}key)[^\n]{0,40}?"
            r"(?<![\w/+])([A-Za-z0-9/+]{40})(?![\w/+])"
        ),
    ),
)
_PRIVATE_KEY = regex(
    r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----"
    r".*?(?:-----END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----|\Z)"
    r"|PuTTY-User-Key-File-\d.*?(?:Private-MAC:[^\n]*|\Z)"
)
_SUSPICIOUS = regex(r"\S{24}|(?<!\S)(?=\S*\d)\S{11}|://|[Bb]earer ")
_REST_OF_TOKEN = regex(r"(?:[\w\-+/=]|\.(?=\w))*")

_DIGIT_RUN = regex(r"(?<!\d)\d(?:[ .\-\u00a0]?\d){12,}")
_DIGITS = regex(r"\d+")
_CARD = regex(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14,17}|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"
    r"|62\d{14,17}|(?:50|5[6-8]|63|67)\d{11,17}"
)
_CARD_CODE = regex(
    r"(?i)\b(?:cvv2?|cvc2?|csc|card verification \w+|security code|prüfnummer|kartenprüfnummer"
    r"|código de seguridad)\b[^\w\n]{0,3}(?:(?:is|ist|es|code|number)\b[^\w\n]{0,3})?(\d{3,4})\b"
)


def find(text: str) -> Iterator[Finding]:
    """Every secret in `text`, in no particular order; overlaps are possible."""
    if "PRIVATE KEY" in text or "PuTTY-" in text:
        yield from (Finding(*m.span(), "private key") for m in _PRIVATE_KEY.finditer(text))
    if _SUSPICIOUS.search(text):
        yield from _provider_keys(text)
    yield from passwords.find(text)
    yield from _cards(text)


# --- keys of providers ----------------------------------------------------------------------


@cache
def _provider_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The regular expressions of detect-secrets' provider plugins, without its global settings."""
    patterns = list(_OWN_SHAPES)
    for path, label in _PLUGINS.items():
        module, name = path.split(".")
        plugin = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
        patterns += [(label, pattern) for pattern in plugin.denylist]
    return tuple(patterns)


def _provider_keys(text: str) -> Iterator[Finding]:
    for label, pattern in _provider_patterns():
        for match in pattern.finditer(text):
            group = pattern.groups and label in _NAMED_BY_GROUP
            start, end = match.span(1 if group else 0)
            start += len(text[start:end]) - len(text[start:end].lstrip(' \t\n"=:'))
            end -= len(text[start:end]) - len(text[start:end].rstrip(' \t\n"'))
            if label == "Artifactory key" and not any(map(str.isdigit, text[start:end])):
                continue
            if rest := _REST_OF_TOKEN.match(text, end):
                end = rest.end()
            yield Finding(start, end, label)


# --- payment cards ------------------------------------------------------------------------------


def _cards(text: str) -> Iterator[Finding]:
    found = False
    for run in _DIGIT_RUN.finditer(text):
        groups = [match.span() for match in _DIGITS.finditer(text, *run.span())]
        done = 0
        for first, (start, _) in enumerate(groups):
            near = (end for _, end in groups[first : first + 19] if end - start <= 38)
            if start >= done and (cards := [end for end in near if _is_card(text[start:end])]):
                found, done = True, max(cards)
                yield Finding(start, done, "card number")
    if found or "card" in text.casefold():
        yield from (Finding(*m.span(1), "card code") for m in _CARD_CODE.finditer(text))


def _is_card(written: str) -> bool:
    digits = [int(char) for char in written if char.isdigit()]
    if not 13 <= len(digits) <= 19 or not _CARD.fullmatch("".join(map(str, digits))):
        return False
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
