import base64

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from devtools import secrets
from devtools.stage import Stage


def read(stage: Stage, short: str) -> tuple[str, str]:
    parameter = stage.ssm.get_parameter(Name=f"/brokerline/prod/{short}", WithDecryption=True)["Parameter"]
    return parameter["Type"], parameter["Value"]


def test_makes_a_pepper_and_a_key_pair_and_returns_the_public_half(stage: Stage) -> None:
    made = secrets.ensure(stage.ssm, stage.name)

    pepper_type, pepper = read(stage, "pepper")
    assert pepper_type == "SecureString"
    assert len(base64.b64decode(pepper)) == 32

    key_type, pem = read(stage, "input-private-key")
    assert key_type == "SecureString"
    private_key = serialization.load_pem_private_key(pem.encode(), password=None)
    public_key = private_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert made.public_key == public_key.decode()

    certificate = x509.load_pem_x509_certificate(made.certificate.encode())
    assert certificate.public_key() == private_key.public_key()
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 3650
    assert read(stage, "input-certificate") == ("String", made.certificate)


def test_makes_what_signs_for_the_fax_carrier_and_the_survey(stage: Stage) -> None:
    secrets.ensure(stage.ssm, stage.name)
    made = [read(stage, short) for short in ("fax-secret", "fax-webhook-secret", "fax-webhook-token", "survey-secret")]
    assert {kind for kind, _ in made} == {"SecureString"}
    assert len({value for _, value in made}) == 4
    assert {len(value) for _, value in made} == {64}


def test_never_makes_them_anew(stage: Stage) -> None:
    first = secrets.ensure(stage.ssm, stage.name)
    pepper, token = read(stage, "pepper"), read(stage, "fax-webhook-token")

    assert secrets.ensure(stage.ssm, stage.name) == first
    assert (read(stage, "pepper"), read(stage, "fax-webhook-token")) == (pepper, token)


def test_certifies_the_key_that_is_there_when_only_the_certificate_is_missing(stage: Stage) -> None:
    first = secrets.ensure(stage.ssm, stage.name)
    stage.ssm.delete_parameter(Name="/brokerline/prod/input-certificate")

    assert secrets.ensure(stage.ssm, stage.name).public_key == first.public_key


def test_each_stage_has_its_own(stage: Stage) -> None:
    assert secrets.ensure(stage.ssm, "prod") != secrets.ensure(stage.ssm, "staging")
