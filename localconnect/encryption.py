"""Encrypts what a caller types as the decryption sample of Amazon Connect's documentation reads it: a message of the
AWS Encryption SDK, in base64, whose data key is wrapped for the key pair of provider "AmazonConnect", named by its
EncryptionKeyId, with RSA OAEP, SHA-512 and MGF1.

Which algorithm suite the service uses is not documented, so decrypt with a client that takes any:
``CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT``. Here it is the one that commits to its key and is not signed: a
signature takes five times as long.
"""

from __future__ import annotations

import base64
from functools import lru_cache

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import Algorithm, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.key_providers.raw import RawMasterKey, WrappingKey
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PROVIDER = "AmazonConnect"

_client = aws_encryption_sdk.EncryptionSDKClient()


def encrypt(text: str, key_id: str, certificate: str) -> str:
    """``text`` for the holder of the private key. ``certificate``: X.509, PEM. Raises ValueError if it is none."""
    message, _ = _client.encrypt(
        source=text.encode(),
        key_provider=_master_key(key_id, certificate),
        algorithm=Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY,
    )
    return base64.b64encode(message).decode()


@lru_cache(maxsize=16)
def _master_key(key_id: str, certificate: str) -> RawMasterKey:
    try:
        public_key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError as error:
        raise ValueError("InputEncryption.Key is no X.509 certificate in PEM form.") from error
    return RawMasterKey(
        provider_id=PROVIDER,
        key_id=key_id.encode(),
        wrapping_key=WrappingKey(
            wrapping_algorithm=WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
            wrapping_key=public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            wrapping_key_type=EncryptionKeyType.PUBLIC,
        ),
    )
