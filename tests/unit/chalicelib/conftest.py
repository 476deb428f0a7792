"""The domains on moto: real models, real boto calls, no cloud."""

import base64
from collections.abc import Iterator

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from moto import mock_aws

from chalicelib.answers import models as answer_models
from chalicelib.customers.models import Customer
from chalicelib.platform.secrets import secrets
from chalicelib.statements.models import Delivery
from chalicelib.tickets import models as ticket_models
from chalicelib.trading.models import (
    BankAccount,
    BankMovement,
    ClosingPrice,
    EntryRecord,
    OrderRecord,
    Position,
    Security,
    SentRequest,
    TapeMatch,
    TransferRecord,
)
from chalicelib.voicemail.models import VoicemailRecord

from .caller import Seal, sealer

TABLES = (
    Customer,
    Security,
    ClosingPrice,
    Position,
    OrderRecord,
    EntryRecord,
    TapeMatch,
    SentRequest,
    TransferRecord,
    BankAccount,
    BankMovement,
    Delivery,
    ticket_models.TicketRecord,
    ticket_models.EntryRecord,
    ticket_models.DepartmentRecord,
    answer_models.ArticleRecord,
    answer_models.VersionRecord,
    answer_models.WordRecord,
    answer_models.VoteRecord,
    VoicemailRecord,
    ticket_models.ReportRecord,
)


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def stage(private_key: rsa.RSAPrivateKey) -> Iterator[None]:
    """A stage's environment and its secrets, which the function reads once."""
    pem = private_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    values = {"pepper": base64.b64encode(bytes(range(32))).decode(), "input-private-key": pem.decode()}
    secrets.cache_clear()  # other tests have a stage of their own, for the whole session
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", "ap-southeast-1")
        environment.delenv("AWS_ENDPOINT_URL", raising=False)
        environment.setenv("PEPPER_PARAMETER", "/brokerline/test/pepper")
        environment.setenv("INPUT_KEY_PARAMETER", "/brokerline/test/input-private-key")
        with mock_aws():
            for name, value in values.items():
                boto3.client("ssm").put_parameter(Name=f"/brokerline/test/{name}", Value=value, Type="SecureString")
            secrets()
        yield
    secrets.cache_clear()


@pytest.fixture
def cloud(stage: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Empty tables."""
    # The real cost is 0.2 s a password, by design; the tests prove the logic, not scrypt.
    monkeypatch.setattr("chalicelib.customers.PASSWORD_COST", "4:1:1")
    monkeypatch.setattr("chalicelib.customers.rules.PASSWORD_COST", "4:1:1")
    with mock_aws():
        for table in TABLES:
            table.create_table(billing_mode="PAY_PER_REQUEST")
        yield


@pytest.fixture
def seal(private_key: rsa.RSAPrivateKey) -> Seal:
    return sealer(private_key)
