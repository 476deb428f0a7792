"""The survey by its link: a page without signing in, one answer, and what is not ours is not let through."""

import json
import re
import warnings
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from chalice.test import Client

from app import app
from chalicelib import tickets
from chalicelib.http.surveys import LINK_HOLDERS, survey_authoriser
from chalicelib.platform.clients import client
from chalicelib.tickets import survey

from .conftest import NOW, ROOT

SECRET, OLD = b"the-secret", b"the-old-one"
TICKET = {"kind": "complaint", "channel": "web", "language": "en", "subject": "<b>Fees</b>", "customer_id": "C-1"}


@pytest.fixture
def number(cloud: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """A ticket that has been replied to."""
    client.cache_clear()
    monkeypatch.setenv("SURVEY_SECRET_PARAMETER", "/brokerline/test/survey-secret")
    monkeypatch.setattr("chalicelib.platform.clock.now", lambda: NOW)
    value = f"{SECRET.decode()} {OLD.decode()}"
    boto3.client("ssm").put_parameter(Name="/brokerline/test/survey-secret", Value=value, Type="SecureString")
    found = tickets.register(TICKET, "customer", "k", NOW)
    for verb in ("accept", "assign", "investigate", "resolve", "reply"):
        tickets.act(found.number, verb, "agent:li", verb, NOW, "because", {"assignee": "li"})
    return found.number


def token(number: str, secret: bytes = SECRET, expires: datetime = NOW + timedelta(days=30)) -> str:
    return survey.sign(number, expires, secret)


def asked(method: str, link: str, body: Any = None, media: str = "application/x-www-form-urlencoded") -> Any:
    sent = body if isinstance(body, bytes) else urlencode(body or {}).encode()
    with warnings.catch_warnings(action="ignore"):  # that the test client does not ask such authorisers: we know
        http = Client(app, project_dir=str(ROOT)).http
        return http.request(method, f"/surveys/{link}", {"Content-Type": media, "Accept-Language": "en"}, sent)


def shown(answer: Any) -> str:
    return str(answer.body.decode())


def test_the_page_asks_without_signing_in_and_without_scripts(number: str) -> None:
    answer = asked("GET", token(number))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]
    assert '<html lang="en">' in shown(answer)
    assert "&lt;b&gt;Fees&lt;/b&gt;" in shown(answer)
    assert re.findall(r'name="rating" value="(\d)"', shown(answer)) == ["5", "4", "3", "2", "1"]
    assert "<script" not in shown(answer)
    assert "$" not in shown(answer)


@pytest.mark.parametrize("language", ["zh-CN", "zh-HK", "en"])
def test_every_language_has_every_sentence(language: str) -> None:
    folder = ROOT / "chalicelib" / "http" / "survey"
    texts = json.loads((folder / f"{language}.json").read_text("utf-8"))
    assert texts.keys() == json.loads((folder / "en.json").read_text("utf-8")).keys()
    assert all(texts.values())


@pytest.mark.parametrize(
    ("rating", "state", "said"), [(5, "confirmed", "taken down"), (2, "reopened", "has been reopened")]
)
def test_a_link_is_answered_once(number: str, rating: int, state: str, said: str) -> None:
    link = token(number, OLD)
    first = asked("POST", link, {"rating": rating, "why": "One.\r\nTwo."})
    assert (first.status_code, said in shown(first)) == (200, True)
    asked("POST", link, {"rating": 6 - rating})
    found = tickets.find(number)
    assert found.state == state
    rated = [entry for entry in tickets.timeline(number) if entry.verb == "rate"]
    assert [(entry.by, entry.why, entry.details) for entry in rated] == [("customer", "One.\nTwo.", {"rating": rating})]
    assert "taken down" in shown(asked("GET", link))
    assert not any(link in key for key in found.keys)


def test_json_is_answered_with_json(number: str) -> None:
    answer = asked("POST", token(number), b'{"rating": 4}', "application/json")
    assert (answer.status_code, answer.json_body) == (200, {"state": "confirmed"})
    answer = asked("POST", token(number), b'{"rating": true}', "application/json")
    assert (answer.status_code, answer.json_body["code"]) == (400, "bad_rating")
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("body", [{}, {"rating": 0}, {"rating": 6}, {"rating": "x"}, {"rating": 3, "why": "x" * 1001}])
def test_what_is_no_answer_changes_nothing(number: str, body: dict[str, Any]) -> None:
    answer = asked("POST", token(number), body)
    assert (answer.status_code, "Please choose" in shown(answer)) == (400, True)
    assert tickets.find(number).rating == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_link_that_is_old_or_not_ours_shows_nothing_of_the_ticket(number: str, method: str) -> None:
    for link, status in ((token(number, expires=NOW), 410), (token(number, b"another"), 404), ("x", 404),
                         (token("2600000000"), 404)):  # fmt: skip
        answer = asked(method, link, {"rating": 5})
        assert answer.status_code == status
        assert "Fees" not in shown(answer)
    assert tickets.find(number).state == "replied"


def test_a_ticket_that_is_being_handled_again_is_not_rated(number: str) -> None:
    tickets.act(number, "reopen", "customer", "again", NOW, "No.")
    for answer in (asked("GET", token(number)), asked("POST", token(number), {"rating": 5})):
        assert (answer.status_code, "not waiting" in shown(answer)) == (409, True)


def test_a_failure_of_ours_says_so(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "rate", lambda *given: 1 / 0)
    answer = asked("POST", token(number), {"rating": 5})
    assert (answer.status_code, "try again" in shown(answer)) == (503, True)


@pytest.mark.parametrize(
    ("secret", "days", "effect"), [(SECRET, 1, "Allow"), (OLD, 1, "Allow"), (SECRET, 0, "Allow"), (b"x", 1, "Deny")]
)
def test_only_what_was_signed_here_is_let_through(number: str, secret: bytes, days: int, effect: str) -> None:
    link = token(number, secret, NOW + timedelta(days=days))
    event = {"type": "REQUEST", "methodArn": "arn:of:it", "pathParameters": {"token": link}}
    [statement] = survey_authoriser(event, None)["policyDocument"]["Statement"]
    assert statement == {"Action": "execute-api:Invoke", "Effect": effect, "Resource": "arn:of:it"}


def test_the_authoriser_is_given_the_whole_request_and_its_word_is_not_kept() -> None:
    said = LINK_HOLDERS.to_swagger()["x-amazon-apigateway-authorizer"]
    assert (said["type"], said["authorizerResultTtlInSeconds"]) == ("request", 0)
