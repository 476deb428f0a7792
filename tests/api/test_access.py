"""Who may ask for what: every route is behind the authoriser, and every account route is closed to strangers."""

import re
from decimal import Decimal
from typing import Any

import pytest

from app import app
from chalicelib.http import AUTHORISER, ROUTES
from chalicelib.http.caller import Caller, may_act, read_claims
from chalicelib.http.fax_status import fax_authoriser
from chalicelib.http.problem import BUSY, Problem, problem_of
from chalicelib.http.surveys import LINK_HOLDERS
from localconnect.template import load
from tests.unit.chalicelib.seed import ACCOUNT, position, security

from .conftest import NOBODY, ROOT, STRANGER, TELLER, WANG, Ask

ACCOUNT_ROUTES = [route for route in ROUTES if "{account_id}" in route]
ORDER = {"side": "buy", "code": "600519", "quantity": 100, "price": "100.00"}
BODIES: dict[str, Any] = {"POST": ORDER, "PATCH": {"quantity": 100, "price": "100.00"}}
TRANSFER = {"direction": "in", "amount": "100.00", "bank_password": "123456"}
NAMED = {"contract_number": "12345678", "transfer_number": "12345678", "code": "600519"}
NAMED |= {"number": "2600000018", "object": "0" * 32, "recording": "a-call"}
DOCUMENTED = (ROOT / "docs" / "api.md").read_text("utf-8")


def asked(ask: Ask, route: str, account: str, who: dict[str, str]) -> Any:
    method, _, path = route.partition(" ")
    body = TRANSFER if path.endswith("transfers") and method == "POST" else BODIES.get(method)
    filled = path.format(account_id=account, **NAMED)
    return ask(method, filled, body, who=who, key="k")


def test_no_route_is_without_the_authoriser() -> None:
    entries = [entry for methods in app.routes.values() for entry in methods.values()]
    # No person tells what became of a fax, and nobody signs in to say what they think of us: those have their own.
    expected = dict.fromkeys(ROUTES, AUTHORISER) | {"POST /fax/status": fax_authoriser}
    expected |= dict.fromkeys(["GET /surveys/{token}", "POST /surveys/{token}"], LINK_HOLDERS)
    assert {f"{entry.method} {entry.uri_pattern}": entry.authorizer for entry in entries} == expected


@pytest.mark.parametrize("who", [STRANGER, NOBODY], ids=["another customer", "no customer"])
@pytest.mark.parametrize("route", ACCOUNT_ROUTES)
def test_an_account_of_somebody_else_is_as_unknown_as_one_that_is_not_there(
    ask: Ask, route: str, who: dict[str, str]
) -> None:
    position(), security()
    theirs = asked(ask, route, ACCOUNT, who)
    assert (theirs.status, theirs.body["code"]) == (404, "unknown_account")
    assert theirs == asked(ask, route, "A-404", who)


@pytest.mark.parametrize("route", ["GET /accounts/{account_id}/funds", "POST /accounts/{account_id}/orders"])
@pytest.mark.parametrize("who", [WANG, TELLER], ids=["the customer", "the branch"])
def test_an_account_is_open_to_its_owner_and_to_the_branch(ask: Ask, route: str, who: dict[str, str]) -> None:
    position(), security()
    assert asked(ask, route, ACCOUNT, who).status in (200, 201)


@pytest.mark.parametrize("route", ["GET /accounts/{account_id}/funds", "POST /accounts/{account_id}/orders"])
def test_an_account_that_is_not_there_is_unknown_to_the_branch_too(ask: Ask, route: str) -> None:
    security()
    answer = asked(ask, route, "A-404", TELLER)
    assert (answer.status, answer.body["code"]) == (404, "unknown_account")


@pytest.mark.parametrize("route", ROUTES)
def test_an_access_token_says_not_whose_account_it_is(ask: Ask, route: str) -> None:
    answer = asked(ask, route, ACCOUNT, {**WANG, "token_use": "access"})
    assert (answer.status, answer.body["code"]) == (403, "id_token_required")


@pytest.mark.parametrize(
    "path", [f"/accounts/{ACCOUNT}/orders/1234567x", "/quotes/60051", f"/accounts/{'A' * 33}/funds"]
)
def test_a_path_that_names_nothing_is_not_found(ask: Ask, path: str) -> None:
    assert ask("GET", path, who=TELLER).status == 404


@pytest.mark.parametrize(
    ("groups", "branch"),
    [("[branch]", True), ("[a branch]", True), ("a,branch", True), ("branches", False), ("", False)],
)
def test_groups_come_as_text(groups: str, branch: bool) -> None:
    caller = read_claims({"token_use": "id", "sub": "s", "cognito:groups": groups})
    assert caller == Caller("s", "", branch, False, "")
    assert may_act(caller, "A-1") is branch


def test_whoever_has_no_account_has_not_the_nameless_one() -> None:
    assert not may_act(Caller("s", "", False), "")
    assert read_claims({"token_use": "id", "sub": ""}) is None


def test_every_route_and_every_code_of_ours_is_documented() -> None:
    ours = set((ROOT / "chalicelib/http/messages/en.json").read_text("utf-8").split('"')[1::4])
    assert {f"`{route}`" for route in ROUTES} <= set(re.findall("`[^`]+`", DOCUMENTED))
    assert {f"`{code}`" for code in ours} <= set(re.findall("`[^`]+`", DOCUMENTED))


@pytest.mark.parametrize("code", [*sorted(BUSY), "ValidationException"])
def test_what_dynamodb_is_too_busy_for_may_be_asked_again(code: str) -> None:
    from botocore.exceptions import ClientError
    from pynamodb.exceptions import PutError

    error = ClientError({"Error": {"Code": code}}, "PutItem")
    expected = 503 if code in BUSY else 500
    assert [problem_of(each).status for each in (error, PutError("no", error))] == [expected, expected]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (TimeoutError(), 503),
        (ConnectionResetError(), 503),
        (LookupError(), 404),
        (KeyError("x"), 500),
        (ValueError("secret"), 500),
        (Problem(422, "lot"), 422),
    ],
)
def test_an_error_is_a_problem_by_its_kind(error: Exception, status: int) -> None:
    assert problem_of(error).status == status


def test_money_in_answers_is_text_to_the_fen(ask: Ask) -> None:
    position(available="1234.5"), position("600519", "200"), security()
    assert ask("GET", f"/accounts/{ACCOUNT}/funds").body == {
        "available": "1234.50", "withdrawable": "1234.50", "market_value": "20000.00"
    }  # fmt: skip
    assert ask("GET", f"/accounts/{ACCOUNT}/holdings").body["holdings"] == [
        {
            "code": "600519", "quantity": 200, "sellable": 200, "last_price": "100.00",
            "names": {"zh-CN": "股600519", "zh-HK": "股600519", "en": "Share 600519"},
        }
    ]  # fmt: skip
    assert Decimal(ask("GET", "/quotes/600519", who=NOBODY).body["previous_close"]) == 100
    assert ask("GET", "/quotes/600000").body["code"] == "unknown_security"


def test_the_configured_origin_alone_may_read_answers(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Access-Control-Allow-Origin" not in ask("GET", "/quotes/600519").headers
    monkeypatch.setenv("WEB_ORIGIN", "https://www.example.com")
    assert ask("GET", "/quotes/600519").headers["Access-Control-Allow-Origin"] == "https://www.example.com"


def test_a_preflight_allows_that_origin_what_the_routes_take() -> None:
    """What API Gateway makes of it cannot be tried here: the local one answers a preflight without these headers."""
    cors = load(ROOT / "infra" / "app.yaml")["Resources"]["RestAPI"]["Properties"]["Cors"]
    assert cors["AllowOrigin"] == {"Fn::Sub": "'${WebOrigin}'"}
    assert set(cors["AllowMethods"].strip("'").split(",")) == {route.partition(" ")[0] for route in ROUTES}
    allowed = set(cors["AllowHeaders"].strip("'").split(","))
    assert {"Authorization", "Idempotency-Key", "If-Match", "If-None-Match"} <= allowed
