"""What tests of the ivr function share: it is asked as a flow asks it, with keys sealed as Connect seals them."""

import base64
from collections.abc import Callable
from typing import Any

from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import Algorithm, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.raw import RawMasterKey
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.voice import ivr

from .seed import ACCOUNT_NUMBER, PIN

Seal = Callable[[str], str]


def sealer(private_key: rsa.RSAPrivateKey) -> Seal:
    """Seals keys as Connect does (Administrator Guide, "Encrypt sensitive customer input")."""
    public = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    wrapping = WrappingKey(
        wrapping_algorithm=WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
        wrapping_key=public,
        wrapping_key_type=EncryptionKeyType.PUBLIC,
    )
    key = RawMasterKey(key_id="an-association-id", provider_id="AmazonConnect", wrapping_key=wrapping)
    client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)

    def sealed(keys: str) -> str:
        algorithm = Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA256
        return base64.b64encode(client.encrypt(source=keys.encode(), key_provider=key, algorithm=algorithm)[0]).decode()

    return sealed


def ask(
    operation: str,
    attributes: dict[str, str] | None = None,
    contact: str = "c-1",
    number: str = "",
    **parameters: str,
) -> Any:
    """``number``: the one that calls."""
    data = {
        "ContactId": contact,
        "InitialContactId": contact,
        "CustomerEndpoint": {"Address": number, "Type": "TELEPHONE_NUMBER"},
        "Attributes": attributes or {},
    }
    event = {
        "Name": "ContactFlowEvent",
        "Details": {"ContactData": data, "Parameters": {"Operation": operation, **parameters}},
    }
    answer = ivr(event, None)
    assert all(isinstance(key, str) and isinstance(value, str) for key, value in answer.items())
    return answer


def identified(seal: Seal, language: str = "en", contact: str = "c-1") -> dict[str, str]:
    """The attributes a flow keeps once the caller is known."""
    key = ask("read_account", AccountNumber=seal(ACCOUNT_NUMBER))["AccountKey"]
    answer = ask("identify", contact=contact, AccountKey=key, Pin=seal(PIN))
    assert answer["Result"] == "ok"
    return {**answer, "Language": language}
