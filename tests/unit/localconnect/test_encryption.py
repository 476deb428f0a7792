from __future__ import annotations

import base64

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.exceptions import DecryptKeyError
from aws_encryption_sdk.identifiers import EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.key_providers.raw import RawMasterKey, WrappingKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localconnect.encryption import encrypt
from tests.unit.localconnect.conftest import KeyPair


def decrypt(message: str, key_id: str, private_key: bytes) -> str:
    """As the decryption sample of the Administrator Guide does."""
    master_key = RawMasterKey(
        provider_id="AmazonConnect",
        key_id=key_id.encode(),
        wrapping_key=WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
            wrapping_key=private_key,
            wrapping_key_type=EncryptionKeyType.PRIVATE,
        ),
    )
    text, _ = aws_encryption_sdk.EncryptionSDKClient().decrypt(
        source=base64.b64decode(message, validate=True), key_provider=master_key
    )
    return bytes(text).decode()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("0123456789*#"))
def test_the_holder_of_the_key_reads_what_was_typed(key_pair: KeyPair, digits: str) -> None:
    message = encrypt(digits, "key-1", key_pair.certificate)
    assert decrypt(message, "key-1", key_pair.private_key) == digits


def test_no_two_messages_are_alike(key_pair: KeyPair) -> None:
    assert encrypt("246810", "k", key_pair.certificate) != encrypt("246810", "k", key_pair.certificate)


def test_the_key_is_found_by_its_name(key_pair: KeyPair) -> None:
    message = encrypt("1", "key-1", key_pair.certificate)
    with pytest.raises(DecryptKeyError):
        decrypt(message, "key-2", key_pair.private_key)


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no X\.509 certificate"):
        encrypt("1", "key-1", "-----BEGIN PUBLIC KEY-----")
