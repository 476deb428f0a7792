"""AWS clients other than the tables', each built once a container and only when it is used."""

from functools import cache
from typing import Any


@cache
def client(service: str) -> Any:
    """botocore's client of a service: "s3", "scheduler", "sesv2", "sns", "ssm"."""
    import botocore.session

    return botocore.session.get_session().create_client(service)


@cache
def signing_client() -> Any:
    """botocore's client of S3 for presigned links: left alone, it signs them in some regions in the old way (version
    2), which leaves parts of the request unsigned."""
    import botocore.session
    from botocore.config import Config

    return botocore.session.get_session().create_client("s3", config=Config(signature_version="s3v4"))


def parameter(name: str) -> str:
    """A parameter of Systems Manager, in clear. RuntimeError where there is none."""
    ssm = client("ssm")
    try:
        return str(ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        raise RuntimeError(f"SSM has no {name}: run the deploy command, which makes it.") from None
