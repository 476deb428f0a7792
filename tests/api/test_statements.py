"""Statements over HTTP: asked for once, to places where they may go."""

from typing import Any

import pytest

from chalicelib.statements.models import Delivery
from tests.unit.chalicelib.seed import ACCOUNT, customer

from .conftest import STRANGER, TELLER, Ask

STATEMENTS = f"/accounts/{ACCOUNT}/statements"
MONTH = {"first": "2026-10-01", "last": "2026-10-31", "language": "en"}
EMAIL = "wang@example.com"


def queued() -> list[tuple[str, str, str, str]]:
    return sorted((one.channel, one.destination, one.language, one.customer_id) for one in Delivery.scan())


@pytest.mark.parametrize("who", [None, TELLER])
def test_a_statement_goes_where_it_is_asked_to_go_once(ask: Ask, who: dict[str, str] | None) -> None:
    customer(email=EMAIL)
    body = MONTH | {"fax": "02161234567", "email": True}
    said = [ask("POST", STATEMENTS, body, key="k", **({"who": who} if who else {})) for _ in range(2)]
    assert [answer.status for answer in said] == [202, 202]
    assert said[0].body == said[1].body
    assert said[0].body["number"].isdigit()
    assert queued() == [("email", EMAIL, "en", "C-1"), ("fax", "+862161234567", "en", "C-1")]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({}, 422, "no_destination"),
        ({"email": True}, 422, "email_address"),  # none is on file
        ({"fax": "12"}, 400, "bad_field"),
        ({"fax": "999"}, 400, "bad_field"),
        ({"email": "else@example.com"}, 400, "bad_field"),
        ({"fax": "02161234567", "language": "fr"}, 400, "bad_field"),
        ({"fax": "02161234567", "first": "2026-11-01"}, 422, "backwards"),
        ({"fax": "02161234567", "last": "2999-01-01"}, 422, "future"),
        ({"fax": "02161234567", "first": "2020-01-01"}, 422, "too_old"),
    ],
)
def test_a_statement_that_cannot_be_had(ask: Ask, change: dict[str, Any], status: int, code: str) -> None:
    customer()
    answer = ask("POST", STATEMENTS, MONTH | change, key="k")
    assert (answer.status, answer.body["code"]) == (status, code)
    assert answer.body["message"]
    assert queued() == []


def test_nobody_has_another_customers_statement_sent(ask: Ask) -> None:
    customer(email=EMAIL)
    assert ask("POST", STATEMENTS, MONTH | {"email": True}, key="k", who=STRANGER).status == 404
    assert queued() == []
