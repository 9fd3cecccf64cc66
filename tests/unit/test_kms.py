"""Values sealed by KMS, at the wire with moto, and the organization's secret among them."""

from __future__ import annotations

import boto3
import pytest
from scripted_server import Answer, ScriptedServer, refusal

from lamella import keys
from lamella.engines.kms import KmsCipher
from lamella.engines.reference import ReferenceTable
from lamella.errors import LamellaError, SetupError, Throttled, Unavailable
from lamella.org_secret import OrgSecrets
from lamella.ports import Get, Item, Put

ACME = {"lamella:org": "acme"}


@pytest.fixture
def key_id(moto: str) -> str:
    kms = boto3.client("kms", endpoint_url=moto)
    made: str = kms.create_key()["KeyMetadata"]["KeyId"]
    return made


@pytest.fixture
def cipher(moto: str, key_id: str) -> KmsCipher:
    return KmsCipher(key_id, endpoint=moto)


def stored(table: ReferenceTable, org: str) -> Item:
    [page] = table.read([Get(keys.settings(org, "o"))])
    assert page.first is not None
    return page.first


def test_what_was_sealed_opens_under_its_own_context(cipher: KmsCipher) -> None:
    sealed = cipher.encrypt(b"secret", ACME)
    assert "secret" not in sealed
    assert cipher.decrypt(sealed, dict(ACME)) == b"secret"


@pytest.mark.parametrize("context", [{"lamella:org": "globex"}, {}, ACME | {"more": "ids"}])
def test_it_opens_under_no_other(cipher: KmsCipher, context: dict[str, str]) -> None:
    sealed = cipher.encrypt(b"secret", ACME)
    with pytest.raises(LamellaError, match="InvalidCiphertextException") as refused:
        cipher.decrypt(sealed, context)
    assert not refused.value.retryable


def test_it_opens_with_no_other_key(moto: str, cipher: KmsCipher) -> None:
    other = boto3.client("kms", endpoint_url=moto).create_key()["KeyMetadata"]["KeyId"]
    sealed = KmsCipher(other, endpoint=moto).encrypt(b"secret", ACME)
    with pytest.raises(LamellaError):
        cipher.decrypt(sealed, ACME)


def test_a_damaged_value_is_refused_before_kms_is_asked(scripted: ScriptedServer) -> None:
    with pytest.raises(LamellaError, match="damaged"):
        KmsCipher("key", endpoint=scripted.url).decrypt("§", ACME)
    assert scripted.asked == []


@pytest.mark.parametrize(
    ("no", "raised"),
    [
        (refusal("ThrottlingException"), Throttled),
        (refusal("DisabledException"), Unavailable),
        (refusal("AccessDeniedException"), Unavailable),
        (refusal("KMSInternalException", 500), Unavailable),
    ],
    ids=lambda given: getattr(given, "error", None),
)
def test_a_key_that_cannot_be_used_now_may_be_later(
    scripted: ScriptedServer, no: Answer, raised: type[Exception]
) -> None:
    scripted.script.extend([no] * 3)
    with pytest.raises(raised, match="the encryption key"):
        KmsCipher("key", endpoint=scripted.url).encrypt(b"secret", ACME)


def test_an_organizations_secret_is_stored_sealed_and_read_by_all(cipher: KmsCipher) -> None:
    table = ReferenceTable()
    secret = OrgSecrets(table, cipher).of("acme")
    assert len(secret) == 32
    assert OrgSecrets(table, cipher).of("acme") == secret
    assert set(stored(table, "acme").body) == {"sealed"}
    assert secret.hex() not in str(stored(table, "acme"))


def test_a_secret_moved_to_another_organization_does_not_open(cipher: KmsCipher) -> None:
    table = ReferenceTable()
    OrgSecrets(table, cipher).of("acme")
    table.write([(Put(Item(keys.settings("globex", "o"), stored(table, "acme").body)),)])
    with pytest.raises(LamellaError, match="InvalidCiphertextException"):
        OrgSecrets(table, cipher).of("globex")


def test_a_secret_from_before_the_key_still_reads(cipher: KmsCipher) -> None:
    table = ReferenceTable()
    before = OrgSecrets(table).of("acme")
    assert OrgSecrets(table, cipher).of("acme") == before


def test_a_sealed_secret_without_its_key_says_what_to_set(cipher: KmsCipher) -> None:
    table = ReferenceTable()
    OrgSecrets(table, cipher).of("acme")
    with pytest.raises(SetupError, match="set LAMELLA_KMS_KEY"):
        OrgSecrets(table).of("acme")
