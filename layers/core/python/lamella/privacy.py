"""What must not be stored as it was said: secrets nowhere, personal data not beyond the session.

Deterministic and offline: fixed patterns, checksums and named values; no entropy, no network.
"""

from __future__ import annotations

from lamella import credentials, pii
from lamella.findings import replaced


def drop_secrets(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with every secret replaced by "[<type> removed]", and the types found.

    Types are "AWS key", "password", "PIN", "card number" and the like. Applied to its own
    answer it changes nothing.
    """
    return replaced(text, credentials.find(text), "[{} removed]".format)


def redact_pii(text: str) -> tuple[str, tuple[str, ...]]:
    """`text` with personal data replaced by "[<type>]", and the types found.

    Types are "email", "phone", "iban", "ssn", "id number", "address" and "ip address". Dates,
    times, prices and order numbers stay.
    """
    return replaced(text, pii.find(text), "[{}]".format)
