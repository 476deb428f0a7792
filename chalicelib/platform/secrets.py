"""The stage's secrets, read from SSM once a container and never at import."""

import base64
import os
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.platform.settings import required


@dataclass(frozen=True)
class Secrets:
    """``pepper``: 32 bytes mixed into every hash; ``input_private_key``: PEM of the key that opens sealed input."""

    pepper: bytes = field(repr=False)
    input_private_key: bytes = field(repr=False)


def parameters(*settings: str, made_by: str = "run the deploy command, which makes it") -> list[str]:
    """The values of the parameters that these settings name (Systems Manager, GetParameter).

    Raises RuntimeError naming what is missing, and ``made_by``: how one comes by it.
    """
    import botocore.session  # here, because most operations never need a second client

    client: Any = botocore.session.get_session().create_client("ssm")

    def parameter(setting: str) -> str:
        name = required(setting)
        try:
            return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
        except client.exceptions.ParameterNotFound:
            raise RuntimeError(f"SSM has no {name}: {made_by}.") from None

    return [parameter(setting) for setting in settings]


@cache
def secrets() -> Secrets:
    """Both secrets. Raises RuntimeError naming what is missing."""
    # A function that opens no sealed input is not told the name of the key, and may not read it.
    opens = "INPUT_KEY_PARAMETER" in os.environ
    pepper, *input_key = parameters("PEPPER_PARAMETER", *(["INPUT_KEY_PARAMETER"] if opens else []))
    return Secrets(base64.b64decode(pepper), "".join(input_key).encode())
