"""The keys between this house and a gateway to practise on: made once, in a folder that only its owner may read.

authority.pem                who vouches for both certificates
client.pem, client-key.pem   this house's certificate and key
server.pem, server-key.pem   the gateway's
signing.txt                  the secret that signs requests
sealing.pem, sealing-key.pem public and private half of what seals bank passwords
"""

from __future__ import annotations

import base64
import json
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PRIVATE = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
PUBLIC = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
FILES = {
    "authority": "authority.pem",
    "client": "client.pem",
    "client_private": "client-key.pem",
    "server": "server.pem",
    "server_private": "server-key.pem",
    "signing": "signing.txt",
    "sealing": "sealing.pem",
    "sealing_private": "sealing-key.pem",
}


@dataclass(frozen=True)
class GatewayKeys:
    """All PEM texts, but `signing`."""

    authority: str
    client: str
    client_private: str = field(repr=False)
    server: str
    server_private: str = field(repr=False)
    signing: str = field(repr=False)
    sealing: str
    sealing_private: str = field(repr=False)

    @contextmanager
    def server_file(self) -> Iterator[str]:
        """A file of the server's certificate and key, while the block lasts: ssl reads nothing else."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "server.pem"
            path.touch(0o600)
            path.write_text(self.server_private + self.server, encoding="ascii")
            yield str(path)


def kept_in(folder: Path) -> GatewayKeys:
    """The keys of the folder, made there if it has none at all. Those of the other side, if missing, are empty."""
    if not any((folder / file).exists() for file in FILES.values()):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = new_keys()
        for name, file in FILES.items():
            (folder / file).touch(0o600)
            (folder / file).write_text(getattr(made, name), encoding="ascii")
    paths = {name: folder / file for name, file in FILES.items()}
    return GatewayKeys(
        **{name: path.read_text(encoding="ascii") if path.exists() else "" for name, path in paths.items()}
    )


def new_keys(host: str = "127.0.0.1") -> GatewayKeys:
    """New keys for a gateway on `host` (an IP address), good for ten years."""
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("brokerline practice authority", root_key, None, None)
    pairs = {}
    for name in ("client", "server"):
        key = ec.generate_private_key(ec.SECP256R1())
        pairs[name] = (_certificate(f"brokerline {name}", key, (root, root_key), host), key)
    sealing = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return GatewayKeys(
        authority=_pem(root),
        client=_pem(pairs["client"][0]),
        client_private=pairs["client"][1].private_bytes(*PRIVATE).decode(),
        server=_pem(pairs["server"][0]),
        server_private=pairs["server"][1].private_bytes(*PRIVATE).decode(),
        signing=secrets.token_urlsafe(32),
        sealing=sealing.public_key().public_bytes(*PUBLIC).decode(),
        sealing_private=sealing.private_bytes(*PRIVATE).decode(),
    )


def unseal(sealed: str, private_key: str) -> str:
    """What a JWE of chalicelib/trading/sealing.py holds. ValueError where it is none for this key."""
    parts = sealed.split(".")
    if len(parts) != 5:
        raise ValueError("The bank password must come as a JWE in five parts.")
    header, wrapped, nonce, text, tag = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    if json.loads(header) != {"alg": "RSA-OAEP-256", "enc": "A256GCM"}:
        raise ValueError("The bank password must be sealed with RSA-OAEP-256 and A256GCM.")
    owner = serialization.load_pem_private_key(private_key.encode(), password=None)
    assert isinstance(owner, rsa.RSAPrivateKey)
    try:
        key = owner.decrypt(wrapped, padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
        return AESGCM(key).decrypt(nonce, text + tag, parts[0].encode()).decode()
    except Exception as error:
        raise ValueError("The bank password is sealed for another key.") from error


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None,
    host: str | None,
) -> x509.Certificate:
    """A certificate signed by its issuer, or by itself."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    at = datetime.now(UTC)
    signer, signer_key = issuer or (None, key)
    is_authority = issuer is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer.subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_usage(is_authority), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer_key.public_key()), critical=False)
    )
    if host:
        usage = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage(usage), critical=False)
    return builder.sign(signer_key, hashes.SHA256())


def _usage(is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
