"""The secrets of a stage: made once, kept in SSM, never overwritten.

    /brokerline/<stage>/pepper              SecureString, 32 random bytes in base64
    /brokerline/<stage>/input-private-key   SecureString, RSA 2048, PKCS 8 PEM
    /brokerline/<stage>/input-certificate   String, self-signed X.509 PEM of that key, ten years
    /brokerline/<stage>/fax-secret          SecureString, signs what is sent to the fax carrier
    /brokerline/<stage>/fax-webhook-secret  SecureString, the carrier signs its news with it
    /brokerline/<stage>/fax-webhook-token   SecureString, the carrier shows it with its news
    /brokerline/<stage>/survey-secret       SecureString, signs the links to the survey after a ticket

The certificate is what Amazon Connect encrypts a caller's input with (Encrypt customer input, Amazon Connect
Administrator Guide); only the function can read the private key.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


_RANDOM = ("fax-secret", "fax-webhook-secret", "fax-webhook-token", "survey-secret")


@dataclass(frozen=True)
class InputKey:
    """The public half of what encrypts a caller's input, both PEM."""

    certificate: str
    public_key: str


def ensure(ssm: SSMClient, stage: str) -> InputKey:
    """Make the secrets of a stage that are missing, and return the public ones."""
    shorts = ("pepper", "input-private-key", "input-certificate", *_RANDOM)
    names = {short: f"/brokerline/{stage}/{short}" for short in shorts}
    answer = ssm.get_parameters(Names=list(names.values()), WithDecryption=True)
    found = {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}

    def put(short: str, value: str, kind: Literal["String", "SecureString"]) -> str:
        ssm.put_parameter(Name=names[short], Value=value, Type=kind, Overwrite=False)
        return value

    if names["pepper"] not in found:
        put("pepper", base64.b64encode(os.urandom(32)).decode(), "SecureString")
    for short in _RANDOM:
        if names[short] not in found:
            put(short, os.urandom(32).hex(), "SecureString")
    key = found.get(names["input-private-key"]) or put("input-private-key", new_private_key(), "SecureString")
    certificate = found.get(names["input-certificate"]) or put("input-certificate", certify(key, stage), "String")
    return InputKey(certificate, _public_key(certificate))


def new_private_key() -> str:
    """A new RSA key of 2048 bits as PKCS 8 PEM."""
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
    )


def certify(private_key: str, stage: str) -> str:
    """A self-signed certificate of the key, valid from now for ten years, as PEM."""
    key = serialization.load_pem_private_key(private_key.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"brokerline {stage} customer input")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _public_key(certificate: str) -> str:
    key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
