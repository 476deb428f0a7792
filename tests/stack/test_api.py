"""The API on the local cloud: API Gateway, tokens of its Cognito, and the packed function under its own role."""

import json
from base64 import urlsafe_b64encode
from decimal import Decimal
from uuid import uuid4

import pytest

from chalicelib.platform.clock import now
from chalicelib.trading.sessions import may_cancel
from devtools.line import Line
from devtools.problem import Problem
from devtools.sign_in import token

from .api import Api
from .journey import orders, position, scan

# Zhou's, and shares of this file's own: other tests reckon with Wang's.
ACCOUNT = "A-5555"
ORDERS = f"/accounts/{ACCOUNT}/orders"
BUY = {"side": "buy", "code": "601398", "quantity": 100, "price": "7.85"}
COST = Decimal("790.01")  # 785.00, commission 5.00 at least, transfer fee 0.01


def forged(genuine: str) -> str:
    """The token with another account in it, under the signature of the first."""
    head, _, signature = genuine.split(".")
    claims = {"token_use": "id", "sub": "x", "custom:account_id": ACCOUNT, "exp": 2**31}
    return f"{head}.{urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{signature}"


@pytest.mark.parametrize(("method", "path"), [("GET", "/quotes/601398"), ("GET", ORDERS), ("POST", ORDERS)])
def test_nobody_comes_in_without_a_token_of_this_pool(line: Line, zhou: Api, method: str, path: str) -> None:
    for bad in (None, "x.y.z", forged(token(line.stage, line.outputs, "wu"))):
        assert Api(line, bad)(method, path, BUY, "k").status == 401


def test_a_customer_sees_their_own_account_and_no_other(line: Line, zhou: Api) -> None:
    assert zhou("GET", f"/accounts/{ACCOUNT}/funds").status == 200
    for other in ("A-1234", "A-404"):
        theirs = zhou("GET", f"/accounts/{other}/funds")
        assert (theirs.status, theirs.body["code"]) == (404, "unknown_account")


def test_the_branch_sees_every_account(branch: Api) -> None:
    assert branch("GET", f"/accounts/{ACCOUNT}/holdings").body["holdings"] == []
    assert branch("GET", "/accounts/A-2222/funds").status == 200
    assert branch("GET", "/accounts/A-404/funds").status == 404


def test_an_access_token_is_forbidden(line: Line, zhou: Api) -> None:
    stage, outputs, password = line.stage, line.outputs, f"{uuid4()}aA1!"
    token(stage, outputs, "wu")
    pool = outputs["UserPoolId"]
    stage.cognito.admin_set_user_password(UserPoolId=pool, Username="wu", Password=password, Permanent=True)
    signed_in = stage.cognito.admin_initiate_auth(
        UserPoolId=pool, ClientId=outputs["UserPoolClientId"], AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "wu", "PASSWORD": password},
    )["AuthenticationResult"]  # fmt: skip
    answer = Api(line, signed_in["AccessToken"])("GET", "/quotes/601398")
    assert (answer.status, answer.body["code"]) == (403, "id_token_required")


def test_an_order_exists_once_however_often_it_is_asked_for(line: Line, zhou: Api) -> None:
    before, (available, frozen) = len(orders(line, ACCOUNT)), position(line, ACCOUNT)
    key = str(uuid4())
    answers = [zhou("POST", ORDERS, BUY, key) for _ in range(3)]
    numbers = {answer.body["contract_number"] for answer in answers}
    assert [answer.status for answer in answers] == [201] * 3
    assert len(numbers) == 1
    assert len(orders(line, ACCOUNT)) == before + 1
    assert position(line, ACCOUNT) == (available - COST, frozen + COST)
    assert zhou("POST", ORDERS, BUY | {"quantity": 200}, key).body["code"] == "key_reused"
    [number] = numbers
    assert zhou("GET", f"{ORDERS}/{number}").body["price"] == "7.85"
    assert number in [order["contract_number"] for order in zhou("GET", ORDERS).body["orders"]]


def test_what_the_customer_placed_the_branch_cancels(zhou: Api, branch: Api) -> None:
    if not may_cancel(now()):
        pytest.skip("the exchange takes no cancellations from 9:20 to 9:25 and from 14:57 to 15:00")
    number = zhou("POST", ORDERS, BUY, str(uuid4())).body["contract_number"]
    cancelled = branch("DELETE", f"{ORDERS}/{number}", key="c")
    assert (cancelled.status, cancelled.body["quantity"]) == (200, 100)
    assert branch("DELETE", f"{ORDERS}/{number}", key="c")[:2] == cancelled[:2]
    assert zhou("DELETE", f"{ORDERS}/{number}", key="c").body["code"] == "not_open"


def test_a_refusal_comes_back_as_a_problem(zhou: Api) -> None:
    answer = zhou("POST", f"{ORDERS}/preview", BUY | {"quantity": 150})
    assert (answer.status, answer.body["code"]) == (422, "lot")
    assert answer.headers["content-type"] == "application/problem+json"
    assert zhou("GET", "/quotes/999999").status == 404
    assert zhou("POST", ORDERS, BUY).body["code"] == "key_missing"


def test_a_transfer_is_made_once(line: Line, zhou: Api) -> None:
    path, key = f"/accounts/{ACCOUNT}/transfers", str(uuid4())
    wrong = {"direction": "in", "amount": "100.00", "bank_password": "000000"}
    first = zhou("POST", path, wrong, key)
    if first.body.get("code") == "transfer_hours":
        pytest.skip("the packed function has this machine's clock, and bank transfers have hours")
    assert (first.status, first.body["state"], first.body["reason"]) == (201, "failed", "wrong_password")
    assert zhou("POST", path, wrong, key)[:2] == first[:2]
    assert zhou("POST", path, wrong | {"amount": "200.00"}, key).body["code"] == "key_reused"
    number, (available, frozen) = first.body["number"], position(line, ACCOUNT)
    assert zhou("GET", f"{path}/{number}").body["changes"][-1]["reason"] == "wrong_password"
    assert number in [made["number"] for made in zhou("GET", path).body["transfers"]]
    made = zhou("POST", path, wrong | {"bank_password": "224466"}, str(uuid4()))
    assert (made.status, made.body["state"]) == (201, "done")
    assert position(line, ACCOUNT) == (available + 100, frozen)


def test_history_comes_by_days(zhou: Api) -> None:
    zhou("POST", ORDERS, BUY, str(uuid4()))
    found = zhou("GET", f"{ORDERS}?from=2026-01-01&to=2999-12-31").body
    assert found["orders"][0]["code"] == "601398"


def test_a_statement_is_asked_for_once(zhou: Api, branch: Api, line: Line) -> None:
    body, key, path = (
        {"first": "2026-10-01", "last": "2026-10-31", "email": True},
        str(uuid4()),
        f"/accounts/{ACCOUNT}/statements",
    )
    first, again = (zhou("POST", path, body, key) for _ in range(2))
    assert (first.status, first.body) == (again.status, again.body)
    assert first.status == 202
    sent = [one for one in scan(line, "StatementDeliveriesTable") if one["number"] == first.body["number"]]
    assert [(one["channel"], one["account_id"]) for one in sent] == [("email", ACCOUNT)]
    assert branch("POST", path, body, str(uuid4())).body["number"] != first.body["number"]


def test_answers_are_for_the_origin_that_the_stack_names(zhou: Api) -> None:
    assert zhou("GET", "/quotes/601398").headers["access-control-allow-origin"] == "https://none.invalid"


def test_a_token_is_for_somebody_who_is_known(line: Line) -> None:
    with pytest.raises(Problem, match=r"take one of wang, .*branch"):
        token(line.stage, line.outputs, "nobody")
