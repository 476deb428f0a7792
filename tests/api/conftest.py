"""The routes through Chalice's test client, the tables on moto; the clock stands at a moment of the trading day."""

import base64
import json
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from chalice.test import Client
from jsonschema import Draft202012Validator

from app import app
from chalicelib.http.openapi import openapi
from chalicelib.platform.clients import client, signing_client
from tests.unit.chalicelib.conftest import cloud, private_key, stage
from tests.unit.chalicelib.seed import ACCOUNT
from tests.unit.chalicelib.trading_seed import at

__all__ = ["cloud", "private_key", "stage"]

ROOT = Path(__file__).parents[2]
NOW = at("10:00")
WANG = {"sub": "wang-sub", "custom:account_id": ACCOUNT}
STRANGER = {"sub": "chen-sub", "custom:account_id": "A-2"}
NOBODY = {"sub": "nobody-sub"}
TELLER = {"sub": "teller-sub", "cognito:groups": "[night branch]", "cognito:username": "teller"}
LI = {"sub": "li-sub", "cognito:groups": "agent", "cognito:username": "li"}
WU = {"sub": "wu-sub", "cognito:groups": "agent", "cognito:username": "wu"}


class Answered(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    raw: bytes


Ask = Callable[..., Answered]


@contextmanager
def made_bucket(variable: str, name: str) -> Iterator[Any]:
    """An empty bucket under the name that the function's environment has; clients of before know nothing of it."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(variable, name)
        for cached in (client, signing_client):
            cached.cache_clear()
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"})
        yield s3
        for cached in (client, signing_client):
            cached.cache_clear()


def token(claims: dict[str, str]) -> str:
    """What API Gateway would have checked: the test client reads the claims and checks nothing."""
    parts = ({"alg": "none"}, {"token_use": "id", "cognito:username": "x", **claims})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts), ""])


def holds(method: str, path: str, body: Any, answered: Answered) -> None:
    """Every answer that a test gets is what the OpenAPI document says, and so is every body that was taken."""
    document, named = openapi(), path.partition("?")[0]
    shapes = sorted(document["paths"], key=lambda shape: "{" in shape)
    shape = next((one for one in shapes if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", one), named)), None)
    assert shape, f"chalicelib/http/operations.py lacks the route of {named}: add it."
    operation = document["paths"][shape][method.lower()]
    said = operation["responses"].get(str(answered.status), operation["responses"]["default"])
    taken = operation.get("requestBody") if answered.status < 300 else None
    for part, value in ((said, answered.body), (taken, body)):
        for content in (part or {}).get("content", {}).values():
            Draft202012Validator(content["schema"] | {"components": document["components"]}).validate(value)


@pytest.fixture
def ask(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks the API: ``ask("GET", path)``, with a ``body`` (JSON, or bytes as they are), as ``who``, under a ``key``,
    with more ``headers``."""
    monkeypatch.setattr("chalicelib.http.answering.now", lambda: NOW)
    client = Client(app, project_dir=str(ROOT))

    def request(
        method: str,
        path: str,
        body: Any = None,
        *,
        who: dict[str, str] = WANG,
        key: str | None = None,
        language: str = "en",
        headers: dict[str, str] | None = None,
    ) -> Answered:
        headers = {"Authorization": token(who), "Accept-Language": language, **(headers or {})}
        headers.setdefault("Content-Type", "application/json")
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        with warnings.catch_warnings(action="ignore"):  # that the test client checks no token: we know
            answer = client.http.request(method, path, headers=headers, body=sent)
        answered = Answered(answer.status_code, (answer.body and answer.json_body) or {}, answer.headers, answer.body)
        holds(method, path, body, answered)
        return answered

    return request
