from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lamella.privacy import (
    TYPES,
    Treatment,
    Treatments,
    drop_secrets,
    holds_pii,
    redact_pii,
    treat,
)

AWS_KEY = "AKIA" + "Q7" * 8
GITHUB_TOKEN = "ghp_" + "a1B2" * 9
CARDS = ("4111 1111 1111 1111", "5500-0000-0000-0004", "340000000000009", "6011000000000004")
PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nxyz==\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("told", "secret", "type_"),
    [
        ("my password is hunter2", "hunter2", "password"),
        ("My new password for the bank is: Tulip!9, ok?", "Tulip!9", "password"),
        ("password: x9", "x9", "password"),
        ("DB_PASSWORD=s3cr3t!", "s3cr3t", "password"),
        ('{"password": "two words", "user": "ann"}', "two words", "password"),
        ("I changed my mail password to Fern77 today", "Fern77", "password"),
        ("hunter2 is my password", "hunter2", "password"),
        ("the passphrase is correct horse battery staple", "battery", "password"),
        ("the passcode for the gate is 4411.", "4411", "password"),
        ("The PIN of my card is 9921", "9921", "PIN"),
        ("the alarm code is 7733#", "7733", "PIN"),
        ("mein Passwort lautet Geheim42", "Geheim42", "password"),
        ("Die PIN ist 8812", "8812", "PIN"),
        ("mi contraseña es gato123", "gato123", "password"),
        ("la clave del wifi es Luna99", "Luna99", "PIN"),
        ("密码是 abc123", "abc123", "password"),
        ("the api key is abcd1234efgh", "abcd1234efgh", "API key"),
        ("Authorization: Bearer abcdefghij0123456789", "abcdefghij0123456789", "bearer token"),
        (f"use {AWS_KEY} please", AWS_KEY, "AWS key"),
        ("aws_secret_access_key = " + "Zz9/" * 10, "Zz9/" * 10, "AWS key"),
        (f"token {GITHUB_TOKEN}!", GITHUB_TOKEN, "GitHub token"),
        ("glpat-" + "x1" * 12, "x1" * 12, "GitLab token"),
        ("sk_live_" + "9a" * 12, "9a" * 12, "Stripe key"),
        ("SG." + "a" * 22 + "." + "b" * 43, "b" * 43, "SendGrid key"),
        ("eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl", "c2lnbmF0dXJl", "JSON web token"),
        ("postgres://ann:tulips@db/main", "tulips", "password"),
        (f"here:\n{PRIVATE_KEY}\nbye", "MIIabc", "private key"),
        ("cut off: -----BEGIN PRIVATE KEY-----\nMIIabc", "MIIabc", "private key"),
        ("pay with 4111 1111 1111 1111, cvv 123", "123", "card code"),
    ],
)
def test_a_secret_vanishes_and_its_type_is_told(told: str, secret: str, type_: str) -> None:
    kept, types = drop_secrets(told)
    assert secret not in kept
    assert f"[{type_} removed]" in kept
    assert type_ in types


@pytest.mark.parametrize(
    "harmless",
    [
        "I love my secret garden",
        "I forgot my password",
        "my password is expired",
        "my password is too long",
        "My password is the same as before",
        "What is my password?",
        "This is my password manager",
        "Das Passwort ist falsch",
        "la clave es la paciencia",
        "The discount code is SUMMER",
        "Her PIN is unknown to me",
        "The secret is to stir often",
        "order 1234567890123 came on 2024-11-05",
        "4111 1111 1111 1112 is no card",
        "We walked 12 km in 3.5 hours, 20 people, 1.250.000 steps",
        "see https://example.com/path?page=2#top",
    ],
)
def test_ordinary_talk_stays_as_it_was(harmless: str) -> None:
    assert drop_secrets(harmless) == (harmless, ())


def test_several_secrets_leave_the_words_between_them() -> None:
    kept, types = drop_secrets(f"Key {AWS_KEY} and card {CARDS[0]} for Mara.")
    assert kept == "Key [AWS key removed] and card [card number removed] for Mara."
    assert types == ("AWS key", "card number")


def test_one_secret_does_not_shelter_the_next() -> None:
    kept, _ = drop_secrets("password = hunter2 my pwd= 4411 and the pin is 9911")
    assert not any(secret in kept for secret in ("hunter2", "4411", "9911"))


@given(st.text(max_size=60))
def test_dropping_secrets_twice_is_dropping_them_once(text: str) -> None:
    kept, _ = drop_secrets(text)
    assert drop_secrets(kept) == (kept, ())


SNIPPETS = [
    "password",
    "is",
    "my",
    "the",
    ":",
    "=",
    "pin",
    "4411",
    "x9",
    "[",
    "]",
    "code",
    "key",
    "token",
    "to",
    "set",
    "for",
    "gate",
    "secret",
    "hunter2",
    "'",
    ",",
    "passwort",
    "ist",
    "4111",
    "1111",
    "api",
    "bearer",
    "pwd=",
    "removed]",
    "[password",
    "cvv",
    "密码",
    '"',
]


@given(st.lists(st.sampled_from([*SNIPPETS, AWS_KEY]), max_size=12))
def test_talk_about_secrets_settles_after_one_pass(snippets: list[str]) -> None:
    kept, _ = drop_secrets(" ".join(snippets))
    assert drop_secrets(kept)[0] == kept


@given(st.text(max_size=30), st.sampled_from([*CARDS, AWS_KEY, GITHUB_TOKEN]), st.text(max_size=30))
def test_no_planted_secret_survives(before: str, secret: str, after: str) -> None:
    kept, types = drop_secrets(f"{before}\n{secret}\n{after}")
    assert secret not in kept
    assert types


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("mail me at ann.b+c@x-y.co.uk.", "mail me at [email]."),
        ("call 415-555-2671 or (415) 555-2672", "call [phone] or [phone]"),
        ("+49 171 2345678 ist meine Nummer", "[phone] ist meine Nummer"),
        ("ruf mich an: 0171 2345678", "ruf mich an: [phone]"),
        ("my phone is 6123 4567", "my phone is [phone]"),
        ("IBAN GB82 WEST 1234 5698 7654 32 and more", "IBAN [iban] and more"),
        ("SSN 123-45-6789", "SSN [ssn]"),
        ("my passport number is C01X00T47", "my passport number is [id number]"),
        ("I live at 221 Baker Street, Apt 4", "I live at [address]"),
        ("Ich wohne Hauptstraße 12, 10115 Berlin", "Ich wohne [address]"),
        ("Vivo en Calle de Alcalá, 42", "Vivo en [address]"),
        ("server 192.168.1.20 or 2001:db8::1", "server [ip address] or [ip address]"),
    ],
)
def test_personal_data_becomes_its_type(told: str, kept: str) -> None:
    assert redact_pii(told)[0] == kept
    assert redact_pii(kept) == (kept, ())


@pytest.mark.parametrize(
    "harmless",
    [
        "In 2019, on 2020-01-02 at 12:30:45, it cost 3,500.00 dollars",
        "order 4155552671 shipped on 05/11/2024",
        "from 1990 - 2004 the score was 21-19",
        "100 000 000 people, 64 GB, version 1.2.3.4.5",
        "Passport control took 30 minutes",
        "std::vector and Mara @ home",
        "GB82 WEST 1234 5698 7654 33 has a wrong checksum",
    ],
)
def test_dates_times_prices_and_orders_stay(harmless: str) -> None:
    assert redact_pii(harmless) == (harmless, ())


SECRET = b"s" * 32
WISHES = st.builds(
    Treatments,
    st.sampled_from(Treatment),
    st.dictionaries(st.sampled_from(TYPES), st.sampled_from(Treatment)),
)
TOLD = st.lists(
    st.sampled_from(
        ["mail a@b.co", "call +49 171 2345678", "SSN 123-45-6789", "from 10.0.0.8", "tea", "?"]
    )
    | st.text(max_size=12)
).map(", ".join)


@given(told=TOLD, wishes=WISHES)
def test_treated_again_nothing_changes(told: str, wishes: Treatments) -> None:
    once = treat(told, wishes, SECRET)
    assert treat(once.told, wishes, SECRET).told == once.told
    assert not holds_pii(once.told)


@given(told=TOLD)
def test_redacting_is_one_of_the_treatments(told: str) -> None:
    assert treat(told, Treatments(), SECRET).told == redact_pii(told)[0]


@given(told=TOLD)
def test_encrypted_values_are_what_stood_there(told: str) -> None:
    clean = treat(told, Treatments(Treatment.ENCRYPT), SECRET)
    for mark, value in clean.values.items():
        assert f"[{mark}]" in clean.told
        assert value in told


@given(wishes=WISHES)
def test_wishes_are_written_as_they_are_read(wishes: Treatments) -> None:
    written = ", ".join(
        [str(wishes.otherwise), *(f"{label}: {how}" for label, how in wishes.by_type.items())]
    )
    assert Treatments.parse(written) == wishes


@pytest.mark.parametrize("wrong", ["shred", "email: shred", "shoe: hash", "email hash", ":"])
def test_wishes_that_make_no_sense_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="personal data"):
        Treatments.parse(wrong)


def test_one_value_has_one_mark_however_it_is_written() -> None:
    hashing = Treatments(Treatment.HASH)
    ways = ("+49 171 2345678", "+49-171-2345678", "+49 (171) 2345678")
    assert len({treat(f"call {way}", hashing, SECRET).told for way in ways}) == 1
    assert treat("call +49 171 2345678", hashing, b"other").told not in {
        treat(f"call {way}", hashing, SECRET).told for way in ways
    }


@given(st.text(max_size=60))
def test_redaction_never_fails_and_leaves_text_without_findings_alone(text: str) -> None:
    kept, types = redact_pii(text)
    assert types or kept == text
