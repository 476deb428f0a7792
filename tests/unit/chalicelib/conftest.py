"""The domains on moto: real models, real boto calls, no cloud."""

import base64
from collections.abc import Iterator

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from moto import mock_aws

from chalicelib.customers.models import Customer
from chalicelib.platform import secrets, tables
from chalicelib.trading.models import OrderRecord, Position, Security

TABLES = (Customer, Security, Position, OrderRecord)


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def cloud(private_key: rsa.RSAPrivateKey, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty tables and a stage's secrets."""
    monkeypatch.setenv("PEPPER_PARAMETER", "/brokerline/test/pepper")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # The real cost is 0.2 s a password, by design; the tests prove the logic, not scrypt.
    monkeypatch.setattr("chalicelib.customers.PASSWORD_COST", "4:1:1")
    monkeypatch.setattr("chalicelib.customers.rules.PASSWORD_COST", "4:1:1")
    monkeypatch.setenv("INPUT_KEY_PARAMETER", "/brokerline/test/input-private-key")
    with mock_aws():
        pem = private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        ssm = boto3.client("ssm")
        ssm.put_parameter(
            Name="/brokerline/test/pepper", Value=base64.b64encode(bytes(range(32))).decode(), Type="SecureString"
        )
        ssm.put_parameter(Name="/brokerline/test/input-private-key", Value=pem.decode(), Type="SecureString")
        for table in TABLES:
            table.create_table(billing_mode="PAY_PER_REQUEST", wait=True)
        yield
    secrets.secrets.cache_clear()
    tables.forget_client()
    for table in TABLES:
        table._connection = None
