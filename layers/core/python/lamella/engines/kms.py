"""Short values sealed by a key of KMS, which never leaves it."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from lamella.engines import aws
from lamella.errors import LamellaError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

TIMEOUT = 3.0
ATTEMPTS = 3
HOPELESS = frozenset({"InvalidCiphertextException", "IncorrectKeyException", "ValidationException"})


class KmsCipher:
    """A Cipher over the key `key_id`: an id, an ARN or "alias/…". Values of 4 KB at most.

    A value sealed under one context opens under no other. KMS writes contexts into its log: they
    are ids. Raises Throttled or Unavailable, and LamellaError for what will never open.
    """

    def __init__(self, key_id: str, *, endpoint: str | None = None) -> None:
        self._key_id = key_id
        self._endpoint = endpoint

    def encrypt(self, plain: bytes, context: Mapping[str, str]) -> str:
        """See `ports.Cipher`."""
        with aws.translated("the encryption key", HOPELESS):
            answer = self._client.encrypt(
                KeyId=self._key_id, Plaintext=plain, EncryptionContext=context
            )
        return b64encode(answer["CiphertextBlob"]).decode()

    def decrypt(self, sealed: str, context: Mapping[str, str]) -> bytes:
        """See `ports.Cipher`."""
        try:
            blob = b64decode(sealed, validate=True)
        except ValueError:
            raise LamellaError("a sealed value is damaged: restore its item") from None
        with aws.translated("the encryption key", HOPELESS):
            answer = self._client.decrypt(
                KeyId=self._key_id, CiphertextBlob=blob, EncryptionContext=context
            )
        return answer["Plaintext"]

    @cached_property
    def _client(self) -> KMSClient:
        opened: KMSClient = aws.client(
            "kms", endpoint=self._endpoint, timeout=TIMEOUT, attempts=ATTEMPTS
        )
        return opened
