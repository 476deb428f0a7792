"""What a fax carrier tells: believed with its token and its signature, within five minutes, in any order, once."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest
from chalice.test import Client

from app import app
from chalicelib import statements
from chalicelib.http.fax_status import PATH, fax_authoriser
from chalicelib.platform.clients import client
from chalicelib.statements import Period, Requested
from chalicelib.statements.models import Delivery
from chalicelib.statements.signing import signed
from tests.unit.chalicelib.seed import ACCOUNT
from tests.unit.chalicelib.trading_seed import DAY, at

from .conftest import ROOT

NOW = at("17:00")
SECRET, OLD, TOKEN = b"new-secret", b"old-secret", "the-token"


@pytest.fixture
def number(cloud: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fax that is on its way."""
    client.cache_clear()
    values = {"fax-webhook-secret": "new-secret old-secret", "fax-webhook-token": f"{TOKEN} other"}
    for short, value in values.items():
        name = f"FAX_WEBHOOK_{short.rpartition('-')[2].upper()}_PARAMETER"
        monkeypatch.setenv(name, f"/brokerline/test/{short}")
        boto3.client("ssm").put_parameter(Name=f"/brokerline/test/{short}", Value=value, Type="SecureString")
    monkeypatch.setattr("chalicelib.platform.clock.now", lambda: NOW)
    asked = statements.request(ACCOUNT, "C-1", Period(DAY, DAY), "en", {"fax": "+862161234567"}, "k", NOW)
    assert isinstance(asked, Requested)
    return asked.number


def tell(body: Any, *, secret: bytes = SECRET, minutes: int = 0, other: bytes = b"", path: str = PATH) -> Any:
    """The carrier tells ``body``; ``other`` arrives in its place."""
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = signed(secret, "POST", path, sent, NOW + timedelta(minutes=minutes))
    headers["Authorization"] = f"Bearer {TOKEN}"
    answer = Client(app, project_dir=str(ROOT)).http.request("POST", PATH, headers, other or sent)
    return answer.status_code, answer.json_body.get("code", "")


def status(number: str, state: str = "delivered", **more: Any) -> dict[str, Any]:
    return {"key": f"{number}-1", "state": state, **more}


@pytest.mark.parametrize("secret", [SECRET, OLD])
def test_a_fax_that_arrived_is_delivered_however_often_that_is_told(number: str, secret: bytes) -> None:
    for _ in range(2):
        assert tell(status(number), secret=secret) == (200, "")
    delivery = Delivery.get(number, "fax")
    assert (delivery.state, delivery.version) == ("delivered", 2)


def test_a_fax_that_did_not_arrive_is_tried_again(number: str) -> None:
    assert tell(status(number, "failed", reason="busy")) == (200, "")
    delivery = Delivery.get(number, "fax")
    assert (delivery.state, delivery.reason) == ("retrying", "busy")


@pytest.mark.parametrize(
    "how", [{"secret": b"stranger"}, {"minutes": 6}, {"minutes": -6}, {"other": b'{"state": "failed"}'}, {"path": "/"}]
)
def test_what_is_not_signed_or_is_old_or_changed_is_not_believed(number: str, how: dict[str, Any]) -> None:
    assert tell(status(number), **how) == (401, "unsigned")
    assert Delivery.get(number, "fax").state == "queued"


@pytest.mark.parametrize("body", [b"no json", b"[]", {"key": "1", "state": "lost"}, {"state": "sent"}])
def test_what_is_no_status_is_refused(number: str, body: Any) -> None:
    assert tell(body) == (400, "bad_status")


def test_a_fax_that_was_never_sent_is_unknown(number: str) -> None:
    assert tell({"key": f"{number}-2", "state": "delivered"}) == (404, "unknown_fax")


def test_a_failure_of_ours_asks_for_the_news_again(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Delivery, "find", lambda *keys: 1 / 0)
    assert tell(status(number)) == (503, "busy")


@pytest.mark.parametrize(("token", "allowed"), [(TOKEN, True), ("other", True), ("", False), ("the", False)])
def test_only_who_has_the_token_is_let_through(number: str, token: str, allowed: bool) -> None:
    arn = "arn:aws:execute-api:ap-southeast-1:123456789012:abc/api/POST/fax/status"
    answer = fax_authoriser({"type": "TOKEN", "authorizationToken": f"Bearer {token}", "methodArn": arn}, None)  # type: ignore[call-arg]
    assert answer["policyDocument"]["Statement"][0]["Resource"] == ([arn] if allowed else [])  # type: ignore[index]
