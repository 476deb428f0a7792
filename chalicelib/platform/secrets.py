"""The stage's secrets, read from SSM once a container and never at import."""

import base64
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.platform.settings import required


@dataclass(frozen=True)
class Secrets:
    """``pepper``: 32 bytes mixed into every hash; ``input_private_key``: PEM of the key that opens encrypted keypad input."""

    pepper: bytes = field(repr=False)
    input_private_key: bytes = field(repr=False)


@cache
def secrets() -> Secrets:
    """Both secrets in one request (Systems Manager, GetParameters). Raises RuntimeError naming what is missing."""
    import botocore.session  # here, because most operations never need a second client

    pepper, private_key = required("PEPPER_PARAMETER"), required("INPUT_KEY_PARAMETER")
    client: Any = botocore.session.get_session().create_client("ssm")
    answer = client.get_parameters(Names=[pepper, private_key], WithDecryption=True)
    if answer["InvalidParameters"]:
        raise RuntimeError(f"SSM has no {', '.join(answer['InvalidParameters'])}: run the deploy command, which makes it.")
    values = {parameter["Name"]: parameter["Value"] for parameter in answer["Parameters"]}
    return Secrets(base64.b64decode(values[pepper]), values[private_key].encode())
