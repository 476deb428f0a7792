"""The rules an order must meet before it leaves, each named, each with what would have been accepted."""

from datetime import date
from decimal import Decimal
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.trading.market import Board, board_of, fees_on
from chalicelib.trading.rules import (
    Order,
    Quote,
    Refusal,
    Side,
    contract_numbers,
    cost_of_buying,
    price_band,
    refuse,
)

DAY = date(2026, 11, 24)
FEES = fees_on(DAY)
RATE = Decimal("0.0003")


def quote(code: str = "600519", close: str = "10.00", **facts: object) -> Quote:
    return Quote(code, {}, Decimal(close), Decimal(close), **facts)  # type: ignore[arg-type]


def board(code: str) -> Board:
    found = board_of(code, DAY)
    assert found
    return found


def decide(
    side: Side,
    quantity: int,
    price: str = "10.00",
    *,
    code: str = "600519",
    cash: str = "1e12",
    sellable: int = 0,
    **facts: object,
) -> Refusal | None:
    order = Order(side, code, quantity, Decimal(price))
    return refuse(order, quote(code, **facts), board(code), FEES, cash=Decimal(cash), rate=RATE, sellable=sellable)


def rule(refusal: Refusal | None) -> str | None:
    return refusal.rule if refusal else None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("600519", "main"), ("601318", "main"), ("603288", "main"), ("605117", "main"),
        ("000001", "main"), ("001979", "main"), ("002594", "main"), ("003816", "main"),
        ("688981", "star"), ("689009", "star"), ("300750", "chinext"), ("301269", "chinext"),
        ("430047", "beijing"), ("835185", "beijing"), ("920002", "beijing"),
    ],
)  # fmt: skip
def test_the_board_of_a_code(code: str, expected: str) -> None:
    assert board(code).board == expected


@pytest.mark.parametrize("code", ["", "1", "700000", "510300", "abc"])
def test_a_code_no_board_has(code: str) -> None:
    assert board_of(code, DAY) is None


def test_rules_hold_from_their_date() -> None:
    assert board_of("600519", date(2020, 1, 1)) is None
    with pytest.raises(LookupError, match="2020-01-01"):
        fees_on(date(2020, 1, 1))


@pytest.mark.parametrize(
    ("code", "quantity", "expected"),
    [
        ("600519", 100, None), ("600519", 1_000_000, None), ("600519", 1_000_100, "maximum"),
        ("600519", 0, "maximum"), ("600519", 50, "lot"), ("600519", 150, "lot"),
        ("688981", 199, "lot"), ("688981", 200, None), ("688981", 201, None), ("688981", 100_001, "maximum"),
        ("835185", 99, "lot"), ("835185", 101, None),
    ],
)  # fmt: skip
def test_lots_of_a_buy(code: str, quantity: int, expected: str | None) -> None:
    assert rule(decide("buy", quantity, code=code)) == expected


@pytest.mark.parametrize(
    ("code", "quantity", "sellable", "expected"),
    [
        ("600519", 30, 250, "odd_lot"), ("600519", 130, 250, "odd_lot"),
        ("600519", 50, 250, None), ("600519", 250, 250, None), ("600519", 150, 250, None),
        ("600519", 200, 250, None), ("600519", 300, 250, "shares"),
        ("688981", 50, 150, "odd_lot"), ("688981", 150, 150, None), ("688981", 250, 300, None),
    ],
)  # fmt: skip
def test_odd_lots_are_sold_all_at_once(code: str, quantity: int, sellable: int, expected: str | None) -> None:
    assert rule(decide("sell", quantity, code=code, sellable=sellable)) == expected


@pytest.mark.parametrize("price", ["10.001", "0", "-1.00"])
def test_a_price_is_in_ticks(price: str) -> None:
    assert rule(decide("buy", 100, price)) == "tick"


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("600519", "9.00", "11.00"),
        ("688981", "8.00", "12.00"),
        ("300750", "8.00", "12.00"),
        ("835185", "7.00", "13.00"),
    ],
)
def test_the_daily_limit_of_each_board(code: str, low: str, high: str) -> None:
    assert price_band(quote(code), board(code)) == (Decimal(low), Decimal(high))
    refusal = decide("buy", 200, str(Decimal(high) + Decimal("0.01")), code=code)
    assert refusal == Refusal("limit", "price", {"low": Decimal(low), "high": Decimal(high)})
    assert decide("buy", 200, high, code=code) is None


def test_limits_round_half_up_to_the_tick() -> None:
    assert price_band(quote(close="10.05"), board("600519")) == (Decimal("9.05"), Decimal("11.06"))


def test_a_risk_warning_security_has_its_own_limit() -> None:
    assert price_band(quote(price_limit=Decimal("0.05")), board("600519")) == (Decimal("9.50"), Decimal("10.50"))


def test_no_limit_on_the_first_days_after_listing() -> None:
    assert decide("buy", 100, "1000.00", price_limited=False) is None


def test_a_suspended_security_is_refused() -> None:
    assert rule(decide("buy", 100, suspended=True)) == "suspended"


def test_money_must_cover_amount_and_fees() -> None:
    cost = cost_of_buying(Order("buy", "600519", 100, Decimal("10.00")), RATE, FEES)
    assert cost == Decimal("1005.01")  # 1,000.00, commission 5.00 at least, transfer fee 0.01
    assert decide("buy", 100, cash=str(cost)) is None
    assert decide("buy", 100, cash="1005.00") == Refusal("money", "funds", {"cost": cost, "cash": Decimal("1005.00")})


def test_commission_above_the_minimum() -> None:
    cost = cost_of_buying(Order("buy", "600519", 10_000, Decimal("10.00")), RATE, FEES)
    assert cost == Decimal("100031.00")  # 100,000.00 and 0.03 % and 0.001 %


@given(st.integers(1, 10_000), st.integers(1, 10**5), st.integers(0, 10**11))
def test_whatever_passes_can_be_paid_to_the_fen(lots: int, fen: int, cash_fen: int) -> None:
    quantity = lots * 100
    order, cash = Order("buy", "600519", quantity, Decimal(fen) / 100), Decimal(cash_fen) / 100
    security = quote(close=str(Decimal(fen) / 100))
    refusal = refuse(order, security, board("600519"), FEES, cash=cash, rate=RATE, sellable=0)
    cost = cost_of_buying(order, RATE, FEES)
    assert (refusal is None) == (cost <= cash)
    assert cost > order.amount
    assert cost == cost.quantize(Decimal("0.01"))


def test_contract_numbers_depend_on_nothing_but_the_key() -> None:
    first = list(islice(contract_numbers("A-1", "call#1"), 3))
    assert first == list(islice(contract_numbers("A-1", "call#1"), 3))
    assert all(len(number) == 8 and number.isdigit() for number in first)
    assert len({*first, next(contract_numbers("A-1", "call#2")), next(contract_numbers("A-2", "call#1"))}) == 5
