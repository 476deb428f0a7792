"""A bank password sealed for the counter's gateway alone: JWE (RFC 7516), compact, RSA-OAEP-256 and A256GCM.

Between the function that opened what the caller keyed in and the gateway nobody can read it: no proxy, no log.
"""

import base64
import json
import os


def seal(secret: str, public_key: str) -> str:
    """``secret`` as a JWE for the owner of ``public_key`` (PEM, RSA)."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    recipient = serialization.load_pem_public_key(public_key.encode())
    if not isinstance(recipient, rsa.RSAPublicKey):
        raise ValueError("The counter's sealing key must be an RSA key.")
    header = _base64(json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM"}, separators=(",", ":")).encode())
    key, nonce = os.urandom(32), os.urandom(12)
    wrapped = recipient.encrypt(key, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    sealed = AESGCM(key).encrypt(nonce, secret.encode(), header.encode())
    return ".".join((header, *map(_base64, (wrapped, nonce, sealed[:-16], sealed[-16:]))))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
