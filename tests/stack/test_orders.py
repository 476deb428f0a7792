"""An order exists once, with its money frozen, whatever is delivered again, lost, or stopped in between."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib.platform.clock import now
from chalicelib.trading.sessions import may_cancel
from devtools import cloud
from devtools.line import Line, brought_up
from localconnect.effects import Invocation

from .journey import BUY_100, ask, call, heard, orders, position

WANG = "60001234#,246810#,"
COST = Decimal("790.01")  # 785.00, commission 5.00 at least, transfer fee 0.01


def test_a_call_places_an_order_that_is_in_the_table_once(line: Line) -> None:
    available, frozen = position(line, "A-1234")
    before = orders(line, "A-1234")
    record = call(line, f"60001234#,246810#,{BUY_100},9")
    [order] = [order for order in orders(line, "A-1234") if order not in before]
    assert record.attributes["ContractNumber"] == order["contract_number"]
    assert (order["side"], order["code"], order["quantity"], order["price"]) == ("buy", "601398", 100, Decimal("7.85"))
    assert order["frozen_amount"] == COST
    assert position(line, "A-1234") == (available - COST, frozen + COST)


def test_every_event_delivered_three_times_is_one_order_with_one_number(line: Line) -> None:
    before = orders(line, "A-1234")
    record = call(line, f"60001234#,246810#,{BUY_100},9", deliver=3)
    [order] = [order for order in orders(line, "A-1234") if order not in before]
    assert record.attributes["ContractNumber"] == order["contract_number"]


def test_a_sale_freezes_the_shares(line: Line) -> None:
    available, frozen = position(line, "A-1234", "601318")
    call(line, "60001234#,246810#,2,2,601318#,100#,55*20#,1")
    assert position(line, "A-1234", "601318") == (available - 100, frozen + 100)


class AnswersLost:
    """The functions are called and do their work, but the first ``lost`` answers of an operation never arrive."""

    def __init__(self, line: Line, operation: str, lost: int) -> None:
        self._line, self._operation, self._lost = line, operation, lost

    def invoke(self, arn: str, event: dict[str, Any], seconds: float) -> Invocation:
        answer = self._line.functions.invoke(arn, event, seconds)
        if event["Details"]["Parameters"]["Operation"] == self._operation and self._lost:
            self._lost -= 1
            return Invocation(error="the answer was lost")
        return answer


def test_an_order_whose_answer_is_lost_is_not_placed_again(line: Line) -> None:
    before = orders(line, "A-1234")
    record = call(line, f"60001234#,246810#,{BUY_100},9", functions=AnswersLost(line, "place_order", 1))
    [order] = [order for order in orders(line, "A-1234") if order not in before]
    assert record.attributes["ContractNumber"] == order["contract_number"]
    assert "Your order has been taken" in heard(record)


def test_when_no_answer_comes_the_caller_is_told_so_and_the_order_still_exists_once(line: Line) -> None:
    before = orders(line, "A-1234")
    record = call(line, f"60001234#,246810#,{BUY_100},9", functions=AnswersLost(line, "place_order", 2))
    [order] = [order for order in orders(line, "A-1234") if order not in before]
    number = order["contract_number"]
    assert record.attributes["ContractNumber"] == number
    assert f"We have not heard whether your order, number {' '.join(number)}, was taken" in heard(record)


def test_pressing_confirm_twice_places_one_order(line: Line) -> None:
    before = orders(line, "A-1234")
    call(line, "60001234#,246810#,2,1,601398#,100#,7*85#,11,9")
    assert len([order for order in orders(line, "A-1234") if order not in before]) == 1


@pytest.mark.parametrize("tampered", [{"AccountId": "A-2222"}, {"IdentityProof": "0" * 64}])
def test_an_account_is_believed_only_with_its_proof(line: Line, tampered: dict[str, str]) -> None:
    known = call(line, "60001234#,246810#")
    answer = ask(line, known.contact_id, known.attributes | tampered, Operation="funds")
    assert answer.error
    assert "has not been identified" in answer.error


def cancel(line: Line, number: str, *, functions: Any = None, deliver: int = 1) -> str:
    """Cancel Wang's order of that number; what is heard."""
    return heard(call(line, f"{WANG}2,4,{number}#,1,9", functions=functions, deliver=deliver))


@pytest.fixture
def number(line: Line) -> str:
    """The contract number of an order that Wang has just placed. Not when the exchange takes no cancellations."""
    if not may_cancel(now()):
        pytest.skip("the exchange takes no cancellations from 9:20 to 9:25 and from 14:57 to 15:00")
    return call(line, f"{WANG}{BUY_100},9").attributes["ContractNumber"]


def state(line: Line, number: str) -> str:
    [order] = [order for order in orders(line, "A-1234") if order["contract_number"] == number]
    return str(order["state"])


@pytest.mark.parametrize("deliver", [1, 3])
def test_a_cancelled_order_gives_its_money_back_once(line: Line, number: str, deliver: int) -> None:
    available, frozen = position(line, "A-1234")
    said = cancel(line, number, deliver=deliver)
    assert f"Order {' '.join(number)} is cancelled. 100 shares will not trade any more; none had traded." in said
    assert state(line, number) == "cancelled"
    assert position(line, "A-1234") == (available + COST, frozen - COST)


def test_a_cancellation_whose_answer_is_lost_is_answered_when_asked_again(line: Line, number: str) -> None:
    said = cancel(line, number, functions=AnswersLost(line, "cancel_order", 1))
    assert f"Order {' '.join(number)} is cancelled" in said
    assert state(line, number) == "cancelled"


def test_whoever_hears_nothing_of_a_cancellation_finds_it_in_todays_orders(line: Line, number: str) -> None:
    said = cancel(line, number, functions=AnswersLost(line, "cancel_order", 2))
    assert "We have not heard whether your order was cancelled" in said
    today = heard(call(line, f"{WANG}2,3,9"))
    line_of_it = f"Number {' '.join(number)}, buy Industrial and Commercial Bank of China, 100 shares at 7.85 yuan"
    assert f"{line_of_it}: cancelled." in today


def test_an_order_of_another_account_is_unknown(line: Line, number: str) -> None:
    said = heard(call(line, f"60002222#,314159#,2,4,{number}#,*#"))
    assert "You have no order with that number" in said
    assert state(line, number) == "accepted"


def test_an_order_that_is_cancelled_is_not_offered_for_it_again(line: Line, number: str) -> None:
    cancel(line, number)
    assert "7.85 yuan: cancelled. It cannot be cancelled." in heard(call(line, f"{WANG}2,4,{number}#,*#"))


def of_wang(line: Line, number: str) -> tuple[str, int, Decimal]:
    """State, quantity and price of Wang's order."""
    [order] = [order for order in orders(line, "A-1234") if order["contract_number"] == number]
    return str(order["state"]), int(order["quantity"]), Decimal(str(order["price"]))


@pytest.mark.parametrize(
    ("keys", "quantity", "price"), [("200#,0#", 200, "7.85"), ("0#,7*80#", 100, "7.80"), ("200#,7*80#", 200, "7.80")]
)
def test_a_change_delivered_three_times_is_one_and_0_keeps_what_was(
    line: Line, number: str, keys: str, quantity: int, price: str
) -> None:
    before = len(orders(line, "A-1234"))
    record = call(line, f"{WANG}2,5,{number}#,{keys},1,9", deliver=3)
    assert f"Order {' '.join(number)} is cancelled, and the new order is taken" in heard(record)
    assert of_wang(line, number) == ("cancelled", 100, Decimal("7.85"))
    assert of_wang(line, record.attributes["ContractNumber"]) == ("accepted", quantity, Decimal(price))
    assert len(orders(line, "A-1234")) == before + 1


def test_a_change_whose_answer_is_lost_is_answered_when_asked_again(line: Line, number: str) -> None:
    before = len(orders(line, "A-1234"))
    record = call(line, f"{WANG}2,5,{number}#,200#,0#,1,9", functions=AnswersLost(line, "amend_order", 1))
    assert of_wang(line, record.attributes["ContractNumber"]) == ("accepted", 200, Decimal("7.85"))
    assert len(orders(line, "A-1234")) == before + 1


def test_a_change_that_is_refused_leaves_the_order_as_it_is(line: Line, number: str) -> None:
    said = heard(call(line, f"{WANG}2,5,{number}#,150#,0#,*#,9"))
    assert "You can buy 100 shares or more, in steps of 100" in said
    assert of_wang(line, number) == ("accepted", 100, Decimal("7.85"))


def test_recent_orders_are_heard_page_by_page_each_once(line: Line) -> None:
    placed = [call(line, f"60001414#,141421#,{BUY_100},9").attributes["ContractNumber"] for _ in range(4)]
    said = heard(call(line, "60001414#,141421#,2,7,1,#,9"))
    assert "More of your orders for" in said
    assert [said.count(f"Number {' '.join(number)}, buy") for number in placed] == [1, 1, 1, 1]


def test_todays_orders_are_read_page_by_page_and_then_from_the_start(line: Line) -> None:
    for _ in range(4):
        call(line, f"{WANG}{BUY_100},9")
    pages = -(-len(orders(line, "A-1234")) // 3)
    said = heard(call(line, f"{WANG}2,3,{'#,' * pages}9"))
    heard_pages = re.findall(rf"page (\d+) of {pages}", said)
    assert heard_pages == [*map(str, range(1, pages + 1)), "1"]


def test_an_order_outlives_the_cloud_it_was_placed_in(tmp_path: Path) -> None:
    with brought_up(tmp_path, cloud.free_port()) as first:
        record = call(first, f"60001234#,246810#,{BUY_100},9")
    with brought_up(tmp_path, cloud.free_port()) as second:
        [order] = orders(second, "A-1234")
        assert record.attributes["ContractNumber"] == order["contract_number"]
        assert "499,209.99 yuan available" in heard(call(second, "60001234#,246810#,1"))
