"""The routes through Chalice's test client, the tables on moto; the clock stands at a moment of the trading day."""

import base64
import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from chalice.test import Client

from app import app
from tests.unit.chalicelib.conftest import cloud, private_key, stage
from tests.unit.chalicelib.seed import ACCOUNT
from tests.unit.chalicelib.trading_seed import at

__all__ = ["cloud", "private_key", "stage"]

ROOT = Path(__file__).parents[2]
NOW = at("10:00")
WANG = {"sub": "wang-sub", "custom:account_id": ACCOUNT}
STRANGER = {"sub": "chen-sub", "custom:account_id": "A-2"}
NOBODY = {"sub": "nobody-sub"}
TELLER = {"sub": "teller-sub", "cognito:groups": "[night branch]"}


class Answered(NamedTuple):
    status: int
    body: dict[str, Any]
    headers: dict[str, str]
    raw: bytes


Ask = Callable[..., Answered]


def token(claims: dict[str, str]) -> str:
    """What API Gateway would have checked: the test client reads the claims and checks nothing."""
    parts = ({"alg": "none"}, {"token_use": "id", "cognito:username": "x", **claims})
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts), ""])


@pytest.fixture
def ask(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks the API: ``ask("GET", path)``, with a ``body`` (JSON, or bytes as they are), as ``who``, under a ``key``."""
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
        accept: str = "application/json",
    ) -> Answered:
        headers = {"Authorization": token(who), "Accept-Language": language, "Content-Type": "application/json"}
        headers["Accept"] = accept
        if key is not None:
            headers["Idempotency-Key"] = key
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        with warnings.catch_warnings(action="ignore"):  # that the test client checks no token: we know
            answer = client.http.request(method, path, headers=headers, body=sent)
        return Answered(answer.status_code, answer.json_body, answer.headers, answer.body)

    return request
